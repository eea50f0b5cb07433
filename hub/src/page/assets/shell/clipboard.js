// Values with a button that copies them; a secret one is masked until it is asked for.

import { announce } from '../announce.js';
import { freshId, h, setText } from '../dom.js';
import { texts } from '../texts.js';

const MASK = '••••••••••••';

/** A labelled value with a copy button. `secret` is true for dots, or the text to show instead of the value. */
export function copyable(label, value, { secret = false, testId = null, block = false } = {}) {
  const id = freshId('copy');
  const masked = secret === true ? MASK : secret;
  const text = h(block ? 'pre' : 'code', { class: 'copy-value', id, tabindex: block ? 0 : null, 'data-testid': testId }, masked || value);
  const reveal = masked && h('button', {
    type: 'button', class: 'small', 'aria-controls': id, 'aria-label': `${texts.show}: ${label}`, on: { click: toggle } }, texts.show);
  const copy = copyButton(label, () => value, text, testId && `copy-${testId}`);

  function toggle() {
    const hidden = text.textContent === masked;
    setText(text, hidden ? value : masked);
    setText(reveal, hidden ? texts.hide : texts.show);
    reveal.setAttribute('aria-label', `${reveal.textContent}: ${label}`);
  }

  return h('div', { class: block ? 'copyable block' : 'copyable' }, h('span', { class: 'copy-label' }, label),
    h('div', { class: 'copy-row' }, text, h('span', { class: 'copy-buttons' }, reveal || null, copy)));
}

/** A button that copies what `read` answers, which `text` shows. */
export function copyButton(label, read, text, testId = null) {
  const button = h('button', { type: 'button', class: 'small', 'aria-label': `${texts.copy}: ${label}`, 'data-testid': testId, on: { click: copy } }, texts.copy);

  async function copy() {
    try {
      await navigator.clipboard.writeText(read());
      setText(button, texts.copied);
      announce('copy', texts.copied);
    } catch {
      // Without the right to write to the clipboard, select the value for the keyboard's own copy.
      setText(text, read());
      getSelection().selectAllChildren(text);
    }
    setTimeout(() => setText(button, texts.copy), 2000);
  }

  return button;
}
