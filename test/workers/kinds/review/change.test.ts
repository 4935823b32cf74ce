import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkWorkflows } from '../../../../src/checks/workflows/check-workflows.ts';
import { memoryWorkspace } from '../../../../src/checks/workspace.ts';
import { implementationInputs, reviewInputs } from '../../../../src/protocol/capabilities.ts';
import { reviewSchema, type Change } from '../../../../src/protocol/change.ts';
import { noUsage, type Result } from '../../../../src/protocol/result.ts';
import { fixWorkflows } from '../../../../src/workers/kinds/implementation/fix-workflows.ts';
import { reviewChange } from '../../../../src/workers/kinds/review/change.ts';
import { changeOf } from '../../../support/changes.ts';
import { folderWorkspace } from '../../../support/folder-workspace.ts';
import { testWork, type TestWork } from '../../../support/work-context.ts';

const path = '.github/workflows/ci.yaml';
const before = [
  'on: push',
  'permissions: {}',
  'jobs:',
  '  build:',
  '    runs-on: ubuntu-latest',
  '    steps:',
  '      - run: make',
  '',
].join('\n');
const after = before.replace('    steps:', '    timeout-minutes: 30\n    steps:');

function result(changes: readonly Change[]): Result {
  const empty = { findings: [], silenced: [], assets: [], measurements: [], reviews: [], evidence: [], unread: [] };
  return { v: 1, status: 'done', summary: 'done', ...empty, changes: [...changes], usage: noUsage };
}

function timeoutFinding(): string {
  const { findings } = checkWorkflows(memoryWorkspace({ [path]: before }), ['**']);
  return findings.find((finding) => finding.ruleId === 'workflows/no-timeout')?.fingerprint ?? '';
}

const good = changeOf([{ path, before, after }], { gone: [timeoutFinding()], title: 'ci: give build a time limit' });

function review(tasks: Readonly<Record<string, readonly Change[]>>, capability = 'fix-workflows'): TestWork<never> {
  const upstream = Object.entries(tasks).map(([task, changes]) => ({ task, capability, result: result(changes) }));
  const inputs = reviewInputs.change.parse({}) as never;
  return testWork({ kind: 'review-worker', capability: 'change', inputs, files: { [path]: before }, upstream });
}

describe('review-worker change', () => {
  it('approves a change that passes every gate, and keeps what each gate saw', async () => {
    const { context, evidence } = review({ fix: [good] });
    const work = await reviewChange(context);
    expect(work.reviews?.map((each) => reviewSchema.parse(each).verdict)).toEqual(['approve']);
    expect(work.summary).toBe('1 changes reviewed: 1 approved, 0 not');
    const [document] = [...evidence.values()];
    expect(JSON.parse(document?.text ?? '')).toMatchObject({
      change: good.fingerprint,
      task: 'fix',
      verdict: 'approve',
      gates: work.reviews?.[0]?.gates,
    });
  });

  it('asks for changes where a gate fails, and says which', async () => {
    const stays = changeOf([{ path, before, after: `${before}# nothing mended\n` }], { gone: [timeoutFinding()] });
    const work = await reviewChange(review({ fix: [stays] }).context);
    const [only] = work.reviews ?? [];
    expect(only?.verdict).toBe('request-changes');
    expect(only?.gates.filter((gate) => !gate.passed).map((gate) => gate.gate)).toEqual(['finding-gone']);
  });

  it('asks for changes where a workflow would no longer be one', async () => {
    const breaks = changeOf([{ path, before, after: 'jobs: [\n' }], { gone: [timeoutFinding()] });
    const work = await reviewChange(review({ fix: [breaks] }).context);
    expect(work.reviews?.[0]?.gates.find((gate) => gate.gate === 'finding-gone')?.passed).toBe(false);
  });

  it('reviews both of two changes on one path and lets the first alone pass', async () => {
    const second = { ...good, fingerprint: 'f'.repeat(64), title: 'ci: again' };
    const { context, evidence } = review({ 'fix-1': [good], 'fix-2': [second] });
    const work = await reviewChange(context);
    const failed = work.reviews?.map((each) => each.gates.filter((gate) => !gate.passed));
    expect(failed).toEqual([
      [],
      [{ gate: 'no-overlap', passed: false, detail: `${path} is changed by "ci: give build a time limit" too` }],
    ]);
    expect(evidence.size).toBe(2);
  });

  it('fails a change of a capability that no tool can prove', async () => {
    const implemented = { ...good, capability: 'implement' };
    const work = await reviewChange(review({ code: [implemented] }, 'implement').context);
    const failed = work.reviews?.[0]?.gates.filter((gate) => !gate.passed).map((gate) => gate.gate);
    expect(failed).toEqual(['protected-paths', 'finding-gone']);
  });

  it('holds the limits of the task', async () => {
    const { context } = review({ fix: [good] });
    const work = await reviewChange({ ...context, inputs: { allow: ['docs/**'], maxFiles: 15, maxChangedLines: 400 } });
    expect(work.reviews?.[0]?.gates.filter((gate) => !gate.passed).map((gate) => gate.gate)).toEqual(['allowed-paths']);
  });

  it('says so when there is no change, with the tasks it looked at', async () => {
    const { context, evidence } = review({ fix: [] });
    expect(await reviewChange(context)).toEqual({ summary: 'no change to review', status: 'done' });
    expect([...evidence.values()].map((kept) => JSON.parse(kept.text) as unknown)).toEqual([
      { upstream: [{ task: 'fix', capability: 'fix-workflows', status: 'done', changes: 0 }] },
    ]);
  });
});

const corpora = process.env['CORTEX_CORPORA'];

describe.skipIf(corpora === undefined)('review-worker change on a real shop (needs CORTEX_CORPORA)', () => {
  it('approves every fix that the implementation-worker makes there', async () => {
    const workspace = folderWorkspace(join(corpora ?? '', 'microservices-demo'));
    const fixing = testWork({
      kind: 'implementation-worker',
      capability: 'fix-workflows',
      inputs: implementationInputs['fix-workflows'].parse({}),
      workspace,
    });
    const { changes = [] } = await fixWorkflows(fixing.context);
    expect(changes.length).toBeGreaterThan(0);
    const upstream = [{ task: 'fix', capability: 'fix-workflows', result: result(changes) }];
    const inputs = reviewInputs.change.parse({});
    const { context } = testWork({ kind: 'review-worker', capability: 'change', inputs, workspace, upstream });
    const { reviews = [] } = await reviewChange(context);
    expect(reviews.flatMap((each) => each.gates.filter((gate) => !gate.passed))).toEqual([]);
    expect(reviews).toHaveLength(changes.length);
  });
});
