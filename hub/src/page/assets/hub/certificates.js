// The certificate authorities that the hub trusts: their list, adding one from a file or a text, removing one.

import { labelled } from '../fields.js';
import { freshId, h, setText } from '../dom.js';
import { isEdited } from '../edited.js';
import { clockTime } from '../format.js';
import { keptRows } from '../rows.js';
import { textControl } from '../devices/edit.js';
import { openConfirm } from '../shell/dialog.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { coalesced, once } from '../turns.js';
import { certificatesApi } from './api.js';
import { failFields, hubCrumbs, hubTabs, refreshing } from './parts.js';

const words = texts.certificates;
const DER = 0x30; // how a certificate that is no text begins
const LARGEST = 2 ** 20; // bytes of a file: in base64, too, the hub takes them

export function certificatesPage(context) {
  context.titled(hubCrumbs([words.title]));
  const failure = h('p', { class: 'field-error', role: 'alert' });
  const body = h('tbody', { 'data-rows': true });
  const rows = keptRows(body, (one) => `${one.name} ${one.thumbprint}`, (one) => authorityRow(one, load));
  const table = h('table', { class: 'cards devices', hidden: true }, h('thead', {}, h('tr', {}, Object.entries(words.columns).map(([name, title]) => h('th', { scope: 'col' },
    h('span', { class: name === 'actions' ? 'visually-hidden' : null }, title))))), body);
  const none = h('p', { class: 'empty blank', hidden: true }, words.none);

  const load = coalesced(async () => {
    try {
      const { items } = await certificatesApi.list();
      rows(items);
      table.hidden = items.length === 0;
      none.hidden = items.length > 0;
      setText(failure, '');
    } catch (cause) {
      setText(failure, cause.message);
    }
  });

  const add = addCard(load);
  return {
    element: h('div', { class: 'page' }, h('h1', {}, words.title), hubTabs('certificates'), h('p', { class: 'hint' }, words.intro), failure,
      h('section', { class: 'card flush', 'aria-label': words.title }, none, table), add.element),
    load,
    isDirty: add.isDirty,
    close: refreshing(load),
  };
}

function authorityRow(authority, reload) {
  const { columns } = words;
  const { name, subject, issuer, thumbprint, expires } = authority;
  const cell = (column, ...content) => h('td', { 'data-label': columns[column] }, content);
  const isExpired = Boolean(expires) && Date.parse(expires) < Date.now();
  const remove = h('button', { type: 'button', class: 'small', 'aria-label': words.removeNamed(name), 'data-testid': `remove-${name}`, on: { click: askRemove } }, words.remove);

  function askRemove() {
    const { title, text, button } = words.confirmRemove;
    openConfirm({
      title: title(name), text, button, name,
      act: async () => {
        await certificatesApi.remove(name);
        toast(words.done.removed(name));
        await reload();
      },
    });
  }

  return {
    element: h('tr', { 'data-row': true, 'data-testid': `authority-row-${name}` }, h('td', { class: 'card-title' }, h('strong', {}, name)),
      cell('subject', subject ?? texts.none), cell('issuer', issuer ?? texts.none), cell('thumbprint', h('code', {}, thumbprint)),
      cell('expires', h('span', { class: 'pills' }, expires ? clockTime(expires) : texts.none, ' ',
        h('span', { class: 'pill', 'data-status': isExpired ? 'blocked' : 'provisioned' }, isExpired ? words.expired : words.trusted))),
      h('td', { class: 'row-actions' }, remove)),
  };
}

function addCard(onAdded) {
  const file = h('input', { type: 'file', id: freshId('file'), accept: '.pem,.crt,.cer,.der', 'data-testid': 'input-certificate-file', on: { change: take } });
  const area = h('textarea', { rows: 6, spellcheck: 'false', class: 'code' });
  const certificate = labelled(area, { label: words.pem, testId: 'input-certificate' }, {
    read: () => (area.value.trim() === '' ? { error: words.noPem } : { value: area.value }),
    write: (value) => { area.value = value; },
  });
  const name = textControl(words.name, { testId: 'input-certificate-name' });
  const error = h('p', { class: 'field-error', role: 'alert' });

  async function take() {
    const [chosen] = file.files;
    if (!chosen) return;
    try {
      const text = await textOf(chosen);
      // another one may have been chosen meanwhile
      if (chosen === file.files[0]) certificate.write(text);
    } catch (failure) {
      if (chosen !== file.files[0]) return;
      certificate.fail(failure.message);
      // the same file can be chosen again once it is mended
      file.value = '';
    }
  }

  const submit = once(async () => {
    setText(error, '');
    const { value, error: wrong } = certificate.read();
    if (wrong) return certificate.focus();
    try {
      const { names } = await certificatesApi.add(name.read().value.trim(), value);
      toast(names.length > 0 ? words.done.added(names) : words.done.known);
      for (const field of [certificate, name]) field.write('');
      file.value = '';
      onAdded();
    } catch (failure) {
      setText(error, failFields(failure, { certificate, name }));
    }
    return undefined;
  });

  const form = h('form', { class: 'stack narrow', novalidate: true, on: { submit: (event) => { event.preventDefault(); submit(); } } },
    h('div', { class: 'field' }, h('label', { for: file.id }, words.file), file), certificate.element,
    h('div', {}, name.element, h('p', { class: 'hint' }, words.nameHint)), error,
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary', 'data-testid': 'add-certificate' }, words.submit)));
  return { element: h('section', { class: 'card', 'aria-label': words.submit }, form), isDirty: () => isEdited(form) };
}

/** The text of a file of certificates: PEM, or the base64 of what is no text. */
async function textOf(file) {
  if (file.size > LARGEST) throw new Error(words.largeFile);
  const bytes = new Uint8Array(await file.arrayBuffer().catch((cause) => { throw new Error(texts.unreadableFile(cause.message)); }));
  return bytes[0] === DER ? btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) : new TextDecoder().decode(bytes);
}
