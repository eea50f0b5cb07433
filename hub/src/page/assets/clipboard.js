// Values with a button that copies them; a secret one is masked until it is asked for.

import { freshId, h, setText } from './dom.js';
import { texts } from './texts.js';

const MASK = '••••••••••••';

/** A labelled value with a copy button. */
export function copyable(label, value, { secret = false, testId = null, block = false } = {}) {
  const id = freshId('copy');
  const text = h(block ? 'pre' : 'code', { class: 'copy-value', id, 'data-testid': testId }, secret ? MASK : value);
  const reveal = secret && h('button', { type: 'button', class: 'small', 'aria-controls': id, on: { click: toggle } }, texts.show);
  const copy = h('button', { type: 'button', class: 'small', 'aria-label': `${texts.copy}: ${label}`, on: { click: copyValue } }, texts.copy);

  function toggle() {
    const hidden = text.textContent === MASK;
    setText(text, hidden ? value : MASK);
    setText(reveal, hidden ? texts.hide : texts.show);
  }

  async function copyValue() {
    try {
      await navigator.clipboard.writeText(value);
      setText(copy, texts.copied);
    } catch {
      // Without the right to write to the clipboard, select the value for the keyboard's own copy.
      setText(text, value);
      getSelection().selectAllChildren(text);
    }
    setTimeout(() => setText(copy, texts.copy), 2000);
  }

  return h('div', { class: block ? 'copyable block' : 'copyable' }, h('span', { class: 'copy-label' }, label),
    h('div', { class: 'copy-row' }, text, reveal || null, copy));
}
