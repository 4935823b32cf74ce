import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addLines } from '../../../src/checks/coverage/go-profile.ts';
import { emptyHits, percent, tally } from '../../../src/checks/coverage/model.ts';
import { readReport } from '../../../src/checks/coverage/read-report.ts';
import { CortexError } from '../../../src/shared/errors.ts';
import { absSource, coberturaReport, goReport, istanbulReport, lcovReport } from '../../support/coverage-reports.ts';

function onlyFile(text: string) {
  const { files } = readReport(text);
  const [file] = files;
  if (file === undefined || files.length !== 1) throw new Error(`expected one file, got ${files.length}`);
  return file;
}

function codeOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return error instanceof CortexError ? `${error.code}: ${error.message}` : `not ours: ${String(error)}`;
  }
}

const formats = [
  ['lcov', lcovReport],
  ['istanbul', istanbulReport],
  ['cobertura', coberturaReport],
] as const;

describe('readReport', () => {
  it.each(formats)('reads %s: lines 4 and 5 reached, 7 not; one of two branches; the function', (format, text) => {
    const { hits } = onlyFile(text);
    expect(readReport(text).format).toBe(format);
    expect([...hits.lines].map(([line, { hits: count }]) => [line, count])).toEqual([
      ['4', 1],
      ['5', 1],
      ['7', 0],
    ]);
    expect(tally(hits.branches)).toEqual({ covered: 1, total: 2 });
    expect(tally(hits.functions)).toEqual({ covered: 1, total: 1 });
  });

  it.each(formats.slice(1))('gives the branches of %s the keys that lcov has', (_format, text) => {
    expect([...onlyFile(text).hits.branches.keys()]).toEqual([...onlyFile(lcovReport).hits.branches.keys()]);
  });

  it('reads the statements of a Go profile as `go tool cover` counts them', () => {
    expect(tally(onlyFile(goReport).hits.statements)).toEqual({ covered: 2, total: 3 });
  });

  it('weighs a Go block by its statements', () => {
    const { hits } = onlyFile('mode: count\na.go:1.1,9.2 7 3\na.go:10.1,12.2 3 0\n');
    expect(tally(hits.statements)).toEqual({ covered: 7, total: 10 });
  });

  it('reads functions that lcov 2 gives by index', () => {
    const { hits } = onlyFile('TN:\nSF:a.c\nFNL:0,3,5\nFNA:0,0,f\nFNL:1,7\nFNA:1,2,g\nend_of_record\n');
    expect(tally(hits.functions)).toEqual({ covered: 1, total: 2 });
  });

  it('joins the methods of a class with its lines, counting each line once', () => {
    expect(tally(onlyFile(coberturaReport).hits.lines)).toEqual({ covered: 2, total: 3 });
  });

  it('decodes the five plain entities of XML in a path, and no other', () => {
    const text = coberturaReport.replace('abs.go', 'a&amp;b&custom;.go').replace('<coverage ', '<coverage x="1" ');
    expect(onlyFile(text).written.at(-1)).toBe('a&b&custom;.go');
  });

  it.each([
    ['a count that is no number', 'TN:\nSF:a\nDA:1,x\nend_of_record\n', 'line 3'],
    ['a record before its file', 'TN:\nDA:1,1\nSF:a\nend_of_record\n', 'line 2'],
    [
      'a tracefile cut in the middle',
      lcovReport.replace('end_of_record\n', ''),
      'ends inside the record of calc/abs.go',
    ],
    ['a branch without its count', 'TN:\nSF:a\nBRDA:4,0,0\nend_of_record\n', 'line 3'],
    ['a Go profile with a broken line', 'mode: set\na.go:1.1,2.2 1\n', 'line 2'],
    ['a Go block that ends before it begins', 'mode: set\na.go:5.1,2.2 1 1\n', 'line 2'],
    ['JSON that is no coverage', '{"a": {"path": "a"}}', 'Istanbul'],
    ['Istanbul counts that are no numbers', istanbulReport.replace('"s":{"0":1', '"s":{"0":"x"'), 'Istanbul'],
    ['XML of another tool', '<report name="jacoco"></report>', 'root element is not <coverage>'],
    ['XML that is cut', coberturaReport.slice(0, 400), 'Cobertura'],
    ['prose', 'hello', 'begins like none of'],
  ])('refuses %s and says where', (_what, text, place) => {
    const code = codeOf(() => readReport(text));
    expect(code).toMatch(/^coverage-report-malformed: /);
    expect(code).toContain(place);
  });

  it('never fails otherwise, whatever the text', () => {
    const heads = fc.constantFrom('', 'TN:\nSF:a\n', 'mode: set\n', '{', '<coverage>', '<');
    fc.assert(
      fc.property(heads, fc.string({ unit: 'binary', maxLength: 400 }), (head, rest) => {
        expect(codeOf(() => readReport(head + rest)) ?? 'coverage-report-malformed: ').toMatch(
          /^coverage-report-malformed: /,
        );
      }),
    );
  });

  it.each(['<a>', '<!ENTITY a "b">', '[', '{"a":', 'DA:', '1,', '<a b="', ']]>'])(
    'reads a mebibyte of %j within a second',
    (piece) => {
      const rest = piece.repeat(Math.ceil(2 ** 20 / piece.length));
      const start = performance.now();
      for (const head of ['TN:\nSF:a\nDA:', 'mode: set\n', '{', '<']) codeOf(() => readReport(head + rest));
      expect(performance.now() - start).toBeLessThan(4000);
    },
  );
});

describe('addLines', () => {
  it('counts the lines of a block that hold code: no lone brace, no comment', () => {
    const { blocks = [] } = onlyFile(goReport);
    const hits = emptyHits();
    addLines(hits, blocks, new TextEncoder().encode(absSource));
    expect([...hits.lines].map(([line, { hits: count }]) => [line, count])).toEqual([
      ['4', 1],
      ['5', 1],
      ['7', 0],
    ]);
  });

  it('counts every line that a block touches where there is no source', () => {
    const { blocks = [] } = onlyFile(goReport);
    const hits = emptyHits();
    addLines(hits, blocks, undefined);
    expect([...hits.lines.keys()]).toEqual(['3', '4', '5', '6', '7']);
  });
});

describe('percent', () => {
  it.each([
    [{ covered: 2, total: 3 }, 66.66],
    [{ covered: 99_999, total: 100_000 }, 99.99],
    [{ covered: 3, total: 3 }, 100],
  ])('cuts %j to %d', (count, expected) => expect(percent(count)).toBe(expected));
});
