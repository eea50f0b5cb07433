// The errors of an import, each with the lines around its place in the file.

import { h } from '../dom.js';
import { texts } from '../texts.js';

const words = texts.templates.import;
const AROUND = 2;
const SHOWN = 50;
const WIDTH = 160;

/** `problems` as the hub tells them; `files` are `[{ name, text }]`. */
export function problemList(problems, files) {
  const lines = new Map(files.map(({ name, text }) => [name, text.replace(/^\ufeff/, '').split('\n')]));
  return h('section', { class: 'card', 'aria-labelledby': 'problems-title' },
    h('h2', { id: 'problems-title', class: 'failure', role: 'alert' }, words.failed(problems.length)),
    h('ol', { class: 'plain problems-list' }, problems.slice(0, SHOWN).map((one) => problem(one, lines.get(one.file)))));
}

function problem({ message, file, line, column, pointer, code }, lines) {
  return h('li', { 'data-testid': 'problem', 'data-line': line, 'data-code': code },
    h('p', { class: 'problem-message' }, message),
    h('p', { class: 'hint' }, h('strong', {}, words.place(file, line, column)), ' ', pointer === undefined ? null : h('span', {}, words.pointer(pointer))),
    lines ? snippet(lines, line, column) : null);
}

function snippet(lines, line, column) {
  const from = Math.max(1, line - AROUND);
  const numbers = Array.from({ length: Math.min(lines.length, line + AROUND) - from + 1 }, (_, index) => from + index);
  const width = String(numbers.at(-1) ?? 1).length;
  const shown = (number) => {
    const text = lines[number - 1].replace(/\r$/, '').replaceAll('\t', ' ');
    // a file of one line would be shown whole
    const start = number === line ? Math.max(0, column - WIDTH / 2) : 0;
    return { text: text.slice(start, start + WIDTH), caret: column - 1 - start };
  };
  return h('pre', { class: 'snippet', tabindex: 0, role: 'group', 'aria-label': words.snippet(line) }, numbers.map((number) => {
    const { text, caret } = shown(number);
    const gutter = h('span', { class: 'gutter', 'aria-hidden': 'true' }, `${String(number).padStart(width)} │ `);
    if (number !== line) return [gutter, `${text}\n`];
    return [h('mark', {}, gutter, text), '\n', h('span', { class: 'caret', 'aria-hidden': 'true' }, `${' '.repeat(width + 3 + Math.max(0, caret))}^\n`)];
  }));
}
