// The English texts of the charts.

const time = (at, utc) => new Date(at).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: utc ? 'UTC' : undefined });

export const chart = {
  range: 'Time range',
  presets: { 300: '5 min', 1800: '30 min', 3600: '1 h', 43200: '12 h', 86400: '1 d', 604800: '7 d' },
  last: (span) => `The last ${span}`,
  live: 'Live',
  earlier: 'Earlier',
  later: 'Later',
  in: 'Zoom in',
  out: 'Zoom out',
  utc: 'UTC',
  between: (from, to, utc) => `${time(from, utc)} – ${time(to, utc)}`,
  hint: 'Arrow keys move along the line, with Shift they select a range, Enter zooms to it, Escape goes back.',
  legendHint: 'Click leaves the line out, Shift and click shows it alone',
  summary: (label, last, min, max, count) => `${label}: last ${last}, lowest ${min}, highest ${max}, ${count === 1 ? '1 value' : `${count} values`}`,
  noData: 'no data',
  past: (age) => `The last value is from ${age}: show that range`,
  noDataHere: 'No data in this range',
  column: (count, min, max) => ` of ${count}: ${min} to ${max}`,
  pinned: 'pinned',
  table: 'Show as table',
  time: 'Time',
  until: 'Until',
  name: 'Name',
  state: 'State',
  newer: 'Newer rows',
  older: 'Older rows',
  states: 'States',
  unknown: (text, times) => `Nothing known, before it ${text}: ${times}`,
  now: (label, text) => `${label}: ${text}`,
};
