import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/coordination/store.ts';
import type { WorkerLauncher } from '../../src/masters/context.ts';
import type { LaunchRequest } from '../../src/protocol/attempt.ts';
import { resultSchema } from '../../src/protocol/result.ts';
import { taskSchema } from '../../src/protocol/task.ts';
import { planOf, scan } from '../support/master-plans.ts';
import { runMasters } from '../support/scripted-worker.ts';

describe('a rehearsal', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-rehearsal-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Does what a simulated node does: ends the worker as the request says, and looks at nothing. */
  const simulated =
    (requests: LaunchRequest[], laidOut: (store: Store, request: LaunchRequest) => Promise<void>) =>
    (store: Store): WorkerLauncher => ({
      node: 'cortex-workers',
      waitMs: 0,
      launch: async (request) => {
        requests.push(request);
        await laidOut(store, request);
        const { envelope, durationMs } = request.rehearsal ?? { durationMs: 0 };
        if (!envelope) throw new Error('the request says nothing of a rehearsal');
        return { node: 'agent-1', outcome: Promise.resolve({ kind: 'returned', envelope, durationMs }) };
      },
    });
  const json = async (store: Store, hash: string): Promise<unknown> =>
    JSON.parse(Buffer.from(await store.getBlob(hash)).toString('utf8'));

  it('lays out each result before its worker is launched, and it says that nothing was looked at', async () => {
    const requests: LaunchRequest[] = [];
    const seen: unknown[] = [];
    const launcher = simulated(requests, async (store, request) => {
      const task = taskSchema.parse(await json(store, request.document));
      expect(task.rehearsal).toEqual({ result: request.rehearsal?.envelope.result, durationMs: 250 });
      seen.push(resultSchema.parse(await json(store, task.rehearsal?.result ?? '')));
    });
    const plan = planOf({ 'security-master': [scan('one'), scan('two')] });
    const run = await runMasters(plan, { directory, launcher, context: { rehearsal: { durationMs: 250 } } });
    expect(requests.map(({ worker }) => worker).sort()).toEqual(['one-1', 'two-1']);
    expect(seen).toHaveLength(2);
    for (const result of seen) expect(result).toMatchObject({ status: 'done', findings: [], assets: [], changes: [] });
    expect(run.dataOf('task.completed').map(({ summary }) => summary)[0]).toMatch(/nothing was looked at/);
  });

  it('is not what a real run asks of a launcher', async () => {
    const requests: LaunchRequest[] = [];
    const launcher = simulated(requests, () => Promise.resolve());
    const plan = planOf({ 'security-master': [scan('one')] });
    await runMasters(plan, { directory, launcher });
    expect(new Set(requests.map(({ rehearsal }) => rehearsal))).toEqual(new Set([null]));
  });
});
