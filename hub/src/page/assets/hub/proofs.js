// The cards that show how the devices of an enrollment prove themselves: certificates, or keys, which are asked of the hub only
// when somebody wants to see them. Begin with `proofs`.

import { textControl } from '../devices/edit.js';
import { h, replace, setText } from '../dom.js';
import { clockTime } from '../format.js';
import { same } from '../json.js';
import { copyable } from '../shell/clipboard.js';
import { toastError } from '../shell/toast.js';
import { texts } from '../texts.js';
import { coalesced, once } from '../turns.js';
import { enrollmentsApi } from './api.js';
import { failFields } from './parts.js';

const words = texts.enrollments;

const PROOFS = {
  symmetricKey: (kind, id) => [keysCard(kind, id), ...kind === 'group' ? [deriveCard(id)] : []],
  x509: () => [certificatesCard()],
};

/** The cards, `{ element, update(enrollment) }`, for a type of attestation. */
export const proofs = (type, kind, id) => PROOFS[type](kind, id);

/**
 * Secrets, told once somebody asks: `labels` are those of their values, with the options of `copyable`. When the enrollment has
 * changed they may be others, and are asked for again.
 */
function secrets(labels) {
  const element = h('div', { class: 'stack' });
  let ask = null;
  let shown = null;
  let etag = null;

  const load = coalesced(async () => {
    const asked = ask;
    const values = await asked?.();
    if (asked === null || asked !== ask || same(values, shown)) return;
    shown = values;
    replace(element, Object.entries(labels).map(([name, [label, options]]) => copyable(label, values[name], options)));
  });

  function clear() {
    ask = null;
    shown = null;
    replace(element);
  }

  return {
    element,
    clear,
    /** Shows what `asked` answers, now and after changes. */
    async show(asked) {
      ask = asked;
      try {
        await load();
      } catch (failure) {
        clear();
        throw failure;
      }
    },
    update(enrollment) {
      if (ask !== null && enrollment.etag !== etag) load().catch((failure) => toastError(failure.message));
      etag = enrollment.etag;
    },
  };
}

function keysCard(kind, id) {
  const { title, hint, primary, secondary } = words.keys;
  const keys = secrets({ primaryKey: [primary, { testId: 'primary-key' }], secondaryKey: [secondary, { testId: 'secondary-key' }] });
  const button = h('button', { type: 'button', 'data-testid': 'show-keys', on: { click: once(show) } }, words.keys.show);

  async function show() {
    try {
      await keys.show(async () => (await enrollmentsApi.keys(kind, id)).symmetricKey);
      button.hidden = true;
    } catch (failure) {
      toastError(failure.message);
    }
  }

  return { element: h('section', { class: 'card stack' }, h('h2', {}, title), h('p', { class: 'hint' }, hint), h('div', {}, button), keys.element), update: keys.update };
}

function certificatesCard() {
  const list = h('dl', { class: 'parts' });
  const one = (label, certificate) => {
    if (!certificate) return null;
    const { columns } = texts.certificates;
    const info = certificate.info ?? {};
    return [h('dt', {}, label), h('dd', {}, typeof certificate === 'string' ? `${words.certificates.authority} ${certificate}`
      : h('dl', { class: 'parts' }, h('dt', {}, columns.subject), h('dd', {}, info.subjectName ?? texts.none), h('dt', {}, columns.thumbprint), h('dd', {}, h('code', {}, info.sha256Thumbprint ?? texts.none)),
        h('dt', {}, columns.expires), h('dd', {}, info.notAfterUtc ? clockTime(info.notAfterUtc) : texts.none)))];
  };
  return {
    element: h('section', { class: 'card' }, h('h2', {}, words.certificates.title), list),
    update({ attestation }) {
      const [pair] = Object.values(attestation.x509);
      replace(list, one(words.certificates.primary, pair.primary), one(words.certificates.secondary, pair.secondary));
    },
  };
}

/** Derives what a device of the group proves itself with. */
function deriveCard(group) {
  const derived = secrets({ idScope: [words.derive.idScope, { testId: 'derived-id-scope' }], key: [words.derive.key, { secret: true, testId: 'derived-key' }] });
  const error = h('p', { class: 'field-error', role: 'alert' });
  const id = textControl(words.derive.id, {
    testId: 'derive-id', attributes: { spellcheck: 'false', autocapitalize: 'off' },
    check: (text) => (text.trim() === '' ? { error: words.derive.noId } : { value: text.trim() }),
  });

  const submit = once(async () => {
    derived.clear();
    setText(error, '');
    const { value, error: wrong } = id.read();
    if (wrong) return id.focus();
    try {
      await derived.show(() => enrollmentsApi.deviceKey(group, value));
    } catch (failure) {
      setText(error, failFields(failure, { registrationId: id }));
    }
    return undefined;
  });

  return {
    element: h('section', { class: 'card' }, h('form', { class: 'stack narrow', on: { submit: (event) => { event.preventDefault(); submit(); } } },
      h('h2', {}, words.derive.title), h('p', { class: 'hint' }, words.derive.hint), id.element, error,
      h('div', { class: 'actions' }, h('button', { type: 'submit', 'data-testid': 'derive-key' }, words.derive.submit)), derived.element)),
    update: derived.update,
  };
}
