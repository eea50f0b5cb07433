// One enrollment: how its devices prove themselves, what becomes of one that registers again, and who has registered. Keys are
// asked of the hub only when somebody wants to see them.

import { h, replace, setText } from '../dom.js';
import { ageTime, clockTime } from '../format.js';
import { pagedRows } from '../paged.js';
import { keptRows } from '../rows.js';
import { copyable } from '../shell/clipboard.js';
import { menuButton } from '../shell/menu.js';
import { showFailure } from '../shell/router.js';
import { devicePath } from '../shell/routes.js';
import { toast, toastError } from '../shell/toast.js';
import { textControl } from '../devices/edit.js';
import { texts } from '../texts.js';
import { coalesced, once } from '../turns.js';
import { enrollmentsApi, ID } from './api.js';
import { attestationName, enrollmentActions, enrollmentPill } from './enrollments.js';
import { failFields, hubCrumbs, hubTabs, refreshing } from './parts.js';
import { policyField } from './policy.js';

const words = texts.enrollments;

export function enrollmentPage(context, kind, id) {
  context.titled(hubCrumbs([words.title, '/hub/enrollments'], [id]));
  const facts = h('div', { class: 'device-facts' });
  const tools = h('div', { class: 'tools', hidden: true }, menuButton({
    label: words.actions.menu(id), text: words.columns.actions, className: '', testId: 'enrollment-menu', items: () => enrollmentActions(kind, shown, show, () => context.go('/hub/enrollments')),
  }));
  const panel = h('div', { class: 'page' }, h('p', { class: 'empty' }, texts.loading));
  let shown = null;
  let cards = null;

  function show(enrollment) {
    if (!enrollment) return void load();
    shown = enrollment;
    tools.hidden = false;
    replace(facts, enrollmentPill(enrollment), h('span', {}, words.kind[kind]), h('span', {}, attestationName(enrollment.attestation)),
      enrollment.deviceId ? h('a', { href: devicePath(enrollment.deviceId), 'data-link': true }, enrollment.deviceId) : null);
    if (cards === null) {
      cards = cardsOf(kind, enrollment, show);
      replace(panel, cards.map(({ element }) => element));
    }
    for (const card of cards) card.update(enrollment);
    return undefined;
  }

  const load = coalesced(async () => {
    try {
      show(await enrollmentsApi.read(kind, id));
      await Promise.all(cards.map((card) => card.load?.()));
    } catch (failure) {
      if (shown === null || failure.status === 404) {
        cards = null;
        showFailure(panel, failure.status === 404 ? words.notFound : failure.message, load);
      }
    }
  });

  return {
    element: h('div', { class: 'page' }, h('div', { class: 'page-head' }, h('div', {}, h('h1', {}, id), facts), tools), hubTabs('enrollments'), panel),
    load,
    close: refreshing(load),
  };
}

function cardsOf(kind, enrollment, onChanged) {
  const isKeys = enrollment.attestation.type === 'symmetricKey';
  return [
    isKeys ? keysCard(kind, enrollment) : certificatesCard(),
    policyCard(kind, onChanged),
    kind === 'group' && isKeys && deriveCard(enrollment),
    kind === 'group' && registrationsCard(enrollment),
  ].filter(Boolean);
}

function keysCard(kind, enrollment) {
  const place = h('div', { class: 'stack' });
  const button = h('button', { type: 'button', 'data-testid': 'show-keys', on: { click: once(show) } }, words.keys.show);

  async function show() {
    try {
      const { symmetricKey } = await enrollmentsApi.keys(kind, enrollment[ID[kind]]);
      replace(place, copyable(words.keys.primary, symmetricKey.primaryKey, { testId: 'primary-key' }), copyable(words.keys.secondary, symmetricKey.secondaryKey, { testId: 'secondary-key' }));
      button.hidden = true;
    } catch (failure) {
      toastError(failure.message);
    }
  }

  return {
    element: h('section', { class: 'card stack' }, h('h2', {}, words.keys.title), h('p', { class: 'hint' }, words.keys.hint), h('div', {}, button), place),
    update() {},
  };
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

function policyCard(kind, onChanged) {
  let shown = null;
  const policy = policyField();
  const save = h('button', { type: 'submit', 'data-testid': 'save-policy', disabled: true }, words.policy.save);
  const judge = () => { save.disabled = !policy.isChanged(shown.reprovisionPolicy); };

  const submit = once(async () => {
    try {
      const changed = await enrollmentsApi.write(kind, { ...shown, reprovisionPolicy: policy.read() });
      shown = changed;
      toast(words.done.saved(changed[ID[kind]]));
      onChanged(changed);
    } catch (failure) {
      toastError(failure.code === 'changed' ? words.changed : failure.message);
      onChanged();
    }
  });

  return {
    element: h('section', { class: 'card' }, h('form', { class: 'stack narrow', on: { change: judge, submit: (event) => { event.preventDefault(); submit(); } } },
      policy.element, h('div', { class: 'actions' }, save))),
    update(enrollment) {
      // a choice that is not saved stays while the enrollment is loaded again
      if (shown === null || !policy.isChanged(shown.reprovisionPolicy)) policy.write(enrollment.reprovisionPolicy);
      shown = enrollment;
      judge();
    },
  };
}

/** Derives what a device of the group proves itself with. */
function deriveCard(enrollment) {
  const place = h('div', { class: 'stack' });
  const error = h('p', { class: 'field-error', role: 'alert' });
  const id = textControl(words.derive.id, {
    testId: 'derive-id', attributes: { spellcheck: 'false', autocapitalize: 'off' },
    check: (text) => (text.trim() === '' ? { error: words.derive.noId } : { value: text.trim() }),
  });

  const submit = once(async () => {
    replace(place);
    setText(error, '');
    const { value, error: wrong } = id.read();
    if (wrong) return id.focus();
    try {
      const { idScope, key } = await enrollmentsApi.deviceKey(enrollment.enrollmentGroupId, value);
      replace(place, copyable(words.derive.idScope, idScope, { testId: 'derived-id-scope' }), copyable(words.derive.key, key, { secret: true, testId: 'derived-key' }));
    } catch (failure) {
      setText(error, failFields(failure, { registrationId: id }));
    }
    return undefined;
  });

  return {
    element: h('section', { class: 'card' }, h('form', { class: 'stack narrow', on: { submit: (event) => { event.preventDefault(); submit(); } } },
      h('h2', {}, words.derive.title), h('p', { class: 'hint' }, words.derive.hint), id.element, error,
      h('div', { class: 'actions' }, h('button', { type: 'submit', 'data-testid': 'derive-key' }, words.derive.submit)), place)),
    update() {},
  };
}

function registrationsCard(enrollment) {
  const { title, none, columns } = words.registrations;
  const body = h('tbody', { 'data-rows': true });
  const rows = keptRows(body, (one) => one.registrationId, registrationRow);
  const table = h('table', { class: 'cards' }, h('thead', {}, h('tr', {}, Object.values(columns).map((text) => h('th', { scope: 'col' }, text)))), body);
  const empty = h('p', { class: 'empty' }, none);
  const { elements, load } = pagedRows({
    read: (part) => enrollmentsApi.registrations(enrollment.enrollmentGroupId, part), show: rows, table, empty,
  });
  return { element: h('section', { class: 'card', 'aria-label': title }, h('h2', {}, title), elements), update() {}, load };
}

function registrationRow(registration) {
  const { columns } = words.registrations;
  const id = registration.registrationId;
  const link = h('a', { class: 'device-link', 'data-link': true });
  const [status, updated] = ['status', 'updated'].map((name) => h('td', { 'data-label': columns[name] }));
  const element = h('tr', { 'data-row': true, 'data-testid': `registration-row-${id}` }, h('td', { class: 'card-title' }, h('code', {}, id)), h('td', { 'data-label': columns.device }, link), status, updated);

  function update({ deviceId, status: word, substatus, lastUpdatedDateTimeUtc }) {
    link.hidden = !deviceId;
    if (deviceId) link.href = devicePath(deviceId);
    setText(link, deviceId ?? '');
    setText(status, [word, substatus].filter(Boolean).join(', '));
    replace(updated, ageTime(lastUpdatedDateTimeUtc));
  }

  return { element, update };
}
