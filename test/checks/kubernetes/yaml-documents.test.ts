import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readYamlDocuments } from '../../../src/checks/kubernetes/yaml-documents.ts';

const reasonsOf = (text: string): readonly string[] => readYamlDocuments(text).problems.map(({ reason }) => reason);
const valuesOf = (text: string): readonly unknown[] => readYamlDocuments(text).documents.map(({ value }) => value);

describe('a YAML stream', () => {
  it('counts only documents that hold something, and knows their lines', () => {
    const { documents } = readYamlDocuments('# licence\n---\na: 1\n---\n# nothing\n---\n\nb: 2\n');
    expect(documents.map(({ index, line, value }) => ({ index, line, value }))).toEqual([
      { index: 0, line: 3, value: { a: 1 } },
      { index: 1, line: 8, value: { b: 2 } },
    ]);
  });

  it('is JSON too, indented by tabs or not', () => {
    expect(valuesOf('{\n\t"a": [1]\n}')).toEqual([{ a: [1] }]);
  });

  it('resolves aliases and merge keys', () => {
    expect(valuesOf('base: &b {x: 1}\nother:\n  <<: *b\n  y: 2\n')).toEqual([
      { base: { x: 1 }, other: { x: 1, y: 2 } },
    ]);
  });

  it('tells the line of an inner value', () => {
    const [document] = readYamlDocuments('---\nitems:\n  - a: 1\n  - a: 2\n').documents;
    expect(document?.lineAt(['items', 1])).toBe(4);
  });

  it('loses only the document that is broken, and says where', () => {
    const { documents, problems } = readYamlDocuments('a: 1\n---\nb: "open\n---\nc: 3\n');
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { c: 3 }]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.index).toBe(1);
  });

  it.each([
    ['a document larger than 1 MiB', `a: ${'x'.repeat(1024 * 1024)}`, 'document larger than 1 MiB'],
    ['a file larger than 16 MiB', '---\na: 1\n'.repeat(2 * 1024 * 1024), 'larger than 16 MiB'],
    ['brackets nested without end', '['.repeat(500_000), 'nested deeper than 200 levels'],
    ['201 levels of mappings', `${'{a: '.repeat(201)}1${'}'.repeat(201)}`, 'nested deeper than 200 levels'],
    ['a value that holds itself', 'a: &a [*a]', 'nested deeper than 200 levels'],
    ['more aliases than anybody writes', `a: &a 1\nb: [${'*a, '.repeat(1001)}]`, 'more than 1000 aliases'],
  ])('refuses %s', (_name, text, reason) => {
    expect(reasonsOf(text)).toEqual([reason]);
  });

  it('reads 200 levels', () => {
    expect(reasonsOf(`${'{a: '.repeat(200)}1${'}'.repeat(200)}`)).toEqual([]);
  });

  it('refuses an alias bomb instead of unfolding it', () => {
    const level = (name: string, inner: string): string => `${name}: &${name} [${`*${inner}, `.repeat(9)}]\n`;
    const bomb = `a: &a [x]\n${level('b', 'a')}${level('c', 'b')}${level('d', 'c')}${level('e', 'd')}`;
    expect(reasonsOf(bomb)).toEqual([expect.stringContaining('Excessive alias count')]);
  });

  it('never throws, whatever the text', () => {
    const fragment = fc.constantFrom(
      '---\n',
      '...\n',
      'a: ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '&x ',
      '*x',
      '<<: ',
      '"',
      "'",
      '|\n',
      '\t',
      '\n',
      '  ',
      '!!',
      '%',
      '#',
      '?',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(fragment, fc.string())), (parts) => {
        const { documents, problems } = readYamlDocuments(parts.join(''));
        expect([...documents, ...problems].every(({ line }) => line >= 1)).toBe(true);
      }),
    );
  });
});
