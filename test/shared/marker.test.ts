import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type Json } from '../../src/shared/canonical.ts';
import { readMarkers, writeMarker } from '../../src/shared/marker.ts';

/** Texts that end comments, mention people, or look like another marker. */
const hostile = fc.constantFrom(
  '-->',
  '--!>',
  '<!-- cortex:change v1 ',
  '@owner',
  '#12',
  'https://x.org',
  '\u2028',
  '\\',
);
const text = fc.array(fc.oneof(hostile, fc.string({ unit: 'binary' }))).map((parts) => parts.join(''));
const data = fc
  .oneof(text, fc.jsonValue(), fc.dictionary(text, text))
  .map((value) => JSON.parse(JSON.stringify(value)) as Json);

const sample = { fingerprint: 'abc', paths: ['a/b.ts'], note: 'x --> y' };

describe('a marker', () => {
  it('gives back what was written, whatever stands around it', () => {
    fc.assert(
      fc.property(data, text, text, (value, before, after) => {
        const around = [before, after].map((each) => each.replaceAll('<!-- ', ''));
        const body = around.join(`\n${writeMarker('change', value)}\n`);
        expect(readMarkers(body, 'change')).toEqual([{ data: JSON.parse(canonicalJson(value)) as Json }]);
      }),
    );
  });

  it('is one hidden line of printable ASCII that ends where it should', () => {
    fc.assert(
      fc.property(data, (value) => {
        const marker = writeMarker('change', value);
        expect(marker).toMatch(/^<!-- [\x20-\x7e]* -->$/);
        expect(marker.slice(4, -3)).not.toMatch(/--|[<>@#]|\/\//);
        expect(marked.lexer(`${marker}\nShown.`).map(({ type }) => type)).toEqual(['html', 'paragraph']);
      }),
    );
  });

  it('is the same text for data in another order of keys', () => {
    expect(writeMarker('change', { a: 1, b: 2 })).toBe(writeMarker('change', { b: 2, a: 1 }));
  });

  it('is damaged by any one change', () => {
    const marker = writeMarker('change', sample);
    const inside = marker.length - ' -->'.length - '<!-- cortex:change '.length;
    fc.assert(
      fc.property(fc.nat({ max: inside - 1 }), fc.constantFrom('x', ' ', '"', '7'), (offset, char) => {
        const at = '<!-- cortex:change '.length + offset;
        fc.pre(marker[at] !== char);
        const changed = `${marker.slice(0, at)}${char}${marker.slice(at + 1)}`;
        const [read] = readMarkers(changed, 'change');
        // Only spelling that means the same, such as another escape of the same sign, may pass.
        expect(read === 'damaged' || canonicalJson(read?.data) === canonicalJson(sample)).toBe(true);
      }),
    );
  });

  it.each([
    ['cut off', writeMarker('change', sample).slice(0, -9)],
    ['of a later version', writeMarker('change', sample).replace(' v1 ', ' v2 ')],
    ['with data that is not its own', writeMarker('change', sample).replace('abc', 'abd')],
    ['with nothing in it', '<!-- cortex:change -->'],
  ])('%s is damaged', (_, body) => {
    expect(readMarkers(body, 'change')).toEqual(['damaged']);
  });

  it('that is cut off does not swallow the next one', () => {
    const body = `${writeMarker('change', sample).slice(0, -9)}\n${writeMarker('change', 'whole')}`;
    expect(readMarkers(body, 'change')).toEqual(['damaged', { data: 'whole' }]);
  });

  it.each([
    ['of another kind', writeMarker('change-group', sample)],
    ['that nobody wrote', 'cortex:change v1'],
  ])('%s is none', (_, body) => {
    expect(readMarkers(body, 'change')).toEqual([]);
  });

  it('is looked for in linear time', () => {
    const body = '<!-- cortex:change v1 '.repeat(200_000);
    const before = performance.now();
    expect(readMarkers(body, 'change')).toHaveLength(200_000);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});
