import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expressionsIn, referencesIn } from '../../../src/checks/workflows/expressions.ts';

const references = (body: string): readonly string[] => referencesIn(body).map((reference) => reference.join('.'));

describe('expressions', () => {
  it('are found where they stand, braces inside of strings aside', () => {
    expect(expressionsIn("a ${{ b }} ${{ '}}' }} c")).toEqual([
      { raw: '${{ b }}', body: ' b ', index: 2 },
      { raw: "${{ '}}' }}", body: " '}}' ", index: 11 },
    ]);
  });

  it('that do not end are none', () => expect(expressionsIn('${{ a } }')).toEqual([]));
});

describe('references that can yield text', () => {
  it.each([
    ['github.event.issue.title', ['github.event.issue.title']],
    ["GitHub['event'].Issue['title']", ['github.event.issue.title']],
    ['github.event.commits[0].message', ['github.event.commits.*.message']],
    ['github.event.commits.*.message', ['github.event.commits.*.message']],
    ["format('{0}', github.head_ref)", ['github.head_ref']],
    ['toJSON(github.event)', ['github.event']],
    ['a.b || c.d', ['a.b', 'c.d']],
    ['a.b && c.d', ['c.d']],
    ['a.b && (c.d || e.f)', ['c.d', 'e.f']],
    ['github[inputs.name]', ['github.*', 'inputs.name']],
    ["'github.head_ref'", []],
    ["'it''s' || a.b", ['a.b']],
    ["a.b == 'x'", []],
    ['!a.b', []],
    ["contains(a.b, 'x')", []],
    ["contains(a.b, 'x') || c.d", ['c.d']],
    ["startsWith(format('({0}', a.b), 'x') || c.d", ['c.d']],
  ])('%s', (body, expected) => expect(references(body)).toEqual(expected));

  it('never throw, whatever the text', () => {
    const piece = fc.constantFrom(
      'github',
      '.event',
      '[',
      ']',
      '(',
      ')',
      "'",
      '&&',
      '||',
      '==',
      '!',
      '*',
      ' ',
      'contains',
      '0',
      ',',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        for (const reference of referencesIn(pieces.join(''))) expect(reference.length).toBeGreaterThan(0);
      }),
    );
  });
});
