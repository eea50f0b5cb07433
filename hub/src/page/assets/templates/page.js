// The templates' pages, by what follows `/templates` in the address.

import { h } from '../dom.js';
import { texts } from '../texts.js';

export default function templatesPage(context) {
  context.titled([[texts.shell.sections.templates]]);
  return { element: h('div', { class: 'page' }, h('h1', {}, texts.shell.sections.templates)) };
}
