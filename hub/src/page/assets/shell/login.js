// Logging in where the hub asks for its token: from the address it was opened with, or by a dialog.

import { api, onUnauthorized } from '../api.js';
import { freshId, h, setText } from '../dom.js';
import { texts } from '../texts.js';

const FRAGMENT = '#token=';

/** Says the token of the address, if it has one, to the hub; from then on it is asked for when something needs it. */
export async function startLogin() {
  onUnauthorized.call = ask;
  if (!location.hash.startsWith(FRAGMENT)) return;
  const token = decodeURIComponent(location.hash.slice(FRAGMENT.length));
  // it would stay in the browser's history
  history.replaceState(null, '', location.pathname + location.search);
  try {
    await api.logIn(token);
  } catch {
    // a wrong one: the dialog is open
  }
}

/** Asks for the token, once; with the right one the page is loaded anew. */
function ask() {
  if (document.querySelector('[data-testid="input-token"]')) return;
  const words = texts.shell.login;
  const [title, input] = [freshId('login'), freshId('token')];
  const token = h('input', { id: input, type: 'password', required: true, autocomplete: 'current-password', 'data-testid': 'input-token' });
  const error = h('p', { class: 'field-error', role: 'alert' });
  const dialog = h('dialog', { 'aria-labelledby': title, 'data-stays': true, on: { cancel: (event) => event.preventDefault() } },
    h('h2', { id: title }, words.title),
    h('form', { class: 'stack', on: { submit } },
      h('div', { class: 'field' }, h('label', { for: input }, words.token), token, h('p', { class: 'hint' }, words.hint)),
      error,
      h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary', 'data-testid': 'submit-token' }, words.submit))));
  document.body.append(dialog);
  dialog.showModal();

  async function submit(event) {
    event.preventDefault();
    try {
      await api.logIn(token.value);
      location.reload();
    } catch (failure) {
      setText(error, failure.message);
      token.select();
    }
  }
}
