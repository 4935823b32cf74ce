import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { planDocument } from '../../../src/plan/plan-document.ts';
import { planTokens } from '../../../src/plan/plan-tokens.ts';
import { plainYaml } from '../../../src/plan/quick/plain-yaml.ts';
import { stringify } from '../../../src/shared/yaml.ts';
import { changedPlan } from '../../support/plans.ts';

/** What the real reader makes of a text; undefined where it has a complaint. */
function realYaml(text: string): unknown {
  const { tokens, complaints } = planTokens(text);
  if (complaints.length > 0) return undefined;
  const document = planDocument(tokens, text);
  return document.complaints.length > 0 ? undefined : document.value;
}

/** Pieces that texts are put together from: each does something in YAML, or looks as if it did. */
const pieces = [
  'a', 'b-c', 'key:', 'key: ', ' ', '  ', '    ', '\n', '\n\n', '- ', '-', '#', ' # c', '"', "'", '"x y"', "'x'", '""', '[', ']', '{', '}', ',', ', ',
  ': ', ':', '1', '-1', '0', '01', '0x1', '0o7', '1e3', '1.5', '1.', '.5', '.', '..', '5m', '10%', '1h30m', 'true', 'True', 'null', '~', 'yes', '.nan',
  '|', '|-', '>', '>-', '>+', '|2', '? ', '&a', '*a', '!t', '%', '@', '`', '---', '...', '<<', 'é', '\u00a0', '\u2028', '\t', '\r', '\\', '__proto__', 'x/y', 'a.b',
]; // prettier-ignore

/** Lines that are mostly entries and items, with pieces behind them. */
const lines = fc
  .array(
    fc.tuple(
      fc.constantFrom('', '', '  ', '    ', ' '),
      fc.constantFrom('a: ', 'b: ', 'c:', '- ', '- a: ', '# ', ''),
      fc.array(fc.constantFrom(...pieces), { maxLength: 2 }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map(
    (all) =>
      `${all
        .map(([indent, start, parts]) => indent + start + parts.join(''))
        .join('\n')
        .trimStart()}\n`,
  );

/** Text that is a mapping at least, so that more of it is read. */
const entries = fc
  .array(
    fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.nat({ max: 2 }),
      fc.array(fc.constantFrom(...pieces), { maxLength: 4 }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) => all.map(([key, indent, parts]) => `${'  '.repeat(indent)}${key}: ${parts.join('')}`).join('\n'))
  .map((text) => `${text.trimStart()}\n`);

const leaf = fc.oneof(
  fc.constantFrom('a word', 'x', '5m', 'a/b', 1, 15, true),
  fc.oneof(fc.integer(), fc.boolean(), fc.double({ noNaN: true }), fc.string({ maxLength: 12 })),
  fc.constantFrom('1e3', '', 'null', '- a', 'a: b', 'a\nb\n', 'a\nb', '# a', '5'),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'long-key', 'x/y'), tie('value'), { maxKeys: 3 }),
  ),
}));

describe('the plain part of YAML', () => {
  it.each([
    ['random lines', lines],
    ['random entries', entries],
  ])('is read as the real reader reads it, or not at all: %s', (_, arbitrary) => {
    let read = 0;
    fc.assert(
      fc.property(arbitrary, (text) => {
        const plain = plainYaml(text);
        read += plain === undefined ? 0 : 1;
        return plain === undefined || isDeepStrictEqual(plain, realYaml(text));
      }),
      { numRuns: 4000 },
    );
    expect(read).toBeGreaterThan(0);
  });

  it('is read as the real reader reads it in whatever layout a value is written', () => {
    let read = 0;
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', 'c-d'), value, { minKeys: 1, maxKeys: 3 }),
        fc.record({
          defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'),
          collectionStyle: fc.constantFrom('any', 'block', 'flow'),
          indentSeq: fc.boolean(),
          indent: fc.constantFrom(1, 2, 4),
        }),
        (data, layout) => {
          const text = stringify(data, layout);
          const plain = plainYaml(text);
          read += plain === undefined ? 0 : 1;
          return plain === undefined || isDeepStrictEqual(plain, realYaml(text));
        },
      ),
      { numRuns: 3000 },
    );
    expect(read).toBeGreaterThan(50);
  });

  it.each([
    'a: 1\nb: -5\nc: 0\nd: 1.50\ne: true\nf: false\n',
    'a: 5m # why\nb: "5m" # why\nc: [5m, "x", y] # why\n',
    'a:\n- b: 1\n  c:\n  - d\n  - e\n- b: 2\nf: g\n',
    'a:\n    b:\n      - c\n    # d\n\n    e: 70 to 90 percent\n',
    'a: >-\n  b: c # no comment\n  - d\nb: |\n  c\n  d\n\n# e\nc: { a: 1, b: [c, "d e", { f: . }], g: {}, h: [] }\n',
    'a: x:y\nb: node:24-bookworm\nc: tokens.used * 10 >= tokens.budget * 7 && x\nd/e: "a: b"\nf: \'"a" in b\'\n',
  ])('holds %j', (text) => {
    expect(plainYaml(text)).toBeDefined();
    expect(isDeepStrictEqual(plainYaml(text), realYaml(text))).toBe(true);
  });

  it.each([
    'a: 1e3\n', 'a: 0x10\n', 'a: 0o7\n', 'a: 010\n', 'a: +1\n', 'a: -0\n', 'a: .5\n', 'a: 1.\n', 'a: .inf\n', 'a: ~\n', 'a: null\n', 'a: Null\n', 'a: TRUE\n', 'a:\n',
    'a: b\n  c\n', 'a: "b\n  c"\n', 'a: [b,\n  c]\n', 'a: "\\n"\n', "a: 'b''c'\n", 'a: b: c\n', 'a: b:\n', 'a: *b\n', 'a: !b c\n', 'a: &b c\n', '? a\n: b\n',
    'a: b\na: c\n', '__proto__: a\n', 'a: >+\n  b\n', 'a: >2\n  b\n', 'a: |\n  b\n\n  c\n', 'a: >-\n  b\n    c\n', 'a: |\n  b', '- a\n', '--- \na: b\n', '"a": b\n', 'true: b\n',
    'a: 12345678901234567890\n', 'a: [b:c]\n', 'a: {b:c}\n', 'a: [b, ]\n', 'a:\n  - - b\n', 'a: b\n c: d\n', ' a: b\n', 'a: @b\n', 'a: %b\n', 'a:\tb\n', 'a: b\r\n', 'a: b\u2028\n', '', '# a\n',
  ])('does not hold %j', (text) => {
    expect(plainYaml(text)).toBeUndefined();
  }); // prettier-ignore

  it('ends at 64 Ki characters, and at what lies more than a few levels deep', () => {
    const long = (length: number): string => `a: "${'x'.repeat(length - 6)}"\n`;
    const nested = (depth: number): string =>
      Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:`).join('\n') + ' b\n';
    const brackets = (depth: number): string => `a: ${'['.repeat(depth)}b${']'.repeat(depth)}\n`;
    expect([65_535, 65_536, 65_537].map((length) => plainYaml(long(length)) !== undefined)).toEqual([
      true,
      true,
      false,
    ]);
    expect([16, 17, 18].map((depth) => plainYaml(nested(depth)) !== undefined)).toEqual([true, true, false]);
    expect([7, 8, 9].map((depth) => plainYaml(brackets(depth)) !== undefined)).toEqual([true, true, false]);
  });

  it('takes time in proportion to the text, whatever it holds', () => {
    const hostile = [
      `a: ${'['.repeat(60_000)}`,
      `a: ${'x '.repeat(30_000)}: `,
      `${'a: |\n b\n'.repeat(1)}${'\n'.repeat(60_000)}c`,
      `a: "${' #'.repeat(30_000)}`,
      changedPlan().repeat(20),
    ];
    for (const text of hostile) expect(plainYaml(text)).toBeUndefined();
  });
});
