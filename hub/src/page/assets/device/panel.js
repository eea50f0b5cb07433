// What stands below the tabs of a device's page: one of the tabs' views at a time. A view that holds something that was typed is
// not replaced by a newer template unless that is wanted.

import { h, replace } from '../dom.js';
import { showFailure } from '../shell/router.js';
import { texts } from '../texts.js';
import { unassignedView } from './unassigned.js';

const words = texts.device;

/** What can stand behind a tab; loaded when it is first shown. */
const MODULES = {
  view: () => import('./view.js'),
  form: () => import('./form.js'),
  commands: () => import('./commands.js'),
  raw: () => import('./raw.js'),
  twin: () => import('./twin.js'),
};

/** What needs no module of its own. */
const HERE = { unassigned: unassignedView, missing: () => ({ element: h('section', { class: 'card blank' }, h('p', { role: 'alert' }, words.noView)) }) };

/** Views that show nothing of the template stay when it is published again. */
const ALIKE = ['twin', 'missing'];

/** Views whose edits are saved: leaving loses them. A command that is typed and not sent is no such thing. */
const SAVED = ['form', 'twin', 'unassigned'];

/** `onShown(kind)` is told which kind of view is shown now. */
export function tabPanel(data, onShown) {
  const element = h('div', { class: 'panel' }, h('p', { class: 'empty' }, texts.loading));
  const republished = h('p', { class: 'remark wait', role: 'status', hidden: true }, words.republished, ' ',
    h('button', { type: 'button', class: 'link', 'data-testid': 'show-republished', on: { click: () => show(...wanted, { replacing: true }) } }, words.showRepublished));
  let wanted = null; // [tab, context]
  let shown = null; // { key, asked, view }
  let turn = 0; // of what is wanted: a module that comes late changes nothing
  let givenUp = null; // the address where what is typed is wanted no more: its module may come after other news

  const keyOf = (tab) => (ALIKE.includes(tab.kind) ? `${tab.key} ${tab.kind}` : `${tab.key} ${tab.kind} ${data.template.etag}`);

  async function show(tab, context, { replacing = false } = {}) {
    turn += 1;
    const mine = turn;
    wanted = [tab, context];
    republished.hidden = true;
    const key = keyOf(tab);
    if (shown?.key === key) return;
    const asked = context.rest.join('/');
    if (replacing) givenUp = asked;
    // at the same address it is the template that changed
    if (givenUp !== asked && shown?.asked === asked && shown.view.isDirty?.()) {
      republished.hidden = false;
      return;
    }
    const make = await makerOf(tab);
    if (mine !== turn) return;
    leave();
    const view = make({ data, tab, context });
    shown = { key, kind: tab.kind, asked, view };
    replace(element, view.element);
    onShown(tab.kind);
    view.shown?.();
  }

  async function makerOf(tab) {
    if (tab.kind in HERE) return HERE[tab.kind];
    try {
      return (await MODULES[tab.kind]()).default;
    } catch (cause) {
      return () => failedView(texts.unreachable(cause.message));
    }
  }

  function failedView(text) {
    const view = h('div');
    showFailure(view, text, () => {
      shown = null;
      show(...wanted);
    });
    return { element: view };
  }

  /** Ends what is shown; nothing that is still under way is shown any more. */
  function leave() {
    turn += 1;
    shown?.view.close?.();
    shown = null;
    givenUp = null;
    republished.hidden = true;
  }

  return {
    element, republished, show, leave,
    isDirty: () => SAVED.includes(shown?.kind) && (shown.view.isDirty?.() ?? false),
    /** Whether this tab is not what is shown, or is shown of another template. */
    differs: (tab) => shown !== null && shown.key !== keyOf(tab),
  };
}
