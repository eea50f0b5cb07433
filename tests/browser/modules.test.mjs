// The page's modules one by one, in the browser that runs them: numbers, JSON, charts' arithmetic, forms, and the rule
// that what an operator is typing is never overwritten.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, startHub } from './support/site.mjs';

let hub;
let browser;
let page;

before(async () => {
  hub = await startHub();
  browser = await openBrowser(hub);
  page = await browser.page();
  await page.goto(`${hub.origin}/devices`);
});

after(async () => {
  await browser?.close();
  await hub?.stop();
});

test('a long keeps all its digits from the control to the wire', async () => {
  const text = await page.evaluate(async () => {
    const { field } = await import('/assets/forms.js');
    const { parse, stringify } = await import('/assets/json.js');
    const long = field({ type: 'long' }, { label: 'n' });
    long.write(parse('9223372036854775807'));
    return stringify({ n: long.read().value });
  });
  assert.equal(text, '{"n":9223372036854775807}');
});

test('integers are checked against the range of their type', async () => {
  const results = await page.evaluate(async () => {
    const { readNumber } = await import('/assets/numbers.js');
    return ['2147483647', '2147483648', '1.5', '0x10', ''].map((text) => readNumber('integer', text).value ?? null);
  });
  assert.deepEqual(results, [2147483647, null, null, null, null]);
});

test('zero, false and the empty text are values, and an empty control is none', async () => {
  const values = await page.evaluate(async () => {
    const { field } = await import('/assets/forms.js');
    const read = (schema, value) => {
      const control = field(schema, { label: 'x' });
      control.write(value);
      const { value: result, error } = control.read();
      return error ? 'refused' : result;
    };
    const mode = { type: 'enum', valueSchema: 'integer', values: [{ name: 'off', label: 'Off', value: 0 }] };
    return [read({ type: 'long' }, 0), read({ type: 'boolean' }, false), read({ type: 'string' }, ''), read(mode, 0),
      read({ type: 'long' }), read({ type: 'boolean' })];
  });
  assert.deepEqual(values, [0, false, '', 0, 'refused', 'refused']);
});

test('objects, arrays and maps are read as they were written', async () => {
  const same = await page.evaluate(async () => {
    const { field } = await import('/assets/forms.js');
    const schema = {
      type: 'object',
      fields: [
        { name: 'limits', label: 'Limits', schema: { type: 'array', element: { type: 'double' } } },
        { name: 'tags', label: 'Tags', schema: { type: 'map', key: { name: 'tag' }, value: { name: 'count', schema: { type: 'integer' } } } },
        { name: 'place', label: 'Place', schema: { type: 'geopoint' } },
        { name: 'left_out', label: 'Left out', schema: { type: 'string' } },
      ],
    };
    const value = { limits: [1.5, 0], tags: { a: 1, b: 0 }, place: { lat: 1, lon: 2 } };
    const control = field(schema, { label: 'x' });
    control.write(value);
    return JSON.stringify(control.read().value) === JSON.stringify(value);
  });
  assert.ok(same);
});

test('a map refuses a key that is there twice', async () => {
  const error = await page.evaluate(async () => {
    const { field } = await import('/assets/forms.js');
    const control = field({ type: 'map', key: { name: 'key' }, value: { name: 'value', schema: { type: 'string' } } }, { label: 'm' });
    control.write({ a: 'x', b: 'y' });
    control.element.querySelectorAll('input')[2].value = 'a';
    return control.read().error;
  });
  assert.match(error, /twice/);
});

test('a line is broken where values are missing, at any zoom', async () => {
  const lengths = await page.evaluate(async () => {
    const { Series } = await import('/assets/chart/series.js');
    const series = new Series();
    for (const second of [0, 1, 2, 3, 40, 41]) series.add(second * 1000, 1);
    return [series.around(0, 60_000), series.around(0, 30_000)].map((points) => series.runs(points).map((run) => run.length));
  });
  // the value after the range is a run of its own
  assert.deepEqual(lengths, [[4, 2], [4, 1]]);
});

test('each pixel column keeps its first, least, greatest and last value', async () => {
  const columns = await page.evaluate(async () => {
    const { Series, perColumn } = await import('/assets/chart/series.js');
    const series = new Series();
    for (const [at, value] of [[0, 5], [1, 9], [2, 4], [3, 1], [4, 6], [10, 7]]) series.add(at, value);
    return perColumn(series.points, (at) => Math.floor(at / 10)).map(({ first, min, max, last, n }) => [first, min, max, last, n]);
  });
  assert.deepEqual(columns, [[5, 1, 9, 6, 5], [7, 7, 7, 7, 1]]);
});

test('a text is not set, empty or a text, and these are three things', async () => {
  const seen = await page.evaluate(async () => {
    const { field } = await import('/assets/forms.js');
    const control = field({ type: 'string' }, { label: 's', optional: true, testId: 's' });
    const read = () => JSON.stringify(control.read());
    const unset = read();
    control.element.querySelector('[data-testid="empty-s"]').click();
    const empty = read();
    control.write('x');
    return [unset, empty, read()];
  });
  assert.deepEqual(seen, ['{"absent":true}', '{"value":""}', '{"value":"x"}']);
});

test('texts of dates and times are checked, also against the calendar', async () => {
  const results = await page.evaluate(async () => {
    const { field } = await import('/assets/forms.js');
    const read = (type, text) => {
      const control = field({ type }, { label: type });
      control.write(text);
      return control.read().value ?? null;
    };
    return [read('date', '2026-02-30'), read('dateTime', '2026-01-31'), read('dateTime', '2026-01-31T12:00:00+01:00'), read('time', '12:00|00:00'), read('duration', 'P'), read('duration', 'PT1M')];
  });
  assert.deepEqual(results, [null, null, '2026-01-31T12:00:00+01:00', null, null, 'PT1M']);
});

test('an address names its page and the parts that its pattern has', async () => {
  const found = await page.evaluate(async () => {
    const { find } = await import('/assets/shell/router.js');
    const { ROUTES, devicePath } = await import('/assets/shell/routes.js');
    return ['/devices', '/devices/new', '/devices/a%2Fb/view/overview', devicePath('new'), '/x'].map((path) => {
      const match = find(ROUTES, path);
      return match && [match.route.pattern, match.params, match.rest];
    });
  });
  assert.deepEqual(found, [['/devices', {}, []], ['/devices/new', {}, []], ['/devices/:id/*', { id: 'a/b' }, ['view', 'overview']], ['/devices/:id/*', { id: 'new' }, []], null]);
});

test('a CSV file is read with quotes, and empty lines are passed over', async () => {
  const rows = await page.evaluate(async () => (await import('/assets/devices/csv.js')).readCsv('IOTC_DeviceID,IOTC_DeviceName\r\na,"b, ""c"""\r\n\r\nd,'));
  assert.deepEqual(rows, [['IOTC_DeviceID', 'IOTC_DeviceName'], ['a', 'b, "c"'], ['d', '']]);
});

test('a constant series gets room around it and round ticks', async () => {
  const { low, high, ticks } = await page.evaluate(async () => (await import('/assets/chart/scale.js')).niceRange(21, 21, 4));
  assert.ok(low < 21 && high > 21);
  assert.ok(ticks.every((tick, index) => index === 0 || tick > ticks[index - 1]));
});

test('values one float step apart are drawn as a constant, and the ticks of any range are few', async () => {
  const counts = await page.evaluate(async () => {
    const { niceRange } = await import('/assets/chart/scale.js');
    const ranges = [[71.5, 71.50000000000001], [2 ** 53, 2 ** 53 + 2], [0, 5e-324], [-1.7e308, 1.7e308], [0, 1e-12], [-1e15, -1e15 + 0.125]];
    return ranges.map(([low, high]) => {
      const nice = niceRange(low, high, 4);
      return Number.isFinite(nice.low) && nice.low < nice.high && nice.ticks.length;
    });
  });
  assert.ok(counts.every((count) => count >= 2 && count <= 12), String(counts));
});

test('a tick has the digits that its step needs', async () => {
  const seen = await page.evaluate(async () => {
    const { tickText } = await import('/assets/chart/scale.js');
    return [[0.004, 0.002], [0.025, 0.025], [20, 5], [0, 0.5], [2.5e9, 5e8], [3e-9, 1e-9]].map(([value, step]) => tickText(value, step));
  });
  assert.deepEqual(seen, ['0.004', '0.025', '20', '0.0', '2.5e+9', '3e-9']);
});

test('a small number is not shown as zero', async () => {
  const seen = await page.evaluate(async () => {
    const { formatValue } = await import('/assets/format.js');
    return [0.0042, -0.5, 0, 71.456, 4.2e-9].map((value) => formatValue(value, { type: 'double' }));
  });
  assert.deepEqual(seen, ['0.0042', '-0.50', '0.00', '71.46', '4.2E-9']);
});

test('two objects with their members in another order are the same', async () => {
  const seen = await page.evaluate(async () => {
    const { same } = await import('/assets/json.js');
    return [same({ a: 1, b: { c: 2n, d: [1, 2] } }, { b: { d: [1, 2], c: 2 }, a: 1 }), same({ a: 1 }, { a: 1, b: null }), same([1, 2], [2, 1]), same({}, []), same(null, {})];
  });
  assert.deepEqual(seen, [true, false, false, false, false]);
});

test('a load that is asked for while one is under way is made once more after it', async () => {
  const seen = await page.evaluate(async () => {
    const { coalesced } = await import('/assets/turns.js');
    const answers = [];
    let begun = 0;
    const load = coalesced(() => new Promise((done, fail) => { begun += 1; answers.push({ done, fail }); }));
    const first = load();
    load();
    load();
    answers[0].fail(new Error('the first one is not the last word'));
    while (answers.length < 2) await null;
    answers[1].done();
    await first;
    const again = load();
    answers[2].fail(new Error('told'));
    return [begun, await again.catch((failure) => failure.message)];
  });
  assert.deepEqual(seen, [3, 'told']);
});

test('what is being sent is not sent again', async () => {
  const sent = await page.evaluate(async () => {
    const { once } = await import('/assets/turns.js');
    let count = 0;
    let answer;
    const send = once(() => { count += 1; return new Promise((done) => { answer = done; }); });
    const first = send();
    await send();
    answer();
    await first;
    send();
    return count;
  });
  assert.equal(sent, 2);
});

test('the answer to a command does not overwrite what the stream has told of it', async () => {
  const seen = await page.evaluate(async () => {
    const { DeviceData } = await import('/assets/device/data.js');
    const data = new DeviceData('d');
    const told = (state, more = {}) => data.event('command', { device: 'd', id: 1, state, ...more });
    told('completed');
    data.takeCommand({ id: 1, state: 'accepted' });
    const finished = data.commands.get(1).state;
    data.takeCommand({ id: 2, state: 'sent' });
    return [finished, data.commands.get(2).state];
  });
  assert.deepEqual(seen, ['completed', 'sent']);
});

test('nothing is drawn across a break of the stream, and a column is told with the time of its last value', async () => {
  const seen = await page.evaluate(async () => {
    const { Series, perColumn } = await import('/assets/chart/series.js');
    const series = new Series();
    series.add(0, 1);
    series.gaps.interrupt(500);
    series.add(1000, 2);
    series.add(2000, 3);
    const runs = series.runs(series.points).map((run) => run.length);
    const last = perColumn(series.points, () => 0)[0].tLast;
    series.load({
      points: { t: [0], first: [1], min: [1], max: [3], last: [3], n: [3], tMin: [0], tMax: [2000], tLast: [2000] }, gaps: [], interval: null, newest: 2000, before: null, after: null,
    });
    return [runs, last, series.points[0].tLast];
  });
  assert.deepEqual(seen, [[1, 2], 2000, 2000]);
});

test('a lane that is looked at for long keeps a bounded number of gaps and colours, and knows no more for it', async () => {
  const seen = await page.evaluate(async () => {
    const { States } = await import('/assets/chart/states.js');
    const [most, step] = [5000, 1000];
    const lane = new States((value) => value);
    lane.add(0, 'on');
    for (let turn = 1; turn <= most + 10; turn += 1) {
      lane.add(turn * step - 500, null);
      lane.add(turn * step, 'on');
    }
    const colours = Array.from({ length: most + 10 }, (_, turn) => lane.colour(`state ${turn}`, 4));
    const [before, first, second] = lane.blocks(0, Infinity);
    return { gaps: lane.gaps.all().length, colours: lane.colours.size, kept: lane.colour(`state ${most + 9}`, 4) === colours.at(-1), next: colours.slice(0, 5), before, first, second };
  });
  assert.deepEqual(seen, {
    gaps: 5000, colours: 5000, kept: true, next: [0, 1, 2, 3, 0],
    before: { value: 'on', begin: 0, end: 500, known: true }, first: { value: 'on', begin: 500, end: 11_000, known: false }, second: { value: 'on', begin: 11_000, end: 11_500, known: true },
  });
});

test('a value that a choice does not have is shown as it is and kept', async () => {
  const seen = await page.evaluate(async () => {
    const { field } = await import('/assets/forms.js');
    const control = field({ type: 'boolean' }, { label: 'b', optional: true });
    control.write('true');
    const shown = control.element.querySelector('select').selectedOptions[0].textContent;
    const kept = control.read();
    control.write(undefined);
    return [shown, kept, control.read()];
  });
  assert.deepEqual(seen, ['"true" (not in the model)', { value: 'true' }, { absent: true }]);
});

test('the parts of a duration are those of its text, without years and months', async () => {
  const results = await page.evaluate(async () => {
    const { readParts, writeParts } = await import('/assets/duration.js');
    const again = (text) => (readParts(text) === null ? null : writeParts(readParts(text)));
    return ['P1DT2H3M4.5S', 'PT30S', 'P2W', 'PT0S', 'P1Y', 'P1M', 'P', 'PT', 'PT1.5H', '-PT1S', ''].map(again);
  });
  assert.deepEqual(results, ['P1DT2H3M4.5S', 'PT30S', 'P14D', 'PT0S', null, null, null, null, null, null, null]);
});

test('children are arranged with as few moves as can be, whatever came, went and moved', async () => {
  const wrong = await page.evaluate(async () => {
    const { arrange, h } = await import('/assets/dom.js');
    let seed = 1;
    const random = (below) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    const all = Array.from({ length: 12 }, () => h('b'));
    const list = h('div');
    const moved = [];
    let exchanged = 0; // in the order before
    list.insertBefore = (child, next) => {
      moved.push(child);
      return Node.prototype.insertBefore.call(list, child, next);
    };
    for (let round = 0; round < 300; round += 1) {
      const before = [...list.children];
      const wanted = all.filter(() => random(4) > 0);
      const swaps = random(3);
      for (let swap = 0; swap < swaps; swap += 1) wanted.splice(random(wanted.length + 1), 0, ...wanted.splice(random(wanted.length || 1), 1));
      moved.length = 0;
      arrange(list, wanted);
      const isRight = wanted.length === list.children.length && wanted.every((child, index) => list.children[index] === child);
      const old = moved.filter((child) => before.includes(child)).length;
      // what was taken to another place now or the last time is all that has to move
      if (!isRight || old > exchanged + swaps) return `round ${round}: ${old} were moved`;
      exchanged = swaps;
    }
    const [first, second, third] = all;
    arrange(list, first, second, third);
    moved.length = 0;
    arrange(list, second, third, first);
    return moved.length === 1 && moved[0] === first ? null : 'the first child became the last with more than one move';
  });
  assert.equal(wrong, null);
});
