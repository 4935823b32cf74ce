import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outside, problem } from '../../src/shared/errors.ts';
import { planOf, scan } from '../support/master-plans.ts';
import { runMasters, scriptedLauncher, type RunOptions, type WorkedRun } from '../support/scripted-worker.ts';

const hint = 'Do as this says.';

describe('an attempt that could not be launched', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-masters-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Runs one task with retries to spare; its first launch fails. Counts how often it was launched. */
  const run = async (failure: Error): Promise<WorkedRun & { readonly tries: number }> => {
    let tries = 0;
    const launcher: RunOptions['launcher'] = (store) => {
      const real = scriptedLauncher(store, () => ({}));
      return {
        ...real,
        launch: (request) => ((tries += 1) === 1 ? Promise.reject(failure) : real.launch(request)),
      };
    };
    const plan = planOf({ 'security-master': [scan('one', { retries: 3 })] });
    const done = await runMasters(plan, { directory, launcher });
    return { ...done, tries };
  };

  it.each(['job-differs', 'kube-forbidden'])(
    'for a reason that somebody has to mend (%s) fails its task as refused, with what to do, and is not tried again',
    async (code) => {
      const done = await run(problem(code, 'the cluster said no', { hint }));
      expect(done.tries).toBe(1);
      expect(done.dataOf('worker.lost')).toMatchObject([
        { class: 'refused', retryInMs: null, detail: `${code}: the cluster said no` },
      ]);
      expect(done.dataOf('task.failed')).toMatchObject([{ task: 'one', attempts: 1, code: 'refused', hint }]);
    },
  );

  it('because its execution is being removed is cancelled, and not tried again', async () => {
    const done = await run(problem('execution-cancelled', 'it is being removed', { hint }));
    expect(done.tries).toBe(1);
    expect(done.dataOf('worker.lost')).toMatchObject([{ class: 'cancelled', retryInMs: null }]);
    expect(done.dataOf('task.failed')).toMatchObject([{ attempts: 1, code: 'cancelled' }]);
  });

  it.each([
    ['an error of the world outside', outside('kube-unreachable', 'no answer', { hint, retryable: true })],
    ['an error that nobody has named', new Error('no answer')],
  ])('for %s is a disruption, and tried again', async (_what, failure) => {
    const done = await run(failure);
    expect(done.tries).toBe(2);
    expect(done.dataOf('worker.lost')).toMatchObject([{ class: 'disruption', detail: 'no answer', retryInMs: 0 }]);
    expect(done.state.tasks.get('one')).toMatchObject({ status: 'complete', attempts: 2 });
  });
});
