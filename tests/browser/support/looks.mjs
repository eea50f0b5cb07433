// What every page is judged by: names of controls, the width of a phone, an audit of accessibility.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The controls without a name; what is hidden itself may get one when it is shown. */
export function unlabelled(page) {
  return page.evaluate(() => {
    const named = (control) => control.labels?.length > 0 || control.ariaLabel || control.getAttribute('aria-labelledby')
      || (control.tagName === 'BUTTON' && control.textContent.trim() !== '');
    return [...document.querySelectorAll('input, select, textarea, button')].filter((control) => !control.hidden && !named(control)).map((control) => control.outerHTML);
  });
}

/** What makes the page scroll sideways: empty where nothing does. */
export function tooWide(page) {
  return page.evaluate(() => {
    const screen = window.innerWidth;
    if (document.documentElement.scrollWidth <= screen) return [];
    const wide = [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > screen).map((one) => one.outerHTML.slice(0, 120));
    return [`${document.documentElement.scrollWidth} pixels on a screen of ${screen}`, ...wide.slice(0, 5)];
  });
}

/** What axe finds; the page has to be opened with `bypassCSP`. */
export async function audit(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), RULES);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`);
}
