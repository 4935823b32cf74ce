import { describe, expect, it } from 'vitest';
import { concludeSoFar } from '../../../src/entry/run/conclude-so-far.ts';
import { foldEvents } from '../../../src/execution/state.ts';
import type { NewEvent } from '../../../src/protocol/event.ts';
import { canonicalJson, sha256 } from '../../../src/shared/canonical.ts';
import { problem } from '../../../src/shared/errors.ts';
import { completed, declaredTask, executionId, logOf, started } from '../../support/events.ts';
import { changedPlan, validPlan } from '../../support/plans.ts';
import { resultWith } from '../../support/scripted-worker.ts';

const plan = changedPlan((spec) => (spec['success'] = [{ id: 'none-failed', check: 'tasks.failed == 0' }]));
const result = canonicalJson(resultWith({ summary: 'looked' }));

function blobsOf(...contents: readonly string[]): { getBlob: (hash: string) => Promise<Uint8Array> } {
  const kept = new Map(contents.map((content) => [sha256(content), content]));
  return {
    getBlob: (hash) => {
      const content = kept.get(hash);
      if (content === undefined) return Promise.reject(problem('blob-missing', 'gone', { hint: '' }));
      return Promise.resolve(Buffer.from(content));
    },
  };
}

const began = started({
  plan: { name: 'simple', file: 'plan.yaml', digest: validPlan(plan).digest, blob: sha256(plan) },
  tasks: [declaredTask('scan'), declaredTask('look')],
});
const done = (task: string, content: string): NewEvent => completed(task, { result: sha256(content) });

describe('an execution that has not come to its criteria', () => {
  it('is judged by what its log shows, which is left as it is', async () => {
    const log = logOf(began, done('scan', result));
    const { events, joined, missing } = await concludeSoFar(executionId, log, blobsOf(plan, result));
    expect(events.slice(0, log.length)).toEqual(log);
    expect(events.slice(log.length).map(({ seq, at, type }) => [seq, at, type])).toEqual([
      [3, log[1]?.at, 'results.aggregated'],
      [4, log[1]?.at, 'criteria.evaluated'],
    ]);
    expect(foldEvents(executionId, events).criteria).toMatchObject([{ id: 'none-failed', outcome: 'met' }]);
    expect([joined.totals.results.aggregated, missing]).toEqual([1, []]);
  });

  it('is reported without results that are lost, which are named', async () => {
    const log = logOf(began, done('scan', result), done('look', 'lost with the store'));
    const { joined, missing } = await concludeSoFar(executionId, log, blobsOf(plan, result));
    expect(missing).toEqual(['look']);
    expect(joined.totals.results.aggregated).toBe(1);
  });

  it('can’t be reported before it has started', async () => {
    await expect(concludeSoFar(executionId, [], blobsOf())).rejects.toMatchObject({
      family: 'problem',
      code: 'not-started',
    });
  });

  it('is not guessed at where its plan is lost', async () => {
    await expect(concludeSoFar(executionId, logOf(began), blobsOf())).rejects.toMatchObject({ code: 'blob-missing' });
  });
});
