import { describe, expect, it } from 'vitest';
import { box, readTicks, tickedNames } from '../../../src/report/publish/world/boxes.ts';

const id = '0123456789ab';

describe('a box', () => {
  it('is ticked as GitHub does it, by a click on its text', () => {
    const shown = box(`open ${id}`, 'open now');
    expect(readTicks(shown)).toEqual([]);
    expect(readTicks(shown.replace('- [ ]', '- [x]'))).toEqual([{ box: 'open', id }]);
    expect(readTicks(box(`open ${id}`, 'open now', true))).toEqual([{ box: 'open', id }]);
  });

  const name = `<!-- cortex:box reopen ${id} -->`;
  it.each([
    ['a large X', `- [X] ${name} text`],
    ['another bullet', `* [x] ${name} text`],
    ['a number', `3. [x] ${name} text`],
    ['another text', `- [x] ${name} somebody wrote this`],
    ['no text', `- [x] ${name}`],
    ['a place further down', `\n\n    words\n      - [x] ${name} text`],
    ['a quotation', `> - [x] ${name} text`],
    ['lines of another system', `a\r\n- [x] ${name} text\r\nb`],
  ])('is ticked with %s', (_, text) => {
    expect(readTicks(text)).toEqual([{ box: 'reopen', id }]);
  });

  it.each([
    ['it is not ticked', `- [ ] ${name} text`],
    ['its hidden name is gone', '- [x] reopen'],
    ['it is no item of a list', `[x] ${name}`],
    ['words stand before its name', `- [x] and ${name}`],
    ['the name is of nobody we know', '- [x] <!-- cortex:box explode 0123456789ab -->'],
    ['the key is none', '- [x] <!-- cortex:box reopen ../../etc -->'],
    ['the reason is none', `- [x] <!-- cortex:box reason ${id} because -->`],
    ['the reason is not for people', `- [x] <!-- cortex:box reason ${id} reopened -->`],
  ])('says nothing where %s', (_, text) => {
    expect(readTicks(text)).toEqual([]);
  });

  it('counts once, however often it stands there', () => {
    expect(readTicks(`- [x] ${name}\n- [x] ${name}`)).toEqual([{ box: 'reopen', id }]);
  });

  it('gives a reason', () => {
    expect(readTicks(`- [x] <!-- cortex:box reason ${id} not-wanted --> no`)).toEqual([
      { box: 'reason', id, reason: 'not-wanted' },
    ]);
  });

  it('takes no time to read in a text made to cost some', () => {
    const started = performance.now();
    tickedNames(`${'> '.repeat(30_000)}\n${'- [x] <!-- cortex:box '.repeat(3000)}`);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
