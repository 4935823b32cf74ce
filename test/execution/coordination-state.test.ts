import { describe, expect, it } from 'vitest';
import type { ExecutionState } from '../../src/execution/execution-state.ts';
import { foldEvents } from '../../src/execution/state.ts';
import type { EventData, NewEvent } from '../../src/protocol/event.ts';
import { sha256 } from '../../src/shared/canonical.ts';
import { booking, executionId, logOf, newEvent, reservation, started, timeOf } from '../support/events.ts';

const fold = (...events: readonly NewEvent[]): ExecutionState => foldEvents(executionId, logOf(started(), ...events));
const master = 'security-master';

describe('reservations', () => {
  const reserved = newEvent('budget.reserved', reservation('scan-1', 100));
  const expired = newEvent('budget.expired', booking('scan-1', 100));

  it('that expire are held no longer, and nothing is used', () => {
    const state = fold(reserved, expired);
    expect(state.reservations.size).toBe(0);
    expect(state.masters.get(master)).toMatchObject({ usedTokens: 0, usedMicroDollars: 0 });
  });

  it('may be made again after they expired', () => {
    expect([...fold(reserved, expired, reserved).reservations.keys()]).toEqual(['scan-1']);
  });

  it('are booked when they are settled after all', () => {
    const settled = newEvent('budget.settled', booking('scan-1', 40));
    expect(fold(reserved, expired, settled).masters.get(master)).toMatchObject({ usedTokens: 40 });
  });
});

describe('requests for budget', () => {
  const asked = { ...booking('scan-1', 100), task: 'scan', priority: 'high' } as const;
  const requested = newEvent('budget.requested', asked);
  const denied = newEvent('budget.denied', { account: master, key: 'scan-1', reason: 'nobody has any' });
  const moved = newEvent('budget.moved', moveOf('person'));

  it('are open until they are answered', () => {
    expect([...fold(requested).requests.values()]).toEqual([asked]);
  });

  it('are answered by a no, which is remembered', () => {
    const state = fold(requested, denied);
    expect(state.requests.size).toBe(0);
    expect(state.denials.get('scan-1')).toMatchObject({ reason: 'nobody has any' });
  });

  it('are answered by a move', () => {
    expect(fold(requested, moved).requests.size).toBe(0);
  });

  it.each([
    ['a no', denied],
    ['a move', moved],
  ])('that come after %s are not open', (_name, answer) => {
    expect(fold(answer, requested).requests.size).toBe(0);
  });
});

describe('budget that moves', () => {
  // The coordinator begins with 100 tokens, the security master with 500.
  const tokensOf = (state: ExecutionState): readonly (number | undefined)[] => [
    state.masters.get('coordinator-master')?.tokens,
    state.masters.get(master)?.tokens,
  ];

  it('leaves one master and reaches the other, money too', () => {
    const state = fold(newEvent('budget.moved', moveOf('coordinator-master')));
    expect(tokensOf(state)).toEqual([40, 560]);
    expect(state.masters.get('coordinator-master')?.microDollars).toBe(400);
    expect(state.masters.get(master)?.microDollars).toBe(5600);
  });

  it.each(['reserve', 'person'] as const)('from %s takes nothing from another master', (from) => {
    expect(tokensOf(fold(newEvent('budget.moved', moveOf(from))))).toEqual([100, 560]);
  });

  it('moves once, however often the log says so', () => {
    const moved = newEvent('budget.moved', moveOf('coordinator-master'));
    expect(tokensOf(fold(moved, moved))).toEqual([40, 560]);
  });
});

describe('claims', () => {
  const taken = (owner: string, fence: number): NewEvent => ({
    ...newEvent('claim.taken', { claim: master, owner, expiresAt: timeOf(60) }, String(fence)),
    fence,
  });
  const released = newEvent('claim.released', { claim: master, owner: 'ada' });

  it('belong to who took them last, and remember who had them before', () => {
    expect(fold(taken('ada', 1)).claims.get(master)).toEqual({ owner: 'ada', fence: 1, before: null, released: false });
    expect(fold(taken('ada', 1), taken('bob', 2)).claims.get(master)).toEqual({
      owner: 'bob',
      fence: 2,
      before: 'ada',
      released: false,
    });
  });

  it('that were let go of say so, until they are taken again', () => {
    expect(fold(taken('ada', 1), released).claims.get(master)).toMatchObject({ owner: 'ada', released: true });
    expect(fold(taken('ada', 1), released, taken('bob', 2)).claims.get(master)).toMatchObject({ released: false });
  });

  it('that nobody took can’t be let go of', () => {
    expect(fold(released).claims.size).toBe(0);
  });
});

describe('hand-offs', () => {
  const asked = {
    handoff: 'h',
    from: 'coordinator-master',
    to: master,
    task: 'scan',
    need: 'catalog',
    expiresAt: timeOf(60),
  } as const;
  const requested = newEvent('handoff.requested', asked);

  it('wait from their request on, which counts once', () => {
    expect(fold(requested, requested).handoffs.get('h')).toEqual({ requested: asked, at: timeOf(2) });
  });

  it('are picked up, or expire with the reason', () => {
    const picked = newEvent('handoff.picked', { handoff: 'h', to: master, task: 'scan' });
    const expired = newEvent('handoff.expired', { handoff: 'h', reason: 'late' });
    expect(fold(requested, picked).handoffs.get('h')).toMatchObject({ pickedAt: timeOf(3) });
    expect(fold(requested, expired).handoffs.get('h')).toMatchObject({ expired: 'late' });
  });

  it('that nobody asked for change nothing', () => {
    const picked = newEvent('handoff.picked', { handoff: 'h', to: master, task: 'scan' });
    expect(fold(picked, newEvent('handoff.expired', { handoff: 'h', reason: 'late' })).handoffs.size).toBe(0);
  });
});

describe('paths', () => {
  const claimOf = (paths: readonly string[]): NewEvent =>
    newEvent('paths.claimed', {
      master,
      changes: [{ change: sha256('c'), task: 'fix', priority: 'high', paths: [...paths] }],
    });

  it('that a master would change are those it said last', () => {
    const [change] = fold(claimOf(['a']), claimOf(['b'])).pathClaims.get(master) ?? [];
    expect(change?.paths).toEqual(['b']);
  });

  it('are not known of a master that has not said; one with nothing to change has said so', () => {
    expect(fold().pathClaims.has(master)).toBe(false);
    expect(fold(newEvent('paths.claimed', { master, changes: [] })).pathClaims.get(master)).toEqual([]);
  });

  it('are settled by the list of changes that are held back', () => {
    const held: EventData<'paths.settled'>['held'] = [
      { change: sha256('a'), by: sha256('b'), master, winner: 'coordinator-master', paths: ['x'] },
    ];
    expect(fold().pathsSettled).toBeUndefined();
    expect(fold(newEvent('paths.settled', { held })).pathsSettled).toEqual(held);
  });
});

describe('questions', () => {
  const raised = { ...question('e'), answerBy: timeOf(60) };
  const answerOf = (choice: string, by: string): NewEvent =>
    newEvent('escalation.answered', { escalation: 'e', choice, by }, by);

  it('are asked once, with the time until which a person may answer', () => {
    const again = newEvent('escalation.raised', { ...raised, issue: 'another' });
    const state = fold(newEvent('escalation.raised', raised), again);
    expect([...state.escalations.values()]).toEqual([{ raised, at: timeOf(2) }]);
  });

  it('keep the first answer', () => {
    const state = fold(newEvent('escalation.raised', raised), answerOf('stop', 'ada'), answerOf('proceed', 'the plan'));
    expect(state.escalations.get('e')?.answer).toEqual({ choice: 'stop', by: 'ada' });
  });
});

describe('legs', () => {
  it('are listed as they join', () => {
    const joined = { leg: 'leg-1', masters: [master] } satisfies EventData<'leg.joined'>;
    expect(fold(newEvent('leg.joined', joined)).legs).toEqual([joined]);
  });

  it('keep what they measured last of their store', () => {
    const measured = (commands: number): NewEvent =>
      newEvent('leg.measured', { leg: 'leg-1', commands, meanMs: 1, p95Ms: 2, maxMs: 3 }, String(commands));
    expect([...fold(measured(5), measured(9)).measured.values()]).toEqual([
      { leg: 'leg-1', commands: 9, meanMs: 1, p95Ms: 2, maxMs: 3 },
    ]);
  });

  it('that go silent and masters that are adopted are remembered in order', () => {
    const silent = { master, owner: 'leg-1', silentMs: 5000 } as const;
    const adopted = {
      master,
      leg: 'leg-2',
      from: 'leg-1',
      relaunching: ['scan-1'],
    } satisfies EventData<'master.adopted'>;
    const state = fold(newEvent('master.silent', silent), newEvent('master.adopted', adopted));
    expect([state.silences, state.adoptions]).toEqual([[silent], [adopted]]);
  });
});

/** 60 tokens for the security master, by the key that it asked with. */
function moveOf(from: EventData<'budget.moved'>['from']): EventData<'budget.moved'> {
  return { key: 'scan-1', from, to: master, tokens: 60, microDollars: 600, reason: 'it asked' };
}

function question(escalation: string): Omit<EventData<'escalation.raised'>, 'answerBy'> {
  const options = ['proceed', 'stop'];
  return { escalation, task: 'scan', master, severity: 'high', issue: 'i', options, recommendation: 'r' };
}
