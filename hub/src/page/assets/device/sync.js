// How far a change of a property has got, in words and with what an operator can do about it. The hub derives the state; here
// it is only put into words.

import { arrange, h, setAttribute, setText } from '../dom.js';
import { ageTime } from '../format.js';
import { stringify } from '../json.js';
import { texts } from '../texts.js';
import { valueText } from '../value.js';

const words = texts.properties;

/** What a save says: values for the device are on their way only while it is there. */
export function savedText(count, online) {
  if (count === 0) return words.kept;
  return online ? words.sent(count) : words.waits;
}

/** The badge of a property's state. */
export function syncBadge(testId) {
  const element = h('span', { class: 'badge', 'data-testid': testId });
  return {
    element,
    update(state, { quiet = false } = {}) {
      setText(element, words.sync[state.sync] ?? state.sync);
      element.dataset.sync = state.sync;
      // what is only reported or never set needs no badge where nothing can be changed
      element.hidden = quiet && ['reported', 'none'].includes(state.sync);
      setAttribute(element, 'data-version', state.desiredVersion);
    },
  };
}

/** The line below a property: `send(value)` is offered where a change was refused, by buttons that stay while the text changes. */
export function syncNote(testId, capability, send) {
  let shown = { sync: 'none' };
  const offer = (label, id, value) => h('span', { hidden: true }, h('button', { type: 'button', class: 'link', 'data-testid': `${id}-${testId}`, on: { click: () => send(value()) } }, label));
  const retry = offer(words.retry, 'retry', () => shown.desired);
  const revert = offer(words.revert, 'revert', () => shown.reported);
  const element = h('p', { class: 'property-note', 'data-testid': testId, hidden: true });
  return {
    element,
    update(state, online) {
      shown = state;
      const parts = sentences(state, capability, online, !send);
      element.hidden = parts.length === 0;
      retry.hidden = state.sync !== 'error';
      revert.hidden = state.sync !== 'error' || state.reported === null || state.reported === undefined;
      const key = stringify(state) + online;
      if (element.dataset.key === key) return;
      element.dataset.key = key;
      arrange(element, parts.map((part) => h('span', {}, part)), send ? [retry, revert] : null);
    },
  };
}

/** `named` where no badge says what the state is. */
function sentences(state, capability, online, named) {
  const text = (value) => valueText(value, capability);
  const { sync, desired, reported, description } = state;
  const reportedText = reported === null || reported === undefined ? null : text(reported);
  if (sync === 'pending') {
    return [ageTime(state.desiredAt, 'for'), words.asked(text(desired)), online ? null : words.offline,
      reportedText && words.notAcknowledged(reportedText)].filter(Boolean);
  }
  if (sync === 'working') return [words.working, words.asked(text(desired)), description].filter(Boolean);
  if (sync === 'error') return [words.asked(text(desired)), state.code && words.code(state.code), description, reportedText && words.has(reportedText)].filter(Boolean);
  if (sync === 'synced') return [state.differs && words.chose(reportedText ?? texts.none, text(desired)), state.differs && description].filter(Boolean);
  if (sync === 'reported' && state.reportedAt) return [[named ? words.reported : null, ageTime(state.reportedAt)]];
  return [];
}
