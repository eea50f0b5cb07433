// The form for a new enrollment. What is wrong is said under the control, also what the hub finds.

import { jsonField } from '../forms.js';
import { labelled } from '../fields.js';
import { freshId, h, setText } from '../dom.js';
import { isEdited } from '../edited.js';
import { textControl } from '../devices/edit.js';
import { BASE64 } from '../patterns.js';
import { toast } from '../shell/toast.js';
import { texts } from '../texts.js';
import { once } from '../turns.js';
import { certificatesApi, enrollmentPath, enrollmentsApi, ID } from './api.js';
import { failFields, hubCrumbs, hubTabs } from './parts.js';
import { policyField } from './policy.js';

const words = texts.enrollments.form;
const plain = { spellcheck: 'false', autocapitalize: 'off' };

export function newEnrollmentPage(context) {
  const kind = context.query.get('kind') === 'individual' ? 'individual' : 'group';
  context.titled(hubCrumbs([texts.enrollments.title, '/hub/enrollments'], [words.title[kind]]));
  const id = textControl(words.id[kind], { testId: 'input-enrollment-id', attributes: plain, check: (text) => (text.trim() === '' ? { error: words.noId } : { value: text.trim() }) });
  const deviceId = textControl(words.deviceId, { testId: 'input-enrollment-device', attributes: plain });
  const attestation = attestationFields(kind);
  const policy = policyField();
  const enabled = h('input', { type: 'checkbox', checked: true, id: freshId('enabled'), 'data-testid': 'input-enabled' });
  const twin = { tags: jsonField({ label: words.tags, optional: true, testId: 'input-tags' }), desired: jsonField({ label: words.desired, optional: true, testId: 'input-desired' }) };
  const more = h('details', { class: 'more' }, h('summary', {}, words.twin), h('div', { class: 'stack' }, twin.tags.element, twin.desired.element));
  const error = h('p', { class: 'field-error', role: 'alert' });

  const submit = once(async () => {
    setText(error, '');
    const proof = attestation.read();
    const reads = [[id, id.read()], ...proof.reads, ...Object.values(twin).map((field) => [field, field.read()])];
    const wrong = reads.find(([, { error: problem }]) => problem);
    more.open ||= Object.values(twin).includes(wrong?.[0]);
    if (wrong) return wrong[0].focus();
    const enrollment = {
      [ID[kind]]: reads[0][1].value,
      ...(kind === 'individual' ? { deviceId: deviceId.read().value.trim() } : {}),
      attestation: proof.attestation,
      provisioningStatus: enabled.checked ? 'enabled' : 'disabled',
      reprovisionPolicy: policy.read(),
      initialTwin: { tags: twin.tags.read(true).value, properties: { desired: twin.desired.read(true).value } },
    };
    try {
      await enrollmentsApi.add(kind, enrollment);
      toast(texts.enrollments.done.added(enrollment[ID[kind]]));
      context.go(enrollmentPath(kind, enrollment[ID[kind]]), { saved: true });
    } catch (failure) {
      setText(error, failFields(failure, { id, deviceId, ...twin, ...attestation.fields }));
    }
    return undefined;
  });

  const form = h('form', { class: 'stack narrow', novalidate: true, on: { submit: (event) => { event.preventDefault(); submit(); } } },
    h('div', {}, id.element, h('p', { class: 'hint' }, words.idHint[kind])),
    kind === 'individual' ? h('div', {}, deviceId.element, h('p', { class: 'hint' }, words.deviceIdHint)) : null,
    attestation.element, policy.element,
    h('label', { class: 'check' }, enabled, h('span', {}, words.enabled)),
    more,
    error,
    h('div', { class: 'actions' }, h('a', { class: 'button', href: '/hub/enrollments', 'data-link': true }, words.cancel),
      h('button', { type: 'submit', class: 'primary', 'data-testid': 'submit-enrollment' }, words.submit)));
  return {
    element: h('div', { class: 'page' }, h('h1', {}, words.title[kind]), hubTabs('enrollments'), h('section', { class: 'card' }, form)),
    load: attestation.load,
    isDirty: () => isEdited(form),
  };
}

/** How devices prove themselves: a choice, and what the chosen way needs. */
function attestationFields(kind) {
  const select = h('select', { id: freshId('attestation'), 'data-testid': 'input-attestation', on: { change: show } }, Object.entries(words.choices).map(([value, text]) => h('option', { value }, text)));
  const key = (name) => textControl(words[name], { testId: `input-${name}`, attributes: { ...plain, autocomplete: 'off' }, check: (text) => (BASE64.test(text.trim()) ? { value: text.trim() } : { error: words.badKey }) });
  const keys = { primaryKey: key('primaryKey'), secondaryKey: key('secondaryKey') };
  const [primaryLabel, secondaryLabel] = words.certificate[kind];
  const pems = { primary: pemField(primaryLabel, 'input-primary-certificate', true), secondary: pemField(secondaryLabel, 'input-secondary-certificate', false) };
  const authorities = h('select');
  const authority = labelled(authorities, { label: words.authority, testId: 'input-authority' }, {
    read: () => (authorities.value === '' ? { error: words.noAuthority } : { value: authorities.value }),
    write: () => {},
  });
  const hint = (text) => h('p', { class: 'hint' }, text);
  const ways = {
    symmetricKey: h('div', { class: 'stack' }, keys.primaryKey.element, keys.secondaryKey.element, hint(words.keyHint)),
    certificate: h('div', { class: 'stack' }, pems.primary.element, pems.secondary.element, hint(words.pemHint)),
    authority: authority.element,
  };
  const readers = {
    symmetricKey() {
      const reads = Object.entries(keys).map(([name, field]) => [name, field, field.read()]);
      return { reads: reads.map(([, ...read]) => read), attestation: { type: 'symmetricKey', symmetricKey: Object.fromEntries(reads.map(([name, , { value }]) => [name, value])) } };
    },
    certificate() {
      const [primary, secondary] = [pems.primary.read(), pems.secondary.read()];
      const pair = { primary: { certificate: primary.value }, ...(secondary.value ? { secondary: { certificate: secondary.value } } : {}) };
      return { reads: [[pems.primary, primary], [pems.secondary, secondary]], attestation: { type: 'x509', x509: { [kind === 'group' ? 'signingCertificates' : 'clientCertificates']: pair } } };
    },
    authority() {
      const read = authority.read();
      return { reads: [[authority, read]], attestation: { type: 'x509', x509: { caReferences: { primary: read.value } } } };
    },
  };

  function show() {
    for (const [name, element] of Object.entries(ways)) element.hidden = name !== select.value;
  }

  /** Loads the authorities to choose from; without them the other ways remain. */
  async function load() {
    const { items } = await certificatesApi.list().catch(() => ({ items: [] }));
    const chosen = authorities.value;
    authorities.replaceChildren(...items.map(({ name }) => h('option', { value: name }, name)));
    if (chosen) authorities.value = chosen;
  }

  show();
  return {
    element: h('div', { class: 'stack' }, h('div', { class: 'field' }, h('label', { for: select.id }, words.attestation), select), Object.values(ways)),
    // the hub calls the first certificate and the first authority `primary`
    get fields() {
      return { ...keys, ...(select.value === 'authority' ? { primary: authority } : pems) };
    },
    read: () => readers[select.value](),
    load,
  };
}

function pemField(label, testId, required) {
  const area = h('textarea', { rows: 4, spellcheck: 'false', class: 'code' });
  return labelled(area, { label, testId }, {
    read: () => (required && area.value.trim() === '' ? { error: words.noPem } : { value: area.value.trim() }),
    write: (value) => { area.value = value ?? ''; },
  });
}
