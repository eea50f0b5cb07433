// Which devices of those that are shown are chosen, and what can be done with all of them: approve, block, unblock, another
// template, a tag, delete. What is no longer shown is no longer chosen: nothing happens to a device that one does not see.

import { api } from '../api.js';
import { announce } from '../announce.js';
import { freshId, h, setText } from '../dom.js';
import { openConfirm } from '../shell/dialog.js';
import { toast, toastError } from '../shell/toast.js';
import { openForm } from '../templates/actions.js';
import { withPublished } from '../templates/published.js';
import { texts } from '../texts.js';
import { checkTag, textControl } from './edit.js';
import { nameOf } from './pills.js';

const words = texts.devices.bulk;
const AT_ONCE = 6; // requests that are under way together
const SHOWN = 8; // failures that a message names

/** The bar above the list. `rows()` are the shown devices in their order, `redraw` shows their boxes anew. */
export class Selection {
  constructor(rows, redraw) {
    this.rows = rows;
    this.redraw = redraw;
    this.ids = new Set();
    this.last = null; // the row that a range begins at
    const button = (name, act, className = 'small') => h('button', {
      type: 'button', class: className, hidden: true, 'data-testid': `bulk-${name}`, on: { click: () => act(this.chosen().filter(APPLIES[name])) },
    }, words[name]);
    this.all = h('input', { type: 'checkbox', 'data-testid': 'select-all', on: { click: () => this.#chooseAll(this.all.checked) } });
    this.count = h('span', { class: 'hint', 'data-testid': 'bulk-count' });
    this.buttons = {
      approve: button('approve', (devices) => run('approve', devices, ({ id }) => api.act(id, 'approve'))),
      block: button('block', askBlock),
      unblock: button('unblock', (devices) => run('unblock', devices, ({ id }) => api.act(id, 'unblock'))),
      template: button('template', openTemplate),
      tag: button('tag', openTag),
      delete: button('delete', askDelete, 'small bad'),
    };
    this.element = h('div', { class: 'bulk', role: 'group', 'aria-label': words.label, hidden: true },
      h('label', { class: 'check' }, this.all, h('span', {}, words.all)), this.count, Object.values(this.buttons));
  }

  has = (id) => this.ids.has(id);

  /** The chosen devices in the order they are shown. */
  chosen() {
    return this.rows().filter(({ id }) => this.ids.has(id));
  }

  /** A box was ticked or cleared; with Shift, all between it and the one before it. */
  check = (id, checked, { shiftKey }) => {
    const ids = this.rows().map((device) => device.id);
    const [from, to] = [ids.indexOf(this.last), ids.indexOf(id)].sort((a, b) => a - b);
    for (const one of shiftKey && from >= 0 ? ids.slice(from, to + 1) : [id]) this.#set(one, checked);
    this.last = id;
    this.#tell();
  };

  #set(id, checked) {
    if (checked) this.ids.add(id);
    else this.ids.delete(id);
  }

  #chooseAll(checked) {
    for (const { id } of this.rows()) this.#set(id, checked);
    this.#tell();
  }

  #tell() {
    this.redraw();
    this.update();
    announce('selection', words.count(this.ids.size));
  }

  /** The shown devices are others now, or stand differently. */
  update() {
    const rows = this.rows();
    const shown = new Set(rows.map(({ id }) => id));
    for (const id of this.ids) if (!shown.has(id)) this.ids.delete(id);
    const chosen = this.chosen();
    this.element.hidden = rows.length === 0;
    this.all.checked = chosen.length > 0 && chosen.length === rows.length;
    this.all.indeterminate = chosen.length > 0 && chosen.length < rows.length;
    setText(this.count, chosen.length > 0 ? words.count(chosen.length) : '');
    for (const [name, button] of Object.entries(this.buttons)) {
      button.hidden = chosen.length === 0;
      button.disabled = !chosen.some(APPLIES[name]);
    }
  }
}

/** Which of the chosen devices an action is for. */
const APPLIES = {
  approve: ({ status }) => status === 'waiting',
  block: ({ status }) => status !== 'blocked',
  unblock: ({ status }) => status === 'blocked',
  template: () => true,
  tag: () => true,
  delete: () => true,
};

/** Does something with each device, some at a time; says how many were done and which were not. */
async function run(action, devices, act) {
  const failed = [];
  const rest = [...devices];
  const work = async () => {
    for (let device = rest.shift(); device !== undefined; device = rest.shift()) {
      try {
        await act(device);
      } catch (failure) {
        failed.push(words.failed(nameOf(device), failure.message));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const done = devices.length - failed.length;
  if (done > 0) toast(words.done[action](words.devices(done)));
  if (failed.length > 0) toastError([...failed.slice(0, SHOWN), failed.length > SHOWN && words.more(failed.length - SHOWN)].filter(Boolean).join('\n'));
}

function askBlock(devices) {
  const { title, text, button } = words.confirm.block;
  openConfirm({ title: title(words.devices(devices.length)), text, button, act: () => run('block', devices, ({ id }) => api.act(id, 'block')) });
}

/** A deletion wants the number of devices typed. */
function askDelete(devices) {
  const { title, text, button, otherCount } = words.confirm.delete;
  openConfirm({
    title: title(words.devices(devices.length)), text, button, name: String(devices.length), otherName: otherCount,
    act: () => run('delete', devices, ({ id }) => api.deleteDevice(id)),
  });
}

const openTemplate = (devices) => withPublished((published) => {
  const { title, label, submit, choose, none } = words.templateForm;
  // none is a choice like the templates, and not what a quick Enter makes
  const unassigned = h('option', { value: 'none' }, none);
  const select = h('select', { id: freshId('template'), required: true, 'data-testid': 'bulk-template-to' },
    h('option', { value: '' }, choose), published.map((one) => h('option', { value: one.id }, one.name)), unassigned);
  openForm(title(words.devices(devices.length)), texts.devices.migrate.hint, h('div', { class: 'field' }, h('label', { for: select.id }, label), select), submit,
    () => run('template', devices, ({ id }) => api.assignTemplate(id, unassigned.selected ? null : select.value)));
});

function openTag(devices) {
  const { title, hint, submit } = words.tagForm;
  const key = textControl(texts.devices.edit.key, { testId: 'bulk-tag-key', check: checkTag });
  const value = textControl(texts.devices.edit.value, { testId: 'bulk-tag-value' });
  openForm(title(words.devices(devices.length)), hint, h('div', { class: 'pair' }, key.element, value.element), submit, () => {
    const { value: name, error } = key.read();
    if (error) {
      key.focus();
      return false;
    }
    // an empty value takes the tag away
    return run('tag', devices, ({ id }) => api.editDevice(id, { tags: { [name]: value.read().value || null } }));
  });
}
