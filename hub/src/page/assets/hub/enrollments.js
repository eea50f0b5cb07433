// The list of enrollments, groups and individual ones, and what can be done with each: enable, disable, delete. Keys are on the
// page of one enrollment.

import { freshId, h, replace, setText } from '../dom.js';
import { ageTime } from '../format.js';
import { pagedRows } from '../paged.js';
import { keptRows } from '../rows.js';
import { openConfirm } from '../shell/dialog.js';
import { menuButton } from '../shell/menu.js';
import { toast, toastError } from '../shell/toast.js';
import { texts } from '../texts.js';
import { coalesced } from '../turns.js';
import { enrollmentPath, enrollmentsApi, ID } from './api.js';
import { hubCrumbs, hubTabs, refreshing } from './parts.js';
import { policyName } from './policy.js';

const words = texts.enrollments;

export function enrollmentsPage(context) {
  context.titled(hubCrumbs([words.title]));
  const search = h('input', {
    type: 'search', id: freshId('search'), placeholder: words.search, 'aria-label': words.search, 'data-testid': 'filter-enrollments', 'aria-keyshortcuts': '/', value: context.query.get('q') ?? '',
    on: { input: () => { context.setQuery({ q: search.value }); cards.forEach((card) => card.first()); } },
  });
  const failure = h('p', { class: 'field-error', role: 'alert' });
  const cards = Object.keys(words.kinds).map((kind) => kindCard(kind, () => search.value));

  const load = coalesced(async () => {
    try {
      await Promise.all(cards.map((card) => card.load()));
      setText(failure, '');
    } catch (cause) {
      setText(failure, cause.message);
    }
  });

  return {
    element: h('div', { class: 'page' }, h('div', { class: 'page-head' }, h('h1', {}, words.title), search), hubTabs('enrollments'), h('p', { class: 'hint' }, words.intro), failure,
      cards.map((card) => card.element)),
    load,
    close: refreshing(load),
  };
}

function kindCard(kind, wanted) {
  const body = h('tbody', { 'data-rows': true });
  const rows = keptRows(body, (one) => one[ID[kind]], (one) => enrollmentRow(kind, one, () => load()));
  const table = h('table', { class: 'cards devices' }, h('thead', {}, h('tr', {}, Object.entries(words.columns).map(([name, title]) => h('th', { scope: 'col' },
    h('span', { class: name === 'actions' ? 'visually-hidden' : null }, title))))), body);
  const none = h('p', { class: 'empty blank', hidden: true }, words.none[kind]);
  const title = freshId('kind');
  const { elements, load, turn } = pagedRows({ read: (part) => enrollmentsApi.list(kind, { q: wanted(), ...part }), show: rows, table, empty: none });

  return {
    element: h('section', { class: 'card flush', 'aria-labelledby': title },
      h('header', { class: 'card-head padded' }, h('h2', { id: title }, words.kinds[kind]),
        h('a', { class: 'button', href: `/hub/enrollments/new?kind=${kind}`, 'data-link': true, 'data-testid': `add-${kind}` }, words.add[kind])),
      elements),
    load,
    first: () => turn(1),
  };
}

/** How devices of it prove themselves. */
export function attestationName({ type, x509 }) {
  return words.attestation[type === 'x509' ? Object.keys(x509)[0] : type] ?? type;
}

/** Whether it takes devices. */
export const enrollmentPill = ({ provisioningStatus }) => h('span', { class: 'pill', 'data-status': provisioningStatus === 'enabled' ? 'provisioned' : 'blocked' }, words[provisioningStatus]);

function enrollmentRow(kind, enrollment, reload) {
  const { columns } = words;
  const id = enrollment[ID[kind]];
  let shown = enrollment;
  const cell = (name) => h('td', { 'data-label': columns[name] });
  const [attestation, status, policy, updated] = ['attestation', 'status', 'policy', 'updated'].map(cell);
  const element = h('tr', { 'data-row': true, 'data-testid': `enrollment-row-${id}` },
    h('td', { class: 'card-title' }, h('a', { class: 'device-link', href: enrollmentPath(kind, id), 'data-link': true }, id)),
    attestation, status, policy, updated,
    h('td', { class: 'row-actions' }, menuButton({ label: words.actions.menu(id), testId: `menu-${id}`, items: () => enrollmentActions(kind, shown, reload, reload) })));

  function update(next) {
    shown = next;
    element.dataset.status = next.provisioningStatus;
    setText(attestation, attestationName(next.attestation));
    replace(status, enrollmentPill(next));
    setText(policy, policyName(next.reprovisionPolicy));
    replace(updated, ageTime(next.lastUpdatedDateTimeUtc));
  }

  return { element, update };
}

/** What can be done with an enrollment, for a menu. `onChanged` takes it as it is then, `onDeleted` is told. */
export function enrollmentActions(kind, enrollment, onChanged, onDeleted) {
  const id = enrollment[ID[kind]];
  const isEnabled = enrollment.provisioningStatus === 'enabled';
  const { title, text, button } = words.confirmDelete;
  return [
    { text: isEnabled ? words.actions.disable : words.actions.enable, testId: isEnabled ? 'disable-enrollment' : 'enable-enrollment', act: () => setEnabled(kind, enrollment, !isEnabled, onChanged) },
    {
      text: words.actions.delete, testId: 'delete-enrollment', danger: true,
      act: () => openConfirm({
        title: title(id), text, button, name: id,
        act: async () => {
          await enrollmentsApi.delete(kind, enrollment);
          toast(words.done.deleted(id));
          onDeleted();
        },
      }),
    },
  ];
}

async function setEnabled(kind, enrollment, enabled, onChanged) {
  const provisioningStatus = enabled ? 'enabled' : 'disabled';
  try {
    const changed = await enrollmentsApi.write(kind, { ...enrollment, provisioningStatus });
    toast(words.done[provisioningStatus](enrollment[ID[kind]]));
    onChanged(changed);
  } catch (failure) {
    toastError(failure.code === 'changed' ? words.changed : failure.message);
    onChanged();
  }
}
