import { describe, expect, it } from 'vitest';
import { renderProblems } from '../../src/plan/render-problems.ts';
import { at, changedPlan, problemsIn, shippedPlan, type Change } from '../support/plans.ts';

const most = 256 * 1024;
const fill = (text: string): string => text.repeat(Math.floor(most / Buffer.byteLength(text)));
const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

const laughs = ['a: &a [x,x,x,x,x,x,x,x,x]', ...Array.from('bcdefghi', (name, index) => {
  const before = String.fromCharCode(97 + index);
  return `${name}: &${name} [${`*${before},`.repeat(8)}*${before}]`;
})].join('\n'); // prettier-ignore

const hostile: readonly (readonly [title: string, content: string | Uint8Array, rule: string])[] = [
  ['nothing', '', 'empty'],
  ['comments alone', '# a\n# b\n', 'empty'],
  ['a byte too many', 'a'.repeat(most + 1), 'too-large'],
  ['bytes too many in few characters', 'é'.repeat(most / 2 + 1), 'too-large'],
  ['no UTF-8', bytes(0x61, 0x3a, 0xff, 0xfe), 'not-utf8'],
  ['UTF-16', bytes(0xff, 0xfe, 0x61, 0x00, 0x3a, 0x00), 'not-utf8'],
  ['NUL', 'apiVersion: cortex/v1\0\n', 'hidden-character'],
  ['text that reads backwards', 'kind: Plan # \u202e evil\n', 'hidden-character'],
  ['half a character', 'kind: \ud800\n', 'hidden-character'],
  ['a lone carriage return', 'a: 1\rb: 2\n', 'hidden-character'],
  ['a tab as indentation', 'spec:\n\tdeadline: 60m\n', 'yaml-syntax'],
  ['an unclosed quote', 'kind: "Plan\n', 'yaml-syntax'],
  ['an unclosed bracket', 'spec: [1, 2\n', 'yaml-syntax'],
  ['a key said twice', 'kind: Plan\nkind: Plan\n', 'duplicate-key'],
  ['a merge key', 'a: 1\n<<: { b: 1 }\n', 'yaml-merge'],
  ['an anchor', 'a: &x 1\n', 'yaml-anchor'],
  ['an alias', 'a: *x\n', 'yaml-alias'],
  ['a billion laughs', laughs, 'yaml-anchor'],
  ['a tag', 'a: !!binary aGk=\n', 'yaml-tag'],
  ['a tag of its own', 'a: !exec rm\n', 'yaml-tag'],
  ['a directive', '%YAML 1.1\n---\na: yes\n', 'yaml-directive'],
  ['two documents', 'a: 1\n---\nb: 2\n', 'yaml-document'],
  ['a key that is a list', '? [a, b]\n: c\n', 'yaml-key'],
  ['a key that is a number', '1: x\n', 'unknown-key'],
  ['an expression of a workflow', 'a: @x\n', 'yaml-reserved'],
  ['brackets inside each other', fill('['), 'too-deep'],
  ['braces inside each other', fill('{'), 'too-deep'],
  ['mappings in brackets inside each other', fill('[{a: '), 'too-deep'],
  ['lists inside each other', fill('- '), 'too-many-values'],
  ['questions inside each other', fill('? '), 'too-many-values'],
  ['some lists inside each other', '- '.repeat(40), 'too-deep'],
  ['indentation inside indentation', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'), 'too-deep'],
  ['values without end', `[${fill('a,').slice(2)}]`, 'too-many-values'],
  ['entries without end', fill('-\n'), 'too-many-values'],
  ['keys without end', Array.from({ length: 30_000 }, (_, index) => `k${index}:`).join('\n'), 'more-problems'],
  ['anchors without end', `a: ${fill('&a ').slice(5)}`, 'too-many-values'],
  ['tags without end', fill('! '), 'too-many-values'],
  ['directives without end', fill('%\n'), 'too-many-values'],
  ['documents without end', fill('---\n'), 'too-many-values'],
  ['a list as plan', '- 1\n', 'wrong-type'],
  ['a word as plan', 'plan\n', 'wrong-type'],
  ['one long word', fill('a'), 'wrong-type'],
  ['one long text', `"${fill('a ').slice(2)}"`, 'wrong-type'],
  ['a prototype', '__proto__: { polluted: true }\n', 'unknown-key'],
  ['a constructor', 'constructor: { prototype: { polluted: true } }\n', 'unknown-key'],
]; // prettier-ignore

/** Processor time, not wall time: a machine that is busy with other things is no slower a parser. */
function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('hostile text', () => {
  it.each(hostile)('%s is refused in its place, within a second and 200 MB', (_, content, rule) => {
    const memory = process.memoryUsage().rss;
    const before = process.cpuUsage();
    const problems = problemsIn(content);
    expect(cpuMsSince(before)).toBeLessThan(1000);
    expect(process.memoryUsage().rss - memory).toBeLessThan(200 * 2 ** 20);
    expect(problems.map((problem) => problem.rule)).toContain(rule);
    for (const problem of problems) {
      expect(problem).toMatchObject({ severity: 'error', file: 'plan.yaml' });
      expect(problem.message.length).toBeLessThan(1500);
      expect(problem.remedy).not.toBe('');
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  const names = (count: number, name: string): string[] =>
    Array.from({ length: count }, (_, index) => `${name}${index}`);
  const scan = { worker: 'scan-worker', capability: 'secrets' };

  it.each<[string, Change]>([
    [
      'needs that name nothing',
      (spec) => {
        spec['tasks'] = names(200, 'task-with-a-long-name-').map((id) => ({
          id,
          ...scan,
          needs: names(60, 'task-with-a-long-nome-'),
        }));
      },
    ],
    [
      'needs that name each other',
      (spec) => {
        spec['tasks'] = names(200, 't').map((id, index) => ({ id, ...scan, needs: names(index, 't').slice(-64) }));
      },
    ],
    [
      'one long cycle',
      (spec) => {
        spec['tasks'] = names(200, 't').map((id, index) => ({ id, ...scan, needs: [`t${(index + 1) % 200}`] }));
      },
    ],
    [
      'places for nobody',
      (spec) =>
        (spec['cluster'] = { placement: names(100, 'n').map((node) => ({ node, workers: names(120, 'worker-') })) }),
    ],
    [
      'labels that are none',
      (spec) => (spec['cluster'] = { nodeSelector: Object.fromEntries(names(9000, '?').map((key) => [key, '?'])) }),
    ],
    [
      'inputs that are unknown',
      (spec) =>
        (at(at(spec.masters, 0).tasks, 0)['inputs'] = Object.fromEntries(names(12_000, 'k').map((key) => [key, 1]))),
    ],
    [
      'criteria that are hard to read',
      (spec) =>
        (spec['success'] = names(100, 'c').map((id) => ({
          id,
          check: `${'('.repeat(20)}${'1+'.repeat(80)}1${')'.repeat(20)} > 0`,
        }))),
    ],
  ])('a plan with %s is judged within two seconds', (_, change) => {
    const text = changedPlan(change);
    const before = process.cpuUsage();
    const problems = problemsIn(text);
    expect(cpuMsSince(before)).toBeLessThan(2000);
    expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
    expect(problems.length).toBeLessThanOrEqual(101);
  });

  it('is refused in seconds when many syntax errors come together', () => {
    const before = process.cpuUsage();
    for (const text of [
      fill('"'),
      fill(': '),
      `[${fill(',').slice(1)}`,
      fill("' "),
      fill('a: b: '),
      fill('#\n'),
      fill('\\'),
      fill('|\n'),
    ]) {
      expect(problemsIn(text).some((problem) => problem.severity === 'error')).toBe(true);
    }
    expect(cpuMsSince(before)).toBeLessThan(8000);
  });

  it('says where a NUL stands', () => {
    expect(at(problemsIn('kind: Plan\nab\0c: 1\n'), 0)).toMatchObject({ line: 2, column: 3 });
  });

  it('says where the second of two keys stands', () => {
    const again = problemsIn('kind: Plan\nmetadata: {}\nkind: Plan\n').filter(({ rule }) => rule === 'duplicate-key');
    expect(again).toEqual([expect.objectContaining({ line: 3, column: 1, endColumn: 5 })]);
  });

  it.each(['\ufeff', '# comment\n', '---\n', '\n\n'])('%j before a plan does no harm', (prefix) => {
    expect(problemsIn(prefix + shippedPlan('security-nightly'))).toEqual([]);
  });

  it('a plan with CRLF line ends is as valid, and located alike', () => {
    const text = changedPlan((spec) => (spec['thresholds'] = [90, 80]));
    const [unix, windows] = [at(problemsIn(text), 0), at(problemsIn(text.replaceAll('\n', '\r\n')), 0)];
    expect(windows).toEqual(unix);
  });
});

describe('a secret in a plan', () => {
  const token = ['gh', 'p_', 'R4nd0mL00k1ngV4lu3', 'Th4tIsN0R34lT0k3n1x'].join('');

  it('refuses the plan and is repeated nowhere', () => {
    const text = changedPlan((_, plan) => (plan.metadata['description'] = `use ${token}`));
    const problems = problemsIn(text);
    expect(problems.map(({ rule }) => rule)).toEqual(['secret-in-plan']);
    expect(JSON.stringify(problems)).not.toContain(token);
    for (const format of ['text', 'json', 'github'] as const) {
      expect(renderProblems(problems, format, { 'plan.yaml': text })).not.toContain(token);
    }
  });

  it('is not repeated by other rules that quote the value', () => {
    const text = changedPlan((spec) => (spec['deadline'] = token));
    const problems = problemsIn(text);
    expect(problems.map(({ rule }) => rule).sort()).toEqual(['invalid-value', 'secret-in-plan']);
    expect(renderProblems(problems, 'text', { 'plan.yaml': text })).not.toContain(token);
    expect(JSON.stringify(problems)).not.toContain(token);
  });
});
