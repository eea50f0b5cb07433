// What can be done with a template as a whole: publish, rename, new version, migrate, replace and export the model, discard,
// delete. Each works on `page` ({ context, template, take, load }).

import { detailsOf } from '../api.js';
import { freshId, h, setText } from '../dom.js';
import { openConfirm, openDialog } from '../shell/dialog.js';
import { toast, toastError } from '../shell/toast.js';
import { once } from '../turns.js';
import { texts } from '../texts.js';
import { templatePath, templatesApi } from './api.js';
import { withPublished } from './published.js';

const words = texts.templates;

/** Publishes the draft as it is shown; why it was not stands on the page until it is tried again. */
export async function publish(page) {
  page.fail('');
  try {
    page.take(await templatesApi.publish(page.template));
    toast(words.done.published(page.template.name));
  } catch (failure) {
    page.fail(failure.message);
    // what stands in its way may be new
    page.load();
  }
}

/** The actions that the template's state allows, for a menu. */
export function templateActions(page) {
  const { template, context } = page;
  const files = template.files.map(({ name }) => name);
  const download = (file) => h('a', { href: templatesApi.exportUrl(template.id, file), download: '' }).click();
  return [
    { text: words.actions.rename, testId: 'rename-template', act: () => openName(page, words.rename, template.name, rename) },
    { text: words.actions.replace, testId: 'replace-model', act: () => context.go(`/templates/new?for=${encodeURIComponent(template.id)}`) },
    ...files.map((file) => ({ text: files.length === 1 ? words.actions.export : words.actions.exportFile(file), testId: 'export-model', act: () => download(file) })),
    { text: words.actions.version, testId: 'new-version', act: () => openNewVersion(page) },
    template.deviceCount > 0 && { text: words.actions.migrate, testId: 'migrate-devices', act: () => openMigrate(page) },
    template.draftChanges.length > 0 && { text: words.actions.revert, testId: 'revert-template', danger: true, act: () => openRevert(page) },
    { text: words.actions.delete, testId: 'delete-template', danger: true, act: () => openDelete(page) },
  ].filter(Boolean);
}

async function rename(page, name) {
  page.take(await templatesApi.rename(page.template, name));
  toast(words.done.renamed(name));
}

/** A new version takes the draft along, unless this one is to keep it: what breaks devices can only be published there. */
export function openNewVersion(page) {
  const { template } = page;
  const moves = template.state === 'published' && template.draftChanges.length > 0
    ? h('input', { type: 'checkbox', checked: true, 'data-testid': 'move-draft' }) : null;
  const choice = moves && h('label', { class: 'check' }, moves, words.newVersion.move);
  openName(page, words.newVersion, template.nextVersionName, async (_, name) => {
    const made = await templatesApi.newVersion(template, name);
    toast(words.done.version(made.name));
    page.context.go(templatePath(made.id), { saved: true });
    if (moves?.checked) await templatesApi.revert(template).catch((failure) => toastError(failure.message));
  }, choice);
}

/** A dialog that asks for a name. */
function openName(page, { title, label, hint, submit }, suggested, act, more = null) {
  const input = h('input', { id: freshId('name'), value: suggested, required: true, maxlength: 148, autocomplete: 'off', 'data-testid': 'input-template-name' });
  openForm(title, hint, [h('div', { class: 'field' }, h('label', { for: input.id }, label), input), more], submit, () => act(page, input.value));
  input.select();
}

const openMigrate = (page) => withPublished((published) => {
  const others = published.filter((one) => one.id !== page.template.id);
  const { title, hint, label, none, submit } = words.migrate;
  const select = h('select', { id: freshId('to'), 'data-testid': 'migrate-to' }, others.map((one) => h('option', { value: one.id }, `${one.name} (${words.version(one.version).toLowerCase()})`)));
  const content = others.length > 0 ? h('div', { class: 'field' }, h('label', { for: select.id }, label), select) : h('p', { class: 'empty' }, none);
  openForm(title, hint(page.template.name, words.devices(page.template.deviceCount)), content, others.length > 0 && submit, async () => {
    const { migrated } = await templatesApi.migrate(select.value, page.template.id);
    toast(words.done.migrated(migrated));
    await page.load();
  });
});

/** A dialog with a form; what `act` throws is shown and leaves it open. */
export function openForm(title, hint, content, submit, act) {
  const error = h('p', { class: 'field-error', role: 'alert' });
  const form = h('form', { class: 'stack', on: { submit: run } }, hint ? h('p', { class: 'hint' }, hint) : null, content, error,
    submit ? h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary', 'data-testid': 'submit-dialog' }, submit)) : null);
  const dialog = openDialog(title, form);
  form.querySelector('input, select')?.focus();

  function run(event) {
    event.preventDefault();
    return send();
  }

  const send = once(async () => {
    setText(error, '');
    try {
      if (await act() !== false) dialog.close();
    } catch (failure) {
      const details = detailsOf(failure);
      setText(error, details.length > 0 ? details.map(({ message }) => message).join(' ') : failure.message);
    }
  });

  return { dialog, error };
}

function openRevert(page) {
  const { title, text, submit } = words.revert;
  // what is discarded is what was shown when it was asked
  const base = page.template;
  openConfirm({
    title, text, button: submit,
    act: async () => {
      page.take(await templatesApi.revert(base));
      toast(words.done.reverted);
    },
  });
}

function openDelete(page) {
  const { name } = page.template;
  const { title, text, submit } = words.delete;
  openConfirm({
    title: title(name), text, name, button: submit,
    act: async () => {
      await templatesApi.delete(page.template);
      toast(words.done.deleted(name));
      page.context.go('/templates', { saved: true });
    },
  });
}
