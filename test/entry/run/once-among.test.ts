import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileStore } from '../../../src/coordination/file/file-store.ts';
import type { Store } from '../../../src/coordination/store.ts';
import { onceAmong } from '../../../src/entry/run/once-among.ts';
import type { Stage } from '../../../src/entry/run/run-execution.ts';
import { openBoard, type Board } from '../../../src/masters/board.ts';
import { executionId, logStart, newEvent } from '../../support/events.ts';

const leaseMs = 60;
const done = newEvent('phase.started', { phase: 'report', limitMs: 1 });

describe('a step that one process does for all', () => {
  let directory = '';
  let store: Store;
  let clock: { ms: number };
  let stop: AbortController;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-once-'));
    clock = { ms: logStart };
    stop = new AbortController();
    store = openFileStore({ directory, clock: { now: () => clock.ms } });
  });
  afterEach(async () => {
    stop.abort(new Error('over'));
    await store.close();
    rmSync(directory, { recursive: true });
  });

  function take(leg: string, work: (board: Board) => Promise<string>): Promise<string | undefined> {
    const board = openBoard({ id: executionId, source: store }, stop.signal);
    const stage = { run: { doors: { store }, leaseMs }, board, signal: stop.signal } as unknown as Stage;
    const isDone: Parameters<typeof onceAmong>[1]['isDone'] = (state) => state.phases.has('report');
    return onceAmong(stage, { name: 'step', owner: `step@${leg}`, isDone, work: () => work(board) });
  }
  const doIt =
    (leg: string) =>
    async (board: Board): Promise<string> => {
      await board.write(done);
      return `done by ${leg}`;
    };
  const takenBy = async (): Promise<readonly string[]> =>
    (await store.read()).flatMap((event) => (event.type === 'claim.taken' ? [event.data.owner] : []));

  it('is done once, and the others go on when they see it done', async () => {
    const outcomes = await Promise.all(['a', 'b', 'c'].map((leg) => take(leg, doIt(leg))));
    expect(outcomes.filter((outcome) => outcome !== undefined)).toHaveLength(1);
    expect((await store.read()).filter(({ type }) => type === 'phase.started')).toHaveLength(1);
  });

  it('is not begun where it was done before', async () => {
    await store.append([done]);
    expect(await take('a', () => Promise.reject(new Error('done again')))).toBeUndefined();
  });

  it('goes to another where the first fails at it, who is told', async () => {
    const failing = take('a', () => Promise.reject(new Error('no disk')));
    await expect(failing).rejects.toThrow('no disk');
    expect(await take('b', doIt('b'))).toBe('done by b');
  });

  it('goes to another where the first goes silent, and not before its lease is over', async () => {
    await store.claim('step', 'step@gone', leaseMs);
    const waiting = take('b', doIt('b'));
    clock.ms += leaseMs - 1;
    // Longer than it takes to ask three times.
    await new Promise((resolve) => setTimeout(resolve, 2 * leaseMs));
    expect(await takenBy()).toEqual(['step@gone']);
    clock.ms += 1;
    expect(await waiting).toBe('done by b');
    expect(await takenBy()).toEqual(['step@gone', 'step@b']);
  });

  it('is given up where the run is', async () => {
    await store.claim('step', 'step@other', leaseMs);
    const waiting = take('b', doIt('b'));
    stop.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
  });
});
