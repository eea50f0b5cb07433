// The entry point: which view the address names, the tab's one stream, and the state of the connection.

import { devicesView } from './devices.js';
import { deviceView } from './device.js';
import { announce } from './announce.js';
import { onUnauthorized } from './api.js';
import { replace, setText } from './dom.js';
import { startAges } from './format.js';
import { Live } from './live.js';
import { logInFromAddress, loginView } from './login.js';
import { texts } from './texts.js';

const main = document.getElementById('main');
const banner = document.getElementById('banner');
const streamState = document.getElementById('stream');
const live = new Live(showStream);
let view = null;
let shownPath = null;

function showStream(state) {
  const wasLost = !banner.hidden;
  streamState.dataset.state = state;
  setText(streamState, texts.stream[state]);
  if (state === 'connecting') return;
  document.body.classList.toggle('stale', state === 'lost');
  banner.hidden = state !== 'lost';
  setText(banner, state === 'lost' ? texts.streamLost : '');
  if (wasLost && state === 'open') announce('stream', texts.streamBack);
}

/** Goes to another page of this application. */
function navigate(path) {
  history.pushState(null, '', path);
  show();
  main.focus();
}

function show() {
  const path = location.pathname;
  if (path === shownPath) return;
  shownPath = path;
  view?.close?.();
  const [, section, id] = path.split('/');
  const device = section === 'devices' && id ? decodeURIComponent(id) : null;
  view = device === null ? devicesView(navigate) : deviceView(device);
  document.title = `${device ?? texts.devices.title} · ${texts.app}`;
  replace(main, view.element);
  window.scrollTo(0, 0);
  live.follow(device, view);
}

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[data-link]');
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(link.pathname + link.hash);
});
window.addEventListener('popstate', show);

/** Asks for the hub's token, once, and then shows what was asked for. */
function askForToken() {
  if (main.querySelector('[data-testid="input-token"]')) return;
  view?.close?.();
  live.stop();
  view = loginView(() => {
    shownPath = null;
    show();
  });
  replace(main, view.element);
  main.querySelector('input').focus();
}

onUnauthorized.call = askForToken;
startAges();
await logInFromAddress();
show();
