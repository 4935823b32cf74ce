import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import type { EventType } from '../../src/protocol/event.ts';
import { programs } from '../support/journey.ts';
import { stores } from '../support/stores.ts';
import { contentOf, finishedTwice, resumeId, scriptedWorld, startScripted } from '../support/resumed-run.ts';
import { freshId, readCopies, startLeg } from '../support/shared-run.ts';

/** What a process may have seen last; the drill kills after each single event. */
const lastSeen: readonly EventType[] = [
  'execution.started',
  'leg.joined',
  'preflight.checked',
  'snapshot.taken',
  'claim.taken',
  'task.queued',
  'budget.reserved',
  'worker.launched',
  'worker.finished',
  'worker.lost',
  'budget.settled',
  'task.completed',
  'handoff.requested',
  'paths.claimed',
  'paths.settled',
  'change.judged',
  'master.reported',
  'claim.released',
  'results.aggregated',
  'criteria.evaluated',
  'report.written',
];

describe.each(stores().slice(0, 1))('a process of a shared run that is killed, over $name', ({ url }) => {
  const undisturbed = scriptedWorld();
  let expected = '';

  beforeAll(async () => {
    await startScripted(undisturbed);
    expected = contentOf(undisturbed.out, resumeId);
  });
  afterAll(undisturbed.remove);

  it.concurrent.for(lastSeen)(
    'after %s: another takes over, and nothing is done twice',
    async (type, { expect: expectHere }) => {
      const world = scriptedWorld();
      const run = { url, id: freshId(), path: world.path };
      try {
        const preload = join(programs, 'kill-after.mjs');
        const killed = await startLeg(run, { preload, env: { KILL_AFTER_TYPE: type } }).ended;
        expectHere(killed.signal).toBe('SIGKILL');
        const before = readCopies(world.out, run.id);
        const after = await startLeg(run).ended;
        expectHere(after).toMatchObject({ code: 3, stderr: '' });
        expectHere(contentOf(world.out, run.id)).toBe(expected);
        const log = readCopies(world.out, run.id);
        expectHere(log.slice(0, before.length)).toEqual(before);
        expectHere(finishedTwice(log)).toEqual([]);
      } finally {
        world.remove();
      }
    },
  );
});

describe.each(stores().slice(0, 1))('legs that go silent, over $name', ({ url }) => {
  it('a leg that is never started is run by one that waits for nothing else', async () => {
    const world = scriptedWorld();
    const run = { url, id: freshId(), path: world.path };
    const alone = await startLeg(run, { masters: ['coordinator-master'] }).ended;
    expect(alone.code).toBe(3);
    const adopted = readCopies(world.out, run.id).flatMap((event) =>
      event.type === 'master.adopted' ? [event.data] : [],
    );
    expect(new Map(adopted.map(({ master, from }) => [master, from]))).toEqual(
      new Map([
        ['cicd-master', null],
        ['development-master', null],
        ['security-master', null],
      ]),
    );
    world.remove();
  });

  it('two processes for the same leg: one works, the other stands by', async () => {
    const world = scriptedWorld();
    const run = { url, id: freshId(), path: world.path };
    const both = await Promise.all([startLeg(run).ended, startLeg(run).ended]);
    expect(both.map(({ code }) => code)).toEqual([3, 3]);
    const log = readCopies(world.out, run.id);
    const launched = log.flatMap((event) => (event.type === 'worker.launched' ? [event.data.worker] : []));
    expect(new Set(launched).size).toBe(launched.length);
    expect(log.filter((event) => event.type === 'execution.ended')).toHaveLength(1);
    world.remove();
  });

  it('one that is frozen for longer than its lease is replaced, and does no harm when it wakes', async () => {
    const world = scriptedWorld();
    const run = { url, id: freshId(), path: world.path };
    // Both begin at once: who comes when the lease has ended already finds nobody to miss.
    const staying = startLeg(run, { masters: ['coordinator-master', 'cicd-master', 'development-master'] });
    const frozen = startLeg(run, { masters: ['security-master'], out: join(world.path, 'frozen') });
    await frozen.printed(/find-1 .*started/);
    frozen.signal('SIGSTOP');
    const others = await staying.ended;
    frozen.signal('SIGCONT');
    const woken = await frozen.ended;
    expect(others.code).toBe(3);
    expect(woken.code).toBe(0);
    const log = readCopies(world.out, run.id);
    const replaced = log.flatMap((event) => (event.type === 'master.adopted' ? [event.data.master] : []));
    expect(replaced).toContain('security-master');
    expect(finishedTwice(log)).toEqual([]);
    expect(
      log
        .filter((event) => event.type === 'master.reported')
        .map((event) => event.data.master)
        .sort(),
    ).toEqual(['cicd-master', 'coordinator-master', 'development-master', 'security-master']);
    world.remove();
  });

  it.each([5, -5])('a clock that is %i minutes off changes nothing', async (minutes) => {
    const world = scriptedWorld();
    const run = { url, id: freshId(), path: world.path };
    const preload = join(programs, 'shift-clock.mjs');
    const env = { SHIFT_CLOCK_MS: String(minutes * 60_000) };
    const skewed = startLeg(run, {
      masters: ['security-master', 'cicd-master'],
      preload,
      env,
      out: join(world.path, 'skewed'),
    });
    const right = startLeg(run, { masters: ['coordinator-master', 'development-master'] });
    const [first, second] = await Promise.all([skewed.ended, right.ended]);
    expect([first.code, second.code]).toEqual([3, 3]);
    const log = readCopies(world.out, run.id);
    expect(log.some((event) => event.type === 'master.adopted' || event.type === 'master.silent')).toBe(false);
    const times = log.map((event) => Date.parse(event.at));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    world.remove();
  });
});
