// The legend of a chart: each line can be left out; with Shift, it is shown alone.

import { h } from '../dom.js';
import { texts } from '../texts.js';

export function legend(lines, onChange) {
  const buttons = lines.map((line) => h('button', {
    type: 'button', class: `legend ${line.colour}`, 'aria-pressed': 'true', title: texts.chart.legendHint, on: { click: (event) => toggle(line, event.shiftKey) },
  }, h('i', { 'aria-hidden': 'true' }), line.label, line.capability.unit ? h('span', { class: 'chart-unit' }, line.capability.unit) : null));

  function toggle(line, solo) {
    const alone = solo && lines.some((other) => other !== line && !other.hidden);
    if (solo) for (const other of lines) other.hidden = alone && other !== line;
    else line.hidden = !line.hidden;
    lines.forEach((one, index) => buttons[index].setAttribute('aria-pressed', String(!one.hidden)));
    onChange();
  }

  return h('span', { class: 'legends' }, buttons);
}
