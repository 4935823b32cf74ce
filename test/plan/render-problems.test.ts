import { describe, expect, it } from 'vitest';
import { renderProblems } from '../../src/plan/render-problems.ts';
import type { PlanProblem } from '../../src/plan/problem.ts';

const problem: PlanProblem = {
  rule: 'unknown-key',
  severity: 'error',
  file: 'plans/a,b:c.yaml',
  line: 2,
  column: 3,
  endLine: 2,
  endColumn: 10,
  path: 'spec.dedline',
  message: 'The key "dedline" is not known',
  expected: 'one of deadline, 100%',
  found: '"dedline"',
  remedy: 'Correct the key',
};
const sources = { [problem.file]: 'spec:\n  dedline: 60m\n' };

describe('problems as text', () => {
  it('show the line, a caret under what is meant, and the count', () => {
    expect(renderProblems([problem], 'text', sources)).toBe(
      [
        'plans/a,b:c.yaml:2:3: error: The key "dedline" is not known [unknown-key]',
        '  2 |   dedline: 60m',
        '    |   ^^^^^^^',
        '  expected: one of deadline, 100%',
        '  remedy:   Correct the key',
        '',
        '1 error, 0 warnings',
        '',
      ].join('\n'),
    );
  });

  it('keep the caret in place behind tabs', () => {
    const text = renderProblems([{ ...problem, line: 1, endLine: 1, column: 2, endColumn: 3 }], 'text', {
      [problem.file]: '\tx: 1',
    });
    expect(text).toContain('  1 | \tx: 1\n    | \t^\n');
  });

  it('do without a line that is not there', () => {
    expect(renderProblems([{ ...problem, line: 9 }], 'text', sources)).not.toContain('|');
    expect(renderProblems([problem], 'text')).not.toContain('|');
  });

  it('show control characters instead of obeying them', () => {
    const text = renderProblems([{ ...problem, message: 'red \u001b[31m' }], 'text');
    expect(text).not.toContain('\u001b');
    expect(text).toContain('\\u001b[31m');
  });
});

describe('problems as workflow commands', () => {
  it('escape what would end a property or the line', () => {
    expect(renderProblems([{ ...problem, message: 'a\r\n::error::b %' }], 'github')).toBe(
      '::error file=plans/a%2Cb%3Ac.yaml,line=2,col=3,endLine=2,endColumn=9,title=unknown-key::' +
        'a%0D%0A::error::b %25%0AExpected: one of deadline, 100%25%0ARemedy: Correct the key\n',
    );
  });

  it('are one line each', () => {
    const warning = { ...problem, severity: 'warning' as const };
    const lines = renderProblems([problem, warning], 'github').trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['::error', '::warning']);
  });
});

it('problems as JSON are the problems', () => {
  expect(JSON.parse(renderProblems([problem], 'json'))).toEqual([problem]);
});
