// What can be done with a device: approve, block, unblock, delete, name and tag it. The same from the list and from the
// device's own page.

import { api } from '../api.js';
import { freshId, h } from '../dom.js';
import { openConfirm } from '../shell/dialog.js';
import { toast, toastError } from '../shell/toast.js';
import { openForm } from '../templates/actions.js';
import { withPublished } from '../templates/published.js';
import { texts } from '../texts.js';
import { openEdit } from './edit.js';
import { nameOf } from './pills.js';

const words = texts.devices;
const TYPED = 40; // characters that somebody may be asked to type

/** The actions that a device's status allows, for a menu. `onDeleted` is told when it is gone. */
export function deviceActions(device, onDeleted = () => {}) {
  const { status } = device;
  return [
    status === 'waiting' && { text: words.actions.approve, testId: 'approve-device', act: () => approveDevice(device) },
    { text: words.actions.rename, testId: 'edit-device', act: () => openEdit(device) },
    { text: words.actions.migrate, testId: 'migrate-device', act: () => openMigrate(device) },
    status === 'blocked'
      ? { text: words.actions.unblock, testId: 'unblock-device', act: () => unblockDevice(device) }
      : { text: words.actions.block, testId: 'block-device', danger: true, act: () => ask(device, 'block', () => api.act(device.id, 'block')) },
    {
      text: words.actions.delete, testId: 'delete-device', danger: true,
      act: () => ask(device, 'delete', async () => {
        await api.deleteDevice(device.id);
        onDeleted();
      }),
    },
  ].filter(Boolean);
}

export const approveDevice = (device) => run(device, 'approve');
export const unblockDevice = (device) => run(device, 'unblock');

async function run(device, action) {
  try {
    await api.act(device.id, action);
    toast(words.done[action](nameOf(device)));
  } catch (failure) {
    toastError(failure.message);
  }
}

/** Gives this one device another published template. */
const openMigrate = (device) => withPublished((published) => {
  const { title, hint, label, submit, none } = words.migrate;
  const others = published.filter((one) => one.id !== device.templateId);
  const select = h('select', { id: freshId('to'), 'data-testid': 'migrate-device-to' }, others.map((one) => h('option', { value: one.id }, one.name)));
  const content = others.length > 0 ? h('div', { class: 'field' }, h('label', { for: select.id }, label), select) : h('p', { class: 'empty' }, none);
  openForm(title(nameOf(device)), hint, content, others.length > 0 && submit, async () => {
    await api.assignTemplate(device.id, select.value);
    toast(words.done.migrate(nameOf(device)));
  });
});

/** What can be typed: the name, or the id of what has a long one. */
const shortName = (device) => (nameOf(device).length > TYPED ? device.id : nameOf(device));

/** Both block and delete ask with the name of the device; a deletion wants it typed. */
function ask(device, action, act) {
  const { title, text, button } = words.confirm[action];
  openConfirm({
    title: title(nameOf(device)), text, button, name: action === 'delete' ? shortName(device) : null,
    act: async () => {
      await act();
      toast(words.done[action](nameOf(device)));
    },
  });
}
