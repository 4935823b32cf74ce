import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileStore } from '../../src/coordination/file/file-store.ts';
import type { Store } from '../../src/coordination/store.ts';
import { foldEvents } from '../../src/execution/state.ts';
import { openBoard, type Board } from '../../src/masters/board.ts';
import { exitOf, runPhase } from '../../src/masters/phases.ts';
import type { NewEvent } from '../../src/protocol/event.ts';
import { phaseNames, type PhaseName } from '../../src/protocol/words.ts';
import { sha256 } from '../../src/shared/canonical.ts';
import { completed, executionId, logOf, newEvent, started, totals } from '../support/events.ts';

const activated = (master: 'coordinator-master' | 'security-master'): NewEvent =>
  newEvent('master.activated', { master, tasks: 0, expertise: '' }, master);
const reported = (master: 'coordinator-master' | 'security-master'): NewEvent =>
  newEvent(
    'master.reported',
    { master, outcome: 'failed', done: 0, failed: 0, blocked: 0, skipped: 0, summary: '' },
    master,
  );
const checked = newEvent('preflight.checked', { checks: [], baseline: { assets: 0, source: null, list: null } });
const taken = newEvent('snapshot.taken', { manifest: sha256('m'), files: 3, bytes: 1, leftOut: [] });

const isOver = (phase: PhaseName, ...events: readonly NewEvent[]): boolean =>
  exitOf(phase, foldEvents(executionId, logOf(started(), ...events))).every((exit) => exit.met);

describe('a phase is over', () => {
  it.each<readonly [PhaseName, readonly NewEvent[], readonly NewEvent[]]>([
    ['preflight', [checked], [checked, taken]],
    ['activation', [activated('security-master')], [activated('security-master'), activated('coordinator-master')]],
    ['distribution', [], [newEvent('task.queued', { task: 'scan', master: 'security-master', waitsFor: [] })]],
    ['execution', [reported('security-master')], [reported('security-master'), reported('coordinator-master')]],
    ['aggregation', [totals()], [totals(), newEvent('criteria.evaluated', { criteria: [] })]],
    ['report', [], [newEvent('report.written', { files: [] })]],
  ])('%s: not before the last of its exit criteria is seen', (phase, before, after) => {
    expect([isOver(phase, ...before), isOver(phase, ...after)]).toEqual([false, true]);
  });

  it('activation, also where a master could only report that it failed', () => {
    expect(isOver('activation', activated('security-master'), reported('coordinator-master'))).toBe(true);
  });

  it('each by at least one criterion', () => {
    const state = foldEvents(executionId, []);
    for (const phase of phaseNames) expect(exitOf(phase, state).length).toBeGreaterThan(0);
  });
});

describe('running a phase', () => {
  let directory = '';
  let store: Store;
  let board: Board;
  const abort = new AbortController();
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-phases-'));
    store = openFileStore({ directory, clock: { now: Date.now } });
    board = openBoard({ id: executionId, source: store }, abort.signal);
    await board.write(started());
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  const run = (limitMs: number, now: () => number = Date.now): Promise<void> => {
    const limits = Object.fromEntries(phaseNames.map((name) => [name, limitMs])) as Record<PhaseName, number>;
    return runPhase('preflight', { board, limits, now, signal: abort.signal });
  };
  const types = async (): Promise<readonly string[]> => (await store.read()).slice(1).map(({ type }) => type);

  it('says that it starts, waits for its exit criteria, and says with what they were met', async () => {
    const phase = run(60_000);
    await board.write(checked);
    await board.write(taken);
    await phase;
    expect(await types()).toEqual(['phase.started', 'preflight.checked', 'snapshot.taken', 'phase.ended']);
    expect(board.state.phases.get('preflight')?.exit).toEqual([
      { id: 'doors-answer', met: true, detail: '0 checks made' },
      { id: 'snapshot-taken', met: true, detail: '3 files' },
    ]);
  });

  it('says when it takes longer than the plan gives it, while it goes on', async () => {
    const phase = run(20);
    await expect.poll(types).toContain('phase.overran');
    await board.write(checked, taken);
    await phase;
    expect((await types()).filter((type) => type === 'phase.overran')).toHaveLength(1);
  });

  it('says so also when it sees it only at its end', async () => {
    let late = 0;
    const phase = run(60_000, () => Date.now() + late);
    await board.write(checked);
    late = 61_000;
    await board.write(taken);
    await phase;
    expect(board.state.phases.get('preflight')).toMatchObject({ overran: true, limitMs: 60_000 });
  });

  it('that is over already says nothing', async () => {
    await board.write(checked, taken);
    await run(60_000);
    const before = await types();
    await run(60_000);
    expect(await types()).toEqual(before);
  });
});

describe('the board', () => {
  const source = (failing: Error): Parameters<typeof openBoard>[0]['source'] => ({
    append: () => Promise.resolve([]),
    follow: async function* () {
      for (const event of logOf(started(), completed('scan'))) yield await Promise.resolve(event);
      throw failing;
    },
  });

  it('tells all who wait on it when it can’t go on, and all who come later', async () => {
    const failure = new Error('log gone');
    const board = openBoard({ id: executionId, source: source(failure) }, new AbortController().signal);
    const waiting = board.until(() => undefined, new AbortController().signal);
    await expect(waiting).rejects.toBe(failure);
    await expect(board.until(() => undefined, new AbortController().signal)).rejects.toBe(failure);
  });

  it('stands still where its listener fails, as on a full disk', async () => {
    const full = new Error('disk full');
    const onEvent = (): void => {
      throw full;
    };
    const board = openBoard(
      { id: executionId, source: source(new Error('never reached')), onEvent },
      new AbortController().signal,
    );
    await expect(board.until(() => undefined, new AbortController().signal)).rejects.toBe(full);
  });

  it('lets go of who stops waiting', async () => {
    const board = openBoard({ id: executionId, source: source(new Error('x')) }, new AbortController().signal);
    const stopped = new Error('stopped');
    await expect(board.until(() => undefined, AbortSignal.abort(stopped))).rejects.toBe(stopped);
  });
});
