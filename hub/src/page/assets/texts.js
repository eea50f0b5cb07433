// Every English text of the pages, in one place: what is short here, what is longer in texts/ by page. A function where a
// value stands inside the text.

import { chart } from './texts/chart.js';
import { devices } from './texts/devices.js';
import * as one from './texts/device.js';
import { certificates, enrollments } from './texts/enrollments.js';
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
  unreadableFile: (why) => `The file cannot be read (${why}).`,
  outdated: (why) => `What is shown may be out of date: ${why}`,

  pager: {
    label: 'Pages of the list',
    page: (from, to, total) => `${from}–${to} of ${total}`,
    previous: 'Previous page',
    next: 'Next page',
  },

  stream: { open: 'Live', connecting: 'Connecting', lost: 'Offline' },
  streamLost: 'The connection to the hub is lost. Values are as of the last message; the page reconnects by itself.',
  streamBack: 'The connection to the hub is back.',

  certificates,
  chart,
  devices,
  enrollments,
  faults,
  shell,
  templates,

  hub: {
    pages: 'Pages of the hub',
    tabs: { overview: 'Overview', enrollments: 'Enrollments', certificates: 'Certificates', faults: 'Faults' },
    idScope: 'ID scope',
    mqtt: 'MQTT endpoint',
    devices: 'Devices',
    connected: 'Connected',
    log: 'Hub log',
    logIntro: 'Why something was refused.',
    logEmpty: 'Nothing was refused so far.',
    logFilter: 'Filter the log',
    logTimes: (count) => `${count} times since`,
    logNoMatch: 'No row has this text.',
    faults: 'Make the hub misbehave',
    faultsActive: (count) => (count === 1 ? 'One fault is in force.' : `${count} faults are in force.`),
    position: (line, column) => `line ${line}, column ${column}`,
  },

  ...one,

  form: {
    notSet: 'not set',
    yes: 'true',
    no: 'false',
    add: 'Add',
    remove: 'Remove',
    removeItem: (n) => `Remove item ${n}`,
    item: (n) => `Item ${n}`,
    json: 'Edit as JSON',
    empty: 'Empty text',
    emptyText: 'empty text',
    now: 'Now',
    choose: (label) => `Choose: ${label}`,
    like: (example) => `like ${example}`,
    fields: 'Edit as fields',
    places: {
      longitude: 'Longitude', latitude: 'Latitude', altitude: 'Altitude', lat: 'Latitude', lon: 'Longitude', alt: 'Altitude',
      both: 'Enter longitude and latitude.',
      shape: (type, coordinates) => `Enter a shape of GeoJSON, as {"type": "${type}", "coordinates": ${coordinates}}.`,
    },
    durationOf: (label) => `Parts of ${label}`,
    units: { days: 'Days', hours: 'Hours', minutes: 'Minutes', seconds: 'Seconds' },
    errors: {
      required: 'Enter a value.',
      integer: 'Enter a whole number.',
      range: (low, high) => `Enter a number from ${low} to ${high}.`,
      least: (low) => `Enter a number from ${low}.`,
      most: (high) => `Enter a number up to ${high}.`,
      number: 'Enter a number.',
      fields: 'This does not fit the fields, which would lose a part of it.',
      json: (why) => `This is not JSON: ${why}`,
      duplicate: (key) => `The key "${key}" is there twice.`,
      key: 'A key has letters, digits and _, and begins with a letter.',
      date: 'Enter a date as 2026-01-31.',
      dateTime: 'Enter a time with seconds and offset, as 2026-01-31T12:00:00+01:00.',
      time: 'Enter a time as 12:00:00.',
      duration: 'Enter an ISO 8601 duration, for example PT30S.',
      uuid: 'Enter a UUID.',
      bytes: 'Enter Base64.',
    },
  },

  age: { now: 'just now', ago: (span) => `${span} ago`, for: (span) => `for ${span}` },
  span: {
    years: (n) => `${n} y`,
    months: (n) => `${n} mo`,
    weeks: (n) => `${n} wk`,
    days: (n) => `${n} d`,
    hours: (n) => `${n} h`,
    minutes: (n) => `${n} min`,
    seconds: (n) => `${n} s`,
  },
};
