import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventTypes, type EventType } from '../../src/protocol/event.ts';
import type { CliOutcome } from '../support/cli.ts';
import {
  contentOf,
  finishedTwice,
  readLog,
  resumeId,
  resumeScripted,
  scriptedWorld,
  startScripted,
} from '../support/resumed-run.ts';

/** Kinds that this plan can't make: budgets suffice, one process holds all without a cluster, and a run is resumed only here. */
const notMade = new Set<EventType>([
  'budget.refused',
  'budget.expired',
  'budget.requested',
  'budget.moved',
  'budget.denied',
  'leg.joined',
  'leg.measured',
  'master.silent',
  'master.adopted',
  'handoff.expired',
  'execution.resumed',
  'execution.cancelled',
  'worker.placed',
  'worker.waiting',
  'watch.lost',
  'watch.restored',
  'cluster.sampled',
  'cluster.unsampled',
]);
const made = eventTypes.filter((type) => !notMade.has(type));

describe('a run that is killed goes on where it was', () => {
  const undisturbed = scriptedWorld();
  let expected = '';

  let ran: CliOutcome;

  beforeAll(async () => {
    ran = await startScripted(undisturbed);
    expected = contentOf(undisturbed.out, resumeId);
  });
  afterAll(undisturbed.remove);

  it('the undisturbed run ends with its gate not met, and nothing to complain of', () => {
    expect(ran).toMatchObject({ code: 3, stderr: '' });
  });

  it('the undisturbed run makes every kind of event that is killed after below', () => {
    const kinds = new Set(readLog(undisturbed.out, resumeId).map((event) => event.type));
    expect([...kinds].sort()).toEqual([...made].sort());
  });

  it('the undisturbed run books what the workers reported, and nothing else', () => {
    const books = readLog(undisturbed.out, resumeId).flatMap((event) =>
      event.type === 'budget.settled' ? [event.data.tokens] : [],
    );
    // find 1100, lose-once twice 700, propose 300, break 50, look-over 200, unowned 0
    expect(books.reduce((sum, tokens) => sum + tokens, 0)).toBe(1100 + 2 * 700 + 300 + 50 + 200);
  });

  it.concurrent.for(made)('killed after %s', async (type, { expect: expectHere }) => {
    const world = scriptedWorld();
    try {
      const killed = await startScripted(world, { KILL_AFTER_TYPE: type });
      expectHere(killed.signal).toBe('SIGKILL');
      const before = readLog(world.out, resumeId);
      const resumed = await resumeScripted(world);
      expectHere(resumed).toMatchObject({ code: 3, stderr: '' });
      expectHere(contentOf(world.out, resumeId)).toBe(expected);
      const after = readLog(world.out, resumeId);
      expectHere(after.slice(0, before.length)).toEqual(before);
      expectHere(finishedTwice(after)).toEqual([]);
    } finally {
      world.remove();
    }
  });
});
