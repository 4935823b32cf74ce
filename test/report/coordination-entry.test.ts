import { describe, expect, it } from 'vitest';
import { foldEvents } from '../../src/execution/state.ts';
import type { EventData, NewEvent } from '../../src/protocol/event.ts';
import { coordinationEntry } from '../../src/report/coordination-entry.ts';
import { executionId, logOf, newEvent, started, timeOf } from '../support/events.ts';
import { reportPart, reportWith } from '../support/report.ts';

const entryOf = (...events: readonly NewEvent[]): ReturnType<typeof coordinationEntry> =>
  coordinationEntry(foldEvents(executionId, logOf(started(), ...events)));

function moved(overrides: Partial<EventData<'budget.moved'>> = {}): NewEvent {
  const move = {
    key: 'scan-1',
    from: 'reserve',
    to: 'security-master',
    tokens: 10_000,
    microDollars: 2_500_000,
  } as const;
  return newEvent('budget.moved', { ...move, reason: 'out of the reserve', ...overrides });
}
const requested = newEvent('handoff.requested', {
  handoff: 'scan:fix',
  from: 'security-master',
  to: 'cicd-master',
  task: 'fix',
  need: 'scan',
  expiresAt: timeOf(600),
});
const expired = newEvent('handoff.expired', { handoff: 'scan:fix', reason: 'nobody runs cicd-master' });
const picked = newEvent('handoff.picked', { handoff: 'scan:fix', to: 'cicd-master', task: 'fix' });
const silent = newEvent('master.silent', { master: 'cicd-master', owner: 'cicd-master@leg-2', silentMs: 45_000 });
const entry = entryOf(moved(), requested, expired, silent);

describe('what the coordinator did between masters', () => {
  it('is not spoken of where it was nothing', () => {
    expect(entryOf()).toBeUndefined();
    expect(entryOf(requested, picked)).toBeUndefined();
    expect(reportPart('Between masters', reportWith())).toBe('');
  });

  it('is not a move of nothing', () => {
    expect(entryOf(moved({ tokens: 0, microDollars: 0 }))).toBeUndefined();
  });

  it('is budget moved, in tokens and dollars', () => {
    expect(entry?.budget_moves).toEqual([
      { from: 'reserve', to: 'security-master', tokens: 10_000, usd: 2.5, reason: 'out of the reserve' },
    ]);
  });

  it('is a hand-off that was not picked up in time', () => {
    const handoff = { from: 'security-master', to: 'cicd-master', task_id: 'fix', need: 'scan' };
    const reason = 'nobody runs cicd-master';
    expect(entry?.expired_handoffs).toEqual([{ ...handoff, reason, picked_up_late: false }]);
    expect(entryOf(requested, expired, picked)?.expired_handoffs).toEqual([
      { ...handoff, reason, picked_up_late: true },
    ]);
  });

  it('is a master that went silent', () => {
    expect(entry?.silent_masters).toEqual([{ master: 'cicd-master', owner: 'cicd-master@leg-2', silent_seconds: 45 }]);
  });

  it('is told in the report, one line each', () => {
    expect(reportPart('Between masters', reportWith({ coordination: entry })).split('\n')).toEqual([
      '- security-master got 10\u202F000 tokens and 2.5 USD from the reserve: out of the reserve.',
      '- What security-master handed to cicd-master (`scan`, for `fix`) was not picked up in time: nobody runs cicd-master.',
      '- cicd-master was silent for 45 s; its claim was taken from cicd-master@\u200Bleg-2.',
    ]);
  });

  it('does nothing but show text from outside', () => {
    const hostile = entryOf(moved({ reason: 'see <img src=x> @everyone [here](https://example.org)' }));
    const part = reportPart('Between masters', reportWith({ coordination: hostile }));
    expect(part).not.toContain('<img');
    expect(part).not.toContain('@everyone');
    expect(part).not.toContain('[here](');
  });
});
