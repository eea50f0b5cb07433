// Every English text of the pages, in one place: what is short here, what is longer in texts/ by page. A function where a
// value stands inside the text.

import { devices } from './texts/devices.js';
import { faults } from './texts/faults.js';
import { shell } from './texts/shell.js';
import { templates } from './texts/templates.js';

export const texts = {
  app: 'device-model hub',
  loading: 'Loading…',
  retry: 'Try again',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  show: 'Show',
  hide: 'Hide',
  none: '—',
  unknown: (value) => `${value} (not in the model)`,
  unreachable: (cause) => `The hub does not answer (${cause}).`,

  stream: { open: 'Live', connecting: 'Connecting', lost: 'Offline' },
  streamLost: 'The connection to the hub is lost. Values are as of the last message; the page reconnects by itself.',
  streamBack: 'The connection to the hub is back.',

  devices,
  faults,
  shell,
  templates,

  hub: {
    idScope: 'ID scope',
    mqtt: 'MQTT endpoint',
    devices: 'Devices',
    connected: 'Connected',
    models: 'Models',
    upload: 'Import a model file',
    uploaded: (name) => `Imported ${name}.`,
    noModels: 'No model is known yet. Import one, or start the hub with --models.',
    log: 'Hub log',
    logIntro: 'Why something was refused.',
    logEmpty: 'Nothing was refused so far.',
    logFilter: 'Filter the log',
    logNoMatch: 'No row has this text.',
    faults: 'Make the hub misbehave',
    faultsActive: (count) => (count === 1 ? 'One fault is in force.' : `${count} faults are in force.`),
    position: (line, column) => `line ${line}, column ${column}`,
  },

  device: {
    back: 'Devices',
    crumbs: 'Breadcrumb',
    dashboard: 'Dashboard',
    messages: 'Messages',
    views: 'Views of the device',
    notFound: 'There is no such device.',
    since: 'Connected since',
    lastSeen: 'Last seen',
    noModel: 'This device has no model yet.',
    noModelHint: 'A device announces its model when it connects. You can also choose one here.',
    assign: 'Use this model',
    model: 'Model',
  },

  telemetry: {
    title: 'Telemetry',
    empty: 'No telemetry yet. Values appear here with the first message.',
    range: 'Time range',
    ranges: { 300: '5 minutes', 1800: '30 minutes', 3600: '1 hour', 43200: '12 hours', 86400: '1 day' },
    waiting: 'no value yet',
    chartHint: 'Arrow keys move along the line.',
    summary: (last, min, max) => `last ${last}, lowest ${min}, highest ${max}`,
    noData: 'No data in this range',
    table: 'Show as table',
    time: 'Time',
  },

  properties: {
    title: 'Properties',
    empty: 'The model has no properties.',
    notSet: 'not set',
    set: 'Set',
    setNamed: (label) => `Set ${label}`,
    newValue: (label) => `New value of ${label}`,
    sync: {
      none: 'Not set', reported: 'Reported', pending: 'Pending', working: 'Device working', synced: 'Synced', error: 'Error',
    },
    syncChanged: (label, state) => `${label}: ${state}`,
    changed: (value) => `Changed to ${value} meanwhile.`,
    use: 'Use it',
    retry: 'Retry',
    revert: 'Back to reported',
    code: (code) => `code ${code}`,
    asked: (value) => `asked for ${value}`,
  },

  commands: {
    title: 'Commands',
    empty: 'The model has no commands.',
    run: 'Run',
    runNamed: (label) => `Run ${label}`,
    running: 'Waiting for the answer…',
    asynchronous: 'asynchronous',
    history: 'Command history',
    historyEmpty: 'No command was sent yet.',
    columns: { at: 'Time', command: 'Command', request: 'Request', state: 'State', response: 'Answer' },
    state: {
      sent: 'Sent', succeeded: 'Succeeded', failed: 'Failed', timeout: 'Timed out', accepted: 'Accepted', completed: 'Completed',
      offline: 'Device offline',
    },
    stateChanged: (label, state) => `${label}: ${state}`,
  },

  messages: {
    title: 'Messages',
    follow: 'Follow',
    kind: 'Kind',
    all: 'All kinds',
    empty: 'No messages yet.',
    columns: { at: 'Time', kind: 'Kind', component: 'Component', body: 'Body' },
  },

  form: {
    notSet: 'not set',
    yes: 'true',
    no: 'false',
    add: 'Add',
    remove: 'Remove',
    removeItem: (n) => `Remove item ${n}`,
    item: (n) => `Item ${n}`,
    json: 'Edit as JSON',
    fields: 'Edit as fields',
    errors: {
      required: 'Enter a value.',
      integer: 'Enter a whole number.',
      range: (low, high) => `Enter a number from ${low} to ${high}.`,
      number: 'Enter a number.',
      json: (why) => `This is not JSON: ${why}`,
      duplicate: (key) => `The key "${key}" is there twice.`,
      key: 'A key has letters, digits and _, and begins with a letter.',
      date: 'Enter a date as 2026-01-31.',
      dateTime: 'Enter a time as 2026-01-31T12:00:00Z.',
      time: 'Enter a time as 12:00:00.',
      duration: 'Enter an ISO 8601 duration, for example PT30S.',
    },
  },

  age: {
    now: 'just now',
    seconds: (n) => `${n} s ago`,
    minutes: (n) => `${n} min ago`,
    hours: (n) => `${n} h ago`,
    days: (n) => `${n} d ago`,
  },
};
