import { describe, expect, it } from 'vitest';
import { judgeEnd } from '../../../src/entry/run/conclude.ts';
import { foldEvents } from '../../../src/execution/state.ts';
import type { CriterionResult, NewEvent } from '../../../src/protocol/event.ts';
import { cliExit } from '../../../src/protocol/words.ts';
import { completed, executionId, logOf, newEvent, started } from '../../support/events.ts';

function gate(outcome: CriterionResult['outcome'], level: 'gate' | 'target' = 'gate'): NewEvent {
  const criterion = { id: 'safe', title: 'Safe', level, scope: 'system', outcome, check: 'true', facts: {} } as const;
  return newEvent('criteria.evaluated', { criteria: [criterion] });
}

const end = (...events: readonly NewEvent[]): ReturnType<typeof judgeEnd> =>
  judgeEnd(foldEvents(executionId, logOf(started(), ...events)));

describe('an execution ends', () => {
  it('as a success when every task is complete and every gate met', () => {
    expect(end(completed('scan'), gate('met'))).toEqual({
      status: 'complete',
      exitCode: cliExit.success,
      reason: 'every gate is met',
    });
  });

  it('as a success too where a task was skipped for want of a door, or a target missed', () => {
    const skipped = newEvent('task.skipped', {
      task: 'scan',
      master: 'security-master',
      missing: 'model',
      reason: 'r',
    });
    expect(end(skipped, gate('not-applicable'))).toMatchObject({ status: 'complete', exitCode: cliExit.success });
    expect(end(completed('scan'), gate('failed', 'target'))).toMatchObject({ exitCode: cliExit.success });
  });

  it.each(['failed', 'unknown'] as const)('with code 3 where a gate is %s, and names it', (outcome) => {
    expect(end(completed('scan'), gate(outcome))).toEqual({
      status: 'complete',
      exitCode: cliExit.gateFailed,
      reason: `gates not met: safe (${outcome})`,
    });
  });

  it('cancelled, as trouble from outside, where somebody asked for its end and something was left undone', () => {
    const asked = newEvent('execution.cancelled', { by: 'ada@desk' });
    expect(end(asked, gate('met'))).toEqual({
      status: 'cancelled',
      exitCode: cliExit.outside,
      reason: 'cancelled by ada@desk; not complete: scan',
    });
    expect(end(asked, completed('scan'), gate('met'))).toMatchObject({ status: 'complete', exitCode: cliExit.success });
  });

  it('in part where a task did not complete, and names it', () => {
    expect(end(gate('met'))).toEqual({ status: 'partial', exitCode: cliExit.gateFailed, reason: 'not complete: scan' });
  });

  it('in part where a master failed, and names it', () => {
    const report = { outcome: 'failed', done: 1, failed: 0, blocked: 0, skipped: 0, summary: 's' } as const;
    const failed = newEvent('master.reported', { master: 'security-master', ...report });
    expect(end(completed('scan'), failed, gate('met'))).toMatchObject({
      status: 'partial',
      reason: 'security-master failed',
    });
  });
});
