// One enrollment: how its devices prove themselves (proofs.js), what becomes of one that registers again, and who has registered.

import { h, replace, setText } from '../dom.js';
import { ageTime } from '../format.js';
import { same } from '../json.js';
import { pagedRows } from '../paged.js';
import { keptRows } from '../rows.js';
import { menuButton } from '../shell/menu.js';
import { showFailure } from '../shell/router.js';
import { devicePath } from '../shell/routes.js';
import { toast, toastError } from '../shell/toast.js';
import { texts } from '../texts.js';
import { coalesced, once } from '../turns.js';
import { enrollmentsApi, ID } from './api.js';
import { attestationName, enrollmentActions, enrollmentPill } from './enrollments.js';
import { hubCrumbs, hubTabs, refreshing } from './parts.js';
import { policyField } from './policy.js';
import { proofs } from './proofs.js';

const words = texts.enrollments;

export function enrollmentPage(context, kind, id) {
  context.titled(hubCrumbs([words.title, '/hub/enrollments'], [id]));
  const facts = h('div', { class: 'device-facts' });
  const tools = h('div', { class: 'tools', hidden: true }, menuButton({
    label: words.actions.menu(id), text: words.columns.actions, className: '', testId: 'enrollment-menu', items: () => enrollmentActions(kind, shown, show, () => context.go('/hub/enrollments', { saved: true })),
  }));
  const outdated = h('p', { class: 'field-error', role: 'alert', hidden: true });
  const panel = h('div', { class: 'page' }, h('p', { class: 'empty' }, texts.loading));
  const policy = policyCard(kind, show);
  const registrations = kind === 'group' ? registrationsCard(id) : null;
  let shown = null;
  let cards = [];

  function show(enrollment) {
    if (!enrollment) return void load();
    if (same(enrollment, shown)) return undefined;
    const { type } = enrollment.attestation;
    if (type !== shown?.attestation.type) {
      cards = [...proofs(type, kind, id), policy, ...registrations ? [registrations] : []];
      replace(panel, cards.map(({ element }) => element));
    }
    shown = enrollment;
    tools.hidden = false;
    replace(facts, enrollmentPill(enrollment), h('span', {}, words.kind[kind]), h('span', {}, attestationName(enrollment.attestation)),
      enrollment.deviceId ? h('a', { href: devicePath(enrollment.deviceId), 'data-link': true }, enrollment.deviceId) : null);
    for (const card of cards) card.update?.(enrollment);
    return undefined;
  }

  /** What is shown stays, but it is said that it is not how things stand. */
  function failed({ status, message }) {
    const isGone = status === 404;
    outdated.hidden = isGone || shown === null;
    if (!outdated.hidden) setText(outdated, texts.outdated(message));
    else showFailure(panel, isGone ? words.notFound : message, load);
    if (!isGone) return;
    shown = null;
    tools.hidden = true;
    replace(facts);
  }

  const load = coalesced(async () => {
    try {
      show(await enrollmentsApi.read(kind, id));
      await registrations?.load();
      outdated.hidden = true;
    } catch (failure) {
      failed(failure);
    }
  });

  return {
    element: h('div', { class: 'page' }, h('div', { class: 'page-head' }, h('div', {}, h('h1', {}, id), facts), tools), hubTabs('enrollments'), outdated, panel),
    load,
    isDirty: () => shown !== null && policy.isDirty(),
    close: refreshing(load),
  };
}

function policyCard(kind, onChanged) {
  let shown = null;
  const policy = policyField();
  const save = h('button', { type: 'submit', 'data-testid': 'save-policy', disabled: true }, words.policy.save);
  const isDirty = () => policy.isChanged(shown.reprovisionPolicy);
  const judge = () => { save.disabled = !isDirty(); };

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
    isDirty,
    update(enrollment) {
      // a choice that is not saved stays while the enrollment is loaded again
      if (shown === null || !isDirty()) policy.write(enrollment.reprovisionPolicy);
      shown = enrollment;
      judge();
    },
  };
}

function registrationsCard(group) {
  const { title, none, columns } = words.registrations;
  const body = h('tbody', { 'data-rows': true });
  const rows = keptRows(body, (one) => one.registrationId, registrationRow);
  const table = h('table', { class: 'cards' }, h('thead', {}, h('tr', {}, Object.values(columns).map((text) => h('th', { scope: 'col' }, text)))), body);
  const empty = h('p', { class: 'empty' }, none);
  const { elements, load } = pagedRows({
    read: (part) => enrollmentsApi.registrations(group, part), show: rows, table, empty,
  });
  return { element: h('section', { class: 'card', 'aria-label': title }, h('h2', {}, title), elements), load };
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
