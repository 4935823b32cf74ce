import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileStore } from '../../../src/coordination/file/file-store.ts';
import type { Store } from '../../../src/coordination/store.ts';
import { begin } from '../../../src/entry/run/begin.ts';
import { localDoors, type RunDoors } from '../../../src/entry/run/doors.ts';
import type { Run } from '../../../src/entry/run/run-execution.ts';
import type { SharedStore } from '../../../src/entry/run/shared-store.ts';
import { routePlan } from '../../../src/entry/run/start.ts';
import { openBoard } from '../../../src/masters/board.ts';
import type { Event } from '../../../src/protocol/event.ts';
import { sha256 } from '../../../src/shared/canonical.ts';
import { executionId, logStart } from '../../support/events.ts';
import { changedPlan, validPlan } from '../../support/plans.ts';

/** A plan with one task that rules have to route. */
const routed = routePlan(
  validPlan(changedPlan((spec) => (spec['tasks'] = [{ id: 'unowned', worker: 'scan-worker', capability: 'secrets' }])))
    .plan,
);

interface Process {
  readonly plan?: string;
  readonly commit?: string;
  /** Its name among those that share the run; alone without it. */
  readonly leg?: string;
  /** Whether it was started for a rehearsal. */
  readonly rehearses?: boolean;
  /** The store as this process sees it. */
  readonly store?: Store;
}

describe('how an execution begins', () => {
  let directory = '';
  let store: Store;
  const stop = new AbortController();
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-begin-'));
    store = openFileStore({ directory, clock: { now: () => logStart } });
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  async function start({
    plan = 'plan',
    commit = 'c'.repeat(40),
    leg,
    rehearses,
    ...own
  }: Process = {}): Promise<void> {
    const source = own.store ?? store;
    const shared = leg === undefined ? undefined : ({ leg } as SharedStore);
    const doors = { store: source, facts: localDoors, shared } as RunDoors;
    const planFacts = { name: plan, file: `${plan}.yaml`, digest: sha256(plan), blob: sha256(plan) };
    const head = { root: '/', commit, committedAt: '', repository: 'acme/shop', uncommitted: [] };
    const rehearsal = rehearses ? { durationMs: 1 } : undefined;
    const task = { own: ['security-master'], rehearsal };
    const run = { id: executionId, routed, planFacts, head, doors, ...task } as unknown as Run;
    await begin(run, openBoard({ id: executionId, source }, stop.signal));
  }
  const idsOf = async (): Promise<readonly string[]> => (await store.read()).map(({ id }) => id);
  const opening = ['execution.started', 'task.routed:unowned'];

  it('says of a rehearsal in its first event that it is one', async () => {
    await start({ rehearses: true });
    expect((await store.read())[0]).toMatchObject({ type: 'execution.started', data: { simulated: true } });
  });

  it.each([
    [false, true],
    [true, false],
  ])('is never a rehearsal for one process and real for another (%s, then %s)', async (first, second) => {
    await start({ rehearses: first, leg: 'one' });
    await expect(start({ rehearses: second, leg: 'two' })).rejects.toMatchObject({ code: 'execution-differs' });
    await expect(start({ rehearses: second })).rejects.toMatchObject({ code: 'execution-differs' });
  });

  it('is said once: with what was declared, then with each route', async () => {
    await start();
    expect(await idsOf()).toEqual(opening);
  });

  it('is taken up by a process that is alone, which says so', async () => {
    await start();
    await start();
    expect(await idsOf()).toEqual([...opening, 'execution.resumed:2']);
  });

  it('is made whole by whoever comes after a process that died in its middle', async () => {
    await start();
    const [started] = await store.read();
    await store.close();
    rmSync(directory, { recursive: true });
    store = openFileStore({ directory, clock: { now: () => logStart } });
    await store.append([started as Event]);
    await start({ leg: 'b' });
    expect(await idsOf()).toEqual([...opening, 'leg.joined:b']);
  });

  it('is shared by all who were given the same plan at the same commit', async () => {
    await Promise.all(['a', 'b', 'c'].map((leg) => start({ leg })));
    expect([...(await idsOf())].sort()).toEqual([...opening, 'leg.joined:a', 'leg.joined:b', 'leg.joined:c'].sort());
  });

  it.each([
    ['plan', { plan: 'other' }],
    ['commit', { commit: 'd'.repeat(40) }],
  ])('is refused to a process with another %s, which writes nothing', async (_what, other) => {
    await start({ leg: 'a' });
    const before = await idsOf();
    await expect(start({ leg: 'b', ...other })).rejects.toMatchObject({ family: 'problem', code: 'execution-differs' });
    expect(await idsOf()).toEqual(before);
  });

  it('is refused also to a process that found an empty log, and was second', async () => {
    // Between its reading and its writing another process begins.
    const late: Store = {
      ...store,
      read: async () => {
        const found = await store.read();
        await start({ leg: 'a' });
        return found;
      },
    };
    await expect(start({ leg: 'b', plan: 'other', store: late })).rejects.toMatchObject({ code: 'execution-differs' });
    expect(await idsOf()).toEqual([...opening, 'leg.joined:a']);
  });
});
