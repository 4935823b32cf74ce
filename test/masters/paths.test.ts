import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import type { Change, Review } from '../../src/protocol/change.ts';
import { problem } from '../../src/shared/errors.ts';
import { changeOf } from '../support/changes.ts';
import { planOf, type LooseTask } from '../support/master-plans.ts';
import { runMasters, type Deed, type RunOptions, type Script, type WorkedRun } from '../support/scripted-worker.ts';

const [development, cicd, testing] = ['development-master', 'cicd-master', 'testing-master'] as const;

/** A change of these files whose fingerprint begins with the letter. */
const change = (letter: string, ...paths: readonly string[]): Change =>
  changeOf(
    paths.map((path) => ({ path, before: 'a\n', after: 'b\n', mode: '100644' as const })),
    { gone: ['f'.repeat(64)], fingerprint: letter.repeat(64), title: letter },
  );

const fix = (id: string, overrides: LooseTask = {}): LooseTask => ({
  id,
  worker: 'implementation-worker',
  capability: 'fix-workflows',
  ...overrides,
});
const review = (of: string): LooseTask => ({
  id: `review-${of}`,
  worker: 'review-worker',
  capability: 'change',
  needs: [of],
});

const passed = { gate: 'size', passed: true, detail: 'small' };

/** Each fix proposes its changes; each review approves of all. */
const proposing =
  (changes: Readonly<Record<string, readonly Change[]>>): Script =>
  ({ task }): Deed => {
    if (!task.startsWith('review-')) return { changes: [...(changes[task] ?? [])] };
    const all = Object.values(changes).flat();
    return {
      reviews: all.map(({ fingerprint }): Review => ({ change: fingerprint, verdict: 'approve', gates: [passed] })),
    };
  };

describe('two masters that change the same file', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-masters-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const run = (plan: Plan, script: Script, options: Partial<RunOptions> = {}): Promise<WorkedRun> =>
    runMasters(plan, { directory, script, ...options });
  const verdicts = ({ state }: WorkedRun): Record<string, string> =>
    Object.fromEntries([...state.changes.values()].map(({ title, verdict }) => [title, verdict]));
  const masters = { [development]: [fix('one'), review('one')], [cicd]: [fix('two'), review('two')] };
  const both = proposing({ one: [change('a', 'x', 'y')], two: [change('b', 'x'), change('c', 'z')] });

  describe.each([
    ['with a coordinator', { 'coordinator-master': [], ...masters }],
    ['without one', masters],
  ])('%s', (_name, all) => {
    it('do not both propose it: one is told who goes first', async () => {
      const done = await run(planOf(all), both);
      expect(verdicts(done)).toEqual({ a: 'proven', b: 'rejected', c: 'proven' });
      expect(done.state.changes.get('b'.repeat(64))?.reason).toBe(
        `held back: ${development} changes x too, by ${'a'.repeat(12)}, which goes first`,
      );
    });

    it('by the very same change both have their way, once', async () => {
      const same = proposing({ one: [change('a', 'x')], two: [change('a', 'x')] });
      const done = await run(planOf(all), same);
      expect(done.dataOf('change.judged').map(({ title, verdict }) => [title, verdict])).toEqual([['a', 'proven']]);
    });

    it('wait for no master that failed', async () => {
      const history = (): Promise<string> => Promise.reject(problem('git-failed', 'no git', { hint: 'Install git.' }));
      const hotspots = { id: 'churn', worker: 'analysis-worker', capability: 'hotspots' };
      const plan = planOf({ ...all, [testing]: [hotspots] });
      const done = await run(plan, both, { context: { history } });
      expect(done.state.masters.get(testing)?.report?.outcome).toBe('failed');
      expect(done.state.pathClaims.has(testing)).toBe(false);
      expect(verdicts(done)).toEqual({ a: 'proven', b: 'rejected', c: 'proven' });
    });
  });

  it('are settled by the importance of the task, once, for all', async () => {
    const plan = planOf({
      'coordinator-master': [],
      [development]: [fix('one', { priority: 'low' }), review('one')],
      [cicd]: [fix('two', { priority: 'high' }), review('two')],
    });
    const done = await run(plan, both);
    expect(verdicts(done)).toEqual({ a: 'rejected', b: 'proven', c: 'proven' });
    expect(done.dataOf('paths.settled')).toEqual([
      {
        held: [{ change: 'a'.repeat(64), by: 'b'.repeat(64), master: development, winner: cicd, paths: ['x'] }],
      },
    ]);
  });

  it('are judged by no one before every master has said what it would change', async () => {
    const done = await run(planOf({ 'coordinator-master': [], ...masters }), both);
    const types = done.events.map(({ type }) => type);
    expect(types.indexOf('change.judged')).toBeGreaterThan(types.lastIndexOf('paths.claimed'));
    expect(done.dataOf('paths.claimed')).toHaveLength(3);
  });

  it('come to the same where the coordinator fails before it has settled anything', async () => {
    const hotspots = { id: 'churn', worker: 'analysis-worker', capability: 'hotspots' };
    const history = (): Promise<string> => Promise.reject(problem('git-failed', 'no git', { hint: 'Install git.' }));
    const done = await run(planOf({ 'coordinator-master': [hotspots], ...masters }), both, { context: { history } });
    expect(done.state.masters.get('coordinator-master')?.report?.outcome).toBe('failed');
    expect(done.dataOf('paths.settled')).toEqual([]);
    expect(verdicts(done)).toEqual({ a: 'proven', b: 'rejected', c: 'proven' });
  });
});
