import fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { fixWorkflow } from '../../../../src/checks/workflows/fix/fix-workflow.ts';
import { fixableWorkflowRules } from '../../../../src/protocol/capabilities.ts';
import { check, path } from '../builder.ts';

const comment = fc.constantFrom('', ' # note', '   # "x": {');
const commentLine = fc.constantFrom('', '# over\n', '    # deep\n', '\n', '\n# a\n# b\n');
const runsOn = fc.constantFrom(
  'ubuntu-24.04',
  '"x"',
  "'y z'",
  '[self-hosted, x]',
  '${{ matrix.os }}',
  '\n      - x',
  '\n      group: g',
  '>-\n      x',
);
const trigger = fc.constantFrom(
  'on: push',
  'on: [pull_request]',
  'on:\n  pull_request:',
  '"on": [push, pull_request_target]',
  'on:\n  pull_request:\n    branches: [main]\n  push:\n    branches: [main]',
);
const step = fc.constantFrom(
  '- run: make',
  '- uses: actions/checkout@v5',
  '- run: |\n          jobs:\n            x: 1',
  '- uses: a/b@v1',
  '- name: "x: y"\n        run: git push',
);
const extra = fc.constantFrom(
  '',
  'timeout-minutes: 5',
  'permissions: {}',
  'environment: x',
  'concurrency: x',
  'name: "multi\n      line"',
  'env:\n      A: |\n        b\n\n        c',
);

const job = fc
  .record({
    above: commentLine,
    beside: comment,
    extra,
    runsOn,
    after: comment,
    steps: fc.array(step, { minLength: 1, maxLength: 3 }),
    last: fc.boolean(),
  })
  .map(({ above, beside, extra: key, runsOn: runner, after, steps, last }) => (id: string) => {
    const runs = `    runs-on: ${runner}${runner.includes('\n') ? '' : after}\n`;
    const list = `    steps:\n${steps.map((each) => `      ${each}\n`).join('')}`;
    return `${above}  ${id}:${beside}\n${key === '' ? '' : `    ${key}\n`}${last ? list + runs : runs + list}`;
  });

const workflow = fc
  .record({
    head: commentLine,
    trigger,
    jobs: fc.array(job, { minLength: 1, maxLength: 4 }),
    above: commentLine,
    first: fc.boolean(),
    crlf: fc.boolean(),
    end: fc.boolean(),
  })
  .map((parts) => {
    const jobs = `${parts.above}jobs:\n${parts.jobs.map((make, index) => make(`job-${index}`)).join('')}`;
    const text = parts.head + (parts.first ? `${jobs}${parts.trigger}\n` : `${parts.trigger}\n${jobs}`);
    const ended = parts.end ? text : text.trimEnd();
    return parts.crlf ? ended.replaceAll('\n', '\r\n') : ended;
  });

type Tree = { [key: string]: Tree };
const addable = new Set(['timeout-minutes', 'permissions', 'concurrency']);

/** The new tree without the keys that the fixer may add and the old tree does not have. */
function withoutAdded(after: Tree, before: Tree): Tree {
  return Object.fromEntries(Object.entries(after).filter(([key]) => key in before || !addable.has(key)));
}

describe('for any workflow', () => {
  it('the fix only adds keys, is idempotent, silences its rules, and keeps every line', () => {
    let fixed = 0;
    fc.assert(
      fc.property(workflow, (text) => {
        const fix = fixWorkflow(text, fixableWorkflowRules, { path, timeoutMinutes: 30 });
        const [before, after] = [parse(text) as Tree, parse(fix.text) as Tree];
        const jobs = Object.entries(after['jobs'] ?? {}).map(([id, value]) => [
          id,
          withoutAdded(value, before['jobs']?.[id] ?? {}),
        ]);
        expect({ ...withoutAdded(after, before), jobs: Object.fromEntries(jobs) }).toEqual(before);
        expect(fixWorkflow(fix.text, fixableWorkflowRules, { path, timeoutMinutes: 30 })).toEqual({
          text: fix.text,
          applied: [],
          refused: fix.refused,
        });

        const open = check(fix.text).findings.map(({ ruleId, subject }) => `${ruleId} ${subject}`);
        for (const { rule, subject } of fix.applied) expect(open).not.toContain(`workflows/${rule} ${subject}`);
        for (const { rule, subject } of fix.refused) expect(open).toContain(`workflows/${rule} ${subject}`);

        const lines = fix.text.split('\n');
        let from = 0;
        for (const line of text.split('\n')) {
          from =
            lines.findIndex((each, index) => index >= from && each.replace('\r', '') === line.replace('\r', '')) + 1;
          expect(from).toBeGreaterThan(0);
        }
        expect(fix.text.endsWith('\n')).toBe(text.endsWith('\n'));
        expect(/(?<!\r)\n/.test(fix.text)).toBe(/(?<!\r)\n/.test(text));
        fixed += fix.applied.length;
      }),
      { numRuns: 400, seed: 1 },
    );
    expect(fixed).toBeGreaterThan(400);
  });
});
