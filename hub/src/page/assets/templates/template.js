// One template: its head and its parts. Which part is shown stands in the address: the model, the customisations, the views,
// or the editor of one view.

import { h, replace, setAttribute, setText } from '../dom.js';
import { same } from '../json.js';
import { menuButton } from '../shell/menu.js';
import { missing, showFailure } from '../shell/router.js';
import { texts } from '../texts.js';
import { coalesced, once } from '../turns.js';
import { openNewVersion, publish, templateActions } from './actions.js';
import { templatePath, templatesApi } from './api.js';
import { customizePart } from './customize.js';
import { modelPart } from './model.js';
import { statePills } from './pills.js';
import { viewEditor } from './view-editor.js';
import { viewsPart } from './views.js';

const words = texts.templates;

/** What can follow the id in the address, and what makes the part: `(page) => ({ element, update(template) })`. */
const PARTS = { model: modelPart, customize: customizePart, views: viewsPart };

export default function templatePage(context) {
  const [id, name = 'model', slug] = context.rest;
  const tab = Object.hasOwn(PARTS, name) ? name : 'model';
  const editing = tab === 'views' && slug !== undefined;
  const page = { context, template: null, slug, take, fail: (text) => head.fail(text), load: coalesced(load), closed: false };
  const head = templateHead(page, id);
  const judge = () => head.judge(part?.isDirty?.() ?? false);
  const panel = h('div', { on: { input: judge, change: judge, click: judge } }, h('p', { class: 'empty' }, texts.loading));
  let part = null;
  let news = 0; // answers of edits, and what the stream told, by now

  /** Shows a template as an edit has answered it. */
  function take(template) {
    news += 1;
    show(template);
  }

  function show(template) {
    if (page.closed || same(template, page.template)) return;
    page.template = template;
    const crumbs = [[words.title, '/templates'], [template.name, templatePath(id)]];
    context.titled(editing ? [...crumbs, [words.tabs.views, templatePath(id, 'views')], [nameOfView(template)]] : crumbs.map(([text], index) => (index === 1 ? [text] : crumbs[index])));
    head.show(template);
    if (part === null) {
      part = editing ? viewEditor(page) : PARTS[tab](page);
      replace(panel, part.element);
    }
    part.update(template);
    judge();
  }

  function nameOfView(template) {
    if (slug === 'new') return context.query.get('kind') === 'form' ? words.views.addForm : words.views.addView;
    return template.views.find((view) => view.slug === slug)?.name ?? slug;
  }

  /** What the stream tells of this template. */
  function changed({ deleted, etag, deviceCount }) {
    news += 1;
    if (deleted) context.go('/templates', { saved: true });
    else if (etag === page.template?.etag) show({ ...page.template, deviceCount });
    // what is typed stays as it was read: the hub refuses to save it over somebody else's change
    else if (!part?.isDirty?.()) page.load();
  }

  async function load() {
    try {
      const before = news;
      const template = await templatesApi.read(id);
      // what was read before an edit was answered, or before the stream told something, may be older than that
      if (before === news) show(template);
      else page.load();
    } catch (failure) {
      if (failure.status === 404) showGone();
      else if (part === null) showFailure(panel, failure.message, page.load);
    }
  }

  /** There never was one, or it was deleted while the stream was away: nothing can be edited any more. */
  function showGone() {
    page.closed = true;
    replace(element, missing(words.notFound, '/templates', words.all));
  }

  const element = h('div', { class: 'page' },
      head.elements,
      h('nav', { class: 'tabs', 'aria-label': words.tabs.label }, Object.keys(PARTS).map((one) => h('a', {
        href: one === 'model' ? templatePath(id) : templatePath(id, one), 'data-link': true, 'data-testid': `tab-${one}`,
        'aria-current': one === tab ? 'page' : null,
      }, words.tabs[one]))), panel);
  return {
    element,
    topics: ['templates'],
    load: page.load,
    event: (name, change) => name === 'template' && change.id === id && changed(change),
    isDirty: () => !page.closed && (part?.isDirty?.() ?? false),
    close: () => { page.closed = true; },
  };
}

/** What stands above the tabs: the name, the facts, what can be done, and what is to be known. */
function templateHead(page, id) {
  const title = h('h1', {}, id);
  const facts = h('div', { class: 'device-facts' });
  const tools = h('div', { class: 'tools' });
  const notices = h('div', { class: 'remarks' });
  const problem = h('p', { class: 'remark bad', role: 'alert', hidden: true, 'data-testid': 'publish-problem' });
  // made once: a control that is replaced under the pointer loses its click, as a menu that is replaced closes
  const publishButton = h('button', { type: 'button', class: 'primary', 'data-testid': 'publish', on: { click: once(() => publish(page)) } }, words.actions.publish);
  const menu = menuButton({ label: words.more, text: words.more, className: '', testId: 'template-menu', items: () => templateActions(page) });

  return {
    elements: [h('div', { class: 'page-head' }, h('div', {}, title, facts), tools), problem, notices],
    show(template) {
      setText(title, template.name);
      replace(facts, statePills(template), h('span', {}, words.version(template.version)), h('span', { 'data-testid': 'device-count' }, words.devices(template.deviceCount)),
        h('span', {}, words.wire[template.wireFormat]), h('span', {}, template.language));
      setAttribute(menu.querySelector('button'), 'aria-label', words.moreNamed(template.name));
      if (tools.childElementCount === 0) replace(tools, publishButton, menu);
      replace(notices, noticesOf(template, () => openNewVersion(page)));
    },
    /** What is typed and not saved would not be published. */
    judge(unsaved) {
      const { template } = page;
      const codes = template?.issues.filter((issue) => issue.blocks).map((issue) => issue.code) ?? [];
      const why = codes.includes('breaking') ? words.breaking : codes.length > 0 ? words.blocked : unsaved ? words.publishUnsaved : '';
      publishButton.disabled = why !== '' || (template?.state === 'published' && template.draftChanges.length === 0);
      publishButton.title = why;
    },
    /** Shows why something was not done. */
    fail(text) {
      problem.hidden = text === '';
      setText(problem, text);
    },
  };
}

function noticesOf(template, newVersion) {
  const { draftChanges, state } = template;
  const blocking = template.issues.filter((issue) => issue.blocks);
  const notes = template.issues.filter((issue) => !issue.blocks);
  const changes = draftChanges.map((one) => words.unpublishedParts[one]);
  const breaks = blocking.some((issue) => issue.code === 'breaking');
  const list = (title, issues, kind, more = null) => issues.length > 0 && h('section', { class: `remark ${kind}`, 'aria-label': title },
    h('strong', {}, title), h('ul', { class: 'problems' }, issues.map((issue) => h('li', { 'data-testid': 'issue', 'data-code': issue.code }, issue.message))), more);
  return [
    state === 'draft' ? h('p', { class: 'remark info', 'data-testid': 'draft-hint' }, words.draftHint) : null,
    changes.length > 0 ? h('p', { class: 'remark wait', 'data-testid': 'unpublished' }, words.unpublishedHint(changes)) : null,
    list(words.issues, blocking, 'bad', breaks && [h('p', {}, words.breaking),
      h('button', { type: 'button', class: 'small', 'data-testid': 'new-version-instead', on: { click: newVersion } }, words.actions.version)]),
    list(words.notes, notes, 'info'),
  ];
}
