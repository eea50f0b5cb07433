// Logging in where the hub asks for its token: from the address it was opened with, or by a form.

import { api } from './api.js';
import { freshId, h, setText } from './dom.js';
import { texts } from './texts.js';

const FRAGMENT = '#token=';

/** Takes the token out of the address, where it would stay in the history, and says it to the hub. */
export async function logInFromAddress() {
  if (!location.hash.startsWith(FRAGMENT)) return;
  const token = decodeURIComponent(location.hash.slice(FRAGMENT.length));
  history.replaceState(null, '', location.pathname + location.search);
  try {
    await api.logIn(token);
  } catch {
    // the form asks for it when something needs it
  }
}

/** A view that asks for the token; `onDone` is called when the hub has taken it. */
export function loginView(onDone) {
  const words = texts.login;
  const input = h('input', { id: freshId('token'), type: 'password', required: true, autocomplete: 'current-password', 'data-testid': 'input-token' });
  const error = h('p', { class: 'field-error', role: 'alert' });
  const form = h('form', { class: 'stack', on: { submit } },
    h('div', { class: 'field' }, h('label', { for: input.id }, words.token), input, h('p', { class: 'hint' }, words.hint)),
    error,
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary', 'data-testid': 'submit-token' }, words.submit)));

  async function submit(event) {
    event.preventDefault();
    try {
      await api.logIn(input.value);
      onDone();
    } catch (failure) {
      setText(error, failure.message);
      input.focus();
    }
  }

  return { element: h('section', { class: 'card', 'aria-label': words.title }, h('h1', {}, words.title), form), load() {}, event() {} };
}
