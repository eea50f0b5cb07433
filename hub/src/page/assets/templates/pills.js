// How a template stands, in words.

import { h } from '../dom.js';
import { texts } from '../texts.js';

const words = texts.templates;

/** Draft or published, and whether the draft has something new. */
export function statePills(template) {
  return h('span', { class: 'pills' },
    h('span', { class: 'pill dot', 'data-status': template.state === 'published' ? 'provisioned' : 'registered', 'data-testid': 'template-state' }, words.state[template.state]),
    template.draftChanges.length > 0 ? h('span', { class: 'pill', 'data-sync': 'pending', 'data-testid': 'template-changes' }, words.unpublished) : null);
}
