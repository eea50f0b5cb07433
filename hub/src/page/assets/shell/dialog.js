// Dialogs: modal, closed by Escape, giving the focus back to where it came from.

import { freshId, h, setText } from '../dom.js';
import { texts } from '../texts.js';

/** Opens a dialog with a title; it takes itself out of the document when it is closed. */
export function openDialog(title, ...content) {
  const id = freshId('dialog');
  const before = document.activeElement;
  const dialog = h('dialog', { 'aria-labelledby': id, on: { close } },
    h('header', { class: 'card-head' }, h('h2', { id }, title),
      h('button', { type: 'button', class: 'small', on: { click: () => dialog.close() } }, texts.close)),
    content);

  function close() {
    dialog.remove();
    if (before?.isConnected) before.focus();
  }

  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * Asks before something that cannot be taken back; `cancel` is what it is called to leave it. With `name`, it has to be typed, and
 * `otherName` is said when it is not. `act` does it; what it throws is shown and leaves the dialog open.
 */
export function openConfirm({ title, text, name = null, otherName = texts.shell.confirm.otherName, button, cancel = texts.shell.confirm.cancel, act }) {
  const words = texts.shell.confirm;
  const input = name === null ? null : h('input', { id: freshId('name'), autocomplete: 'off', spellcheck: 'false', 'data-testid': 'confirm-name' });
  const error = h('p', { class: 'field-error', role: 'alert' });
  const submit = h('button', { type: 'submit', class: 'danger', 'data-testid': 'confirm' }, button);
  const stay = h('button', { type: 'button', 'data-testid': 'cancel', on: { click: () => dialog.close() } }, cancel);
  const form = h('form', { class: 'stack', on: { submit: run } }, h('p', {}, text),
    input && h('div', { class: 'field' }, h('label', { for: input.id }, words.typeName(name)), input),
    error,
    h('div', { class: 'actions' }, stay, submit));
  const dialog = openDialog(title, form);
  (input ?? stay).focus();

  async function run(event) {
    event.preventDefault();
    if (input && input.value.trim() !== name) {
      setText(error, otherName);
      input.focus();
      return;
    }
    submit.disabled = true;
    try {
      await act();
      dialog.close();
    } catch (failure) {
      setText(error, failure.message);
      submit.disabled = false;
    }
  }
}
