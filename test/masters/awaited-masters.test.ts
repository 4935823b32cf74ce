import { describe, expect, it } from 'vitest';
import { foldEvents } from '../../src/execution/state.ts';
import { awaitedMasters } from '../../src/masters/leg.ts';
import type { EventData, NewEvent } from '../../src/protocol/event.ts';
import type { MasterName } from '../../src/protocol/words.ts';
import { booking, completed, declaredTask, executionId, logOf, newEvent, started } from '../support/events.ts';

const [coordinator, security, cicd, testing] = [
  'coordinator-master',
  'security-master',
  'cicd-master',
  'testing-master',
] as const;

/** Security has `scan`; cicd has `fix`, which needs it; testing reviews the fix. */
const opening = started({
  masters: [coordinator, security, cicd, testing].map((name) => ({ name, tokens: 100, microDollars: 1000 })),
  tasks: [
    declaredTask('scan'),
    declaredTask('fix', { master: cicd, kind: 'implementation-worker', needs: ['scan'] }),
    declaredTask('review', { master: testing, kind: 'review-worker', needs: ['fix'] }),
  ],
});

const active = (...names: readonly MasterName[]): readonly NewEvent[] =>
  names.map((master) => newEvent('master.activated', { master, tasks: 1, expertise: '' }, master));
const reported = (master: MasterName): NewEvent =>
  newEvent(
    'master.reported',
    { master, outcome: 'complete', done: 0, failed: 0, blocked: 0, skipped: 0, summary: '' },
    master,
  );
const claimed = (master: MasterName, changes: EventData<'paths.claimed'>['changes'] = []): NewEvent =>
  newEvent('paths.claimed', { master, changes }, master);
const requested = newEvent('budget.requested', { ...booking('scan-1', 200), task: 'scan', priority: 'high' });

const awaited = (mine: readonly MasterName[], ...events: readonly NewEvent[]): readonly string[] =>
  [...awaitedMasters(new Set(mine), foldEvents(executionId, logOf(opening, ...events)))].sort();

describe('a process waits for', () => {
  it.each<readonly [string, readonly MasterName[], readonly NewEvent[], readonly MasterName[]]>([
    ['nobody, before its master is at work', [cicd], [], []],
    ['nobody, while a task of its own can go on', [security], active(security), []],
    ['nobody, while one of its masters has something to do', [security, cicd], active(security, cicd), []],
    ['nobody, when its masters have reported', [security], [...active(security), reported(security)], []],
    ['the master whose task its own needs', [cicd], active(cicd), [security]],
    ['the masters of all its masters’ needs', [cicd, testing], active(cicd, testing), [security]],
    ['no master that has reported', [testing], [...active(testing), reported(cicd)], []],
    ['the coordinator, when it has asked for budget', [security], [...active(security), requested], [coordinator]],
    [
      'every master that has not reported, as the coordinator',
      [coordinator],
      [...active(coordinator), reported(security)],
      [cicd, testing],
    ],
    [
      'those who review or have not said what they would change, and the coordinator, at its end',
      [cicd],
      [...active(cicd), completed('scan'), completed('fix', { master: cicd }), claimed(cicd), claimed(testing)],
      [coordinator, security, testing],
    ],
    [
      'the coordinator alone, when all others have said what they would change, and reviewed',
      [cicd],
      [
        ...active(cicd),
        completed('scan'),
        completed('fix', { master: cicd }),
        completed('review', { master: testing }),
        claimed(cicd),
        claimed(testing),
        claimed(security),
      ],
      [coordinator],
    ],
  ])('%s', (...[, mine, events, expected]) => {
    expect(awaited(mine, ...events)).toEqual([...expected].sort());
  });
});
