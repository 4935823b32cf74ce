import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { problem } from '../../src/shared/errors.ts';
import { leaseMs, openLegs, type Leg, type Legs } from '../support/legs.ts';
import { planOf, scan } from '../support/master-plans.ts';
import { heldWork, runMasters } from '../support/scripted-worker.ts';

const [coordinator, security, cicd] = ['coordinator-master', 'security-master', 'cicd-master'] as const;

describe('a master that falls silent', () => {
  let directory = '';
  let legs: Legs;
  let held = heldWork();
  const plan = planOf({
    [coordinator]: [],
    [security]: [scan('held')],
    [cicd]: [{ id: 'then', worker: 'analysis-worker', capability: 'workflows', needs: ['held'] }],
  });
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-legs-'));
    held = heldWork();
    legs = await openLegs(plan, { directory, script: ({ task }) => (task === 'held' ? held.done : {}) });
  });
  afterEach(async () => {
    held.finish();
    await legs.close();
    rmSync(directory, { recursive: true });
  });

  /** How often the coordinator looks at the clock. */
  const look = leaseMs / 3;
  const aFewLooks = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3 * look));
  const impatient = { patienceMs: 3_600_000 };
  /** The coordinator's process, and the one that is to go. */
  const start = async (): Promise<readonly [Leg, Leg]> => {
    const both = [legs.start('a', [coordinator, cicd], impatient), legs.start('b', [security])] as const;
    await legs.until((state) => state.tasks.get('held')?.status === 'running' || undefined);
    return both;
  };
  const silences = async (): Promise<readonly unknown[]> => (await legs.soFar()).dataOf('master.silent');

  it('is named when its claim has lapsed for half its time, once, and not before', async () => {
    const [, other] = await start();
    other.die();
    await legs.pass((3 / 2) * leaseMs - look);
    await aFewLooks();
    expect(await silences()).toEqual([]);
    await legs.pass(look);
    await legs.until((state) => state.silences[0]);
    await legs.pass(3 * leaseMs);
    expect(await silences()).toEqual([{ master: security, owner: `${security}@b`, silentMs: (3 / 2) * leaseMs }]);
  });

  it('is let go of: what it writes afterwards is refused', async () => {
    const [, other] = await start();
    other.fallSilent();
    await legs.pass(2 * leaseMs);
    await legs.until((state) => state.claims.get(security)?.released || undefined);
    held.finish();
    await expect.poll(async () => (await legs.soFar()).dataOf('budget.settled').length, { interval: 5 }).toBe(1);
    other.die();
    await other.ended;
    const { events } = await legs.soFar();
    const released = events.findIndex(({ type }) => type === 'claim.released');
    expect(events.slice(released + 1).filter(({ actor, fence }) => actor === security && fence > 0)).toEqual([]);
  });

  it('is taken over by a process that stands by, from whoever had it', async () => {
    const [first, other] = await start();
    other.die();
    await legs.pass(2 * leaseMs);
    await legs.until((state) => state.claims.get(security)?.released || undefined);
    const next = legs.start('c', [security]);
    held.finish();
    await Promise.all([first.ended, next.ended]);
    expect((await legs.soFar()).dataOf('master.adopted')).toEqual([
      { master: security, leg: 'c', from: `${security}@b`, relaunching: ['held-1'] },
    ]);
    expect([...(await legs.soFar()).state.tasks.values()].map(({ status }) => status)).toEqual([
      'complete',
      'complete',
    ]);
  });

  it('is not named where it is one of the coordinator’s own process: it will renew its claim itself', async () => {
    const leg = legs.start('a', [coordinator, security, cicd], impatient);
    await legs.until((state) => state.tasks.get('held')?.status === 'running' || undefined);
    leg.fallSilent();
    await legs.pass(4 * leaseMs);
    await aFewLooks();
    expect(await silences()).toEqual([]);
  });

  it('is not named before it has begun', async () => {
    legs.start('a', [coordinator], impatient);
    await legs.store.claim(cicd, `${cicd}@gone`, leaseMs);
    await legs.pass(3 * leaseMs);
    await aFewLooks();
    expect(await silences()).toEqual([]);
  });

  describe('at the deadline', () => {
    const late = problem('deadline-passed', 'The run’s deadline has passed', { hint: 'Raise it.' });
    const reasons = async (): Promise<readonly unknown[]> =>
      [...(await legs.soFar()).state.tasks.values()].map(({ reason }) => reason);

    it('and whom nobody runs is failed in its own name, task by task, and the run ends', async () => {
      const stop = new AbortController();
      const first = legs.start('a', [coordinator], { ...impatient, signal: stop.signal });
      const other = legs.start('b', [security]);
      await legs.until((state) => state.tasks.get('held')?.status === 'running' || undefined);
      other.die();
      await legs.pass(leaseMs);
      stop.abort(late);
      await first.ended;
      const gone = 'master-gone: the deadline has passed, and nobody runs this master any more';
      expect(await reasons()).toEqual([gone, gone]);
      const { state, events } = await legs.soFar();
      expect([...state.masters.values()].map(({ report }) => report?.outcome)).toEqual(['failed', 'failed', 'failed']);
      expect(state.masters.get(security)?.report).toMatchObject({ done: 0, failed: 1, summary: gone.slice(13) });
      const words = events.filter(({ type }) => type === 'task.failed').map(({ actor, fence }) => [actor, fence]);
      expect(words).toEqual([
        [security, 2],
        [cicd, 1],
      ]);
    });

    it('who is alive says itself what it left undone', async () => {
      const [stop, itsOwn] = [new AbortController(), new AbortController()];
      const first = legs.start('a', [coordinator, cicd], { ...impatient, signal: stop.signal });
      const other = legs.start('b', [security], { signal: itsOwn.signal });
      await legs.until((state) => state.tasks.get('held')?.status === 'running' || undefined);
      stop.abort(late);
      await legs.until((state) => state.masters.get(cicd)?.reportedAt);
      itsOwn.abort(late);
      held.finish();
      await Promise.all([first.ended, other.ended]);
      const { events } = await legs.soFar();
      expect(events.filter(({ id }) => id.includes('master-gone'))).toEqual([]);
      expect((await legs.soFar()).state.masters.get(security)?.report?.summary).not.toContain('nobody runs');
    });
  });
});

describe('a run whose deadline has passed before it begins', () => {
  it('ends: each master says that it did nothing', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'cortex-legs-'));
    const late = problem('deadline-passed', 'The run’s deadline has passed', { hint: 'Raise it.' });
    const plan = planOf({ [coordinator]: [], [security]: [scan('one')] });
    const done = await runMasters(plan, { directory, context: { signal: AbortSignal.abort(late) } });
    rmSync(directory, { recursive: true });
    expect(done.launches).toEqual([]);
    expect([...done.state.masters.values()].map(({ report }) => report?.outcome)).toEqual(['failed', 'failed']);
    expect(done.dataOf('task.failed')).toMatchObject([{ task: 'one', code: 'deadline-passed', attempts: 0 }]);
  });
});
