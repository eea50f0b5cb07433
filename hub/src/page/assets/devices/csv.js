// Devices from and to a CSV file, with the columns IoT Central has.

import { api } from '../api.js';
import { copyable } from '../shell/clipboard.js';
import { openDialog } from '../shell/dialog.js';
import { toast, toastError } from '../shell/toast.js';
import { texts } from '../texts.js';

const words = texts.devices;
const COLUMNS = { IOTC_DeviceID: (device) => device.id, IOTC_DeviceName: (device) => device.name ?? '', Status: (device) => device.status };

/** Adds a device for each line of a file; says how many, and each line that could not be. */
export async function importCsv(file) {
  if (!file) return;
  let text;
  try {
    text = await file.text();
  } catch (failure) {
    toastError(texts.unreadableFile(failure.message));
    return;
  }
  const [head, ...lines] = readCsv(text);
  const at = (name) => head?.findIndex((column) => column.trim().toLowerCase() === name.toLowerCase()) ?? -1;
  const [id, name] = [at('IOTC_DeviceID'), at('IOTC_DeviceName')];
  if (id < 0) {
    toastError(words.importNoColumn);
    return;
  }
  const failed = [];
  for (const [index, line] of lines.entries()) {
    try {
      await api.addDevice({ id: line[id]?.trim() ?? '', name: line[name]?.trim() || undefined });
    } catch (failure) {
      failed.push(words.importFailed(index + 2, failure.message));
    }
  }
  toast(words.done.import(lines.length - failed.length));
  if (failed.length > 0) openDialog(words.importFailures(failed.length), copyable(words.importLines, failed.join('\n'), { block: true, testId: 'import-failures' }));
}

/** Rows of cells; cells may be quoted, a doubled quote inside is one. */
export function readCsv(text) {
  const rows = [];
  let row = [];
  for (const [, quoted, plain, end] of text.replace(/^\uFEFF/, '').matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\r|$)/g)) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    if (row.some((cell) => cell !== '')) rows.push(row);
    row = [];
  }
  return rows;
}

/** Offers the devices that `read` answers as a file. */
export async function exportCsv(read) {
  try {
    offer((await read()).items);
  } catch (failure) {
    toastError(failure.message);
  }
}

function offer(devices) {
  // a cell that a spreadsheet would take for a formula is made a text
  const cell = (text) => `"${String(text).replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
  const lines = [Object.keys(COLUMNS), ...devices.map((device) => Object.values(COLUMNS).map((read) => read(device)))];
  saveFile('devices.csv', 'text/csv', lines.map((line) => line.map(cell).join(',')).join('\r\n'));
}

function saveFile(name, type, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
