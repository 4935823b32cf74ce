import { describe, expect, it } from 'vitest';
import type { ExecutionState } from '../../src/execution/execution-state.ts';
import { emptyState } from '../../src/execution/state.ts';
import { timelineOf } from '../../src/execution/timeline.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 10, 14, 9, 0, second)).toISOString();
const ms = (second: number): number => Date.UTC(2026, 10, 14, 9, 0, second);

function stateWith(change: (state: ExecutionState) => void): ExecutionState {
  const state = emptyState('CORTEX-EXEC-2026-11-14-090000');
  change(state);
  return state;
}

const master = {
  name: 'cicd-master',
  tokens: 0,
  microDollars: 0,
  expertise: '',
  usedTokens: 0,
  usedMicroDollars: 0,
} as const;
const worker = {
  worker: 'w',
  task: 't',
  master: 'cicd-master',
  attempt: 1,
  kind: 'scan-worker',
  capability: 'workflows',
  node: 'local',
} as const;

describe('timelineOf', () => {
  it('orders by start, and what starts together by kind', () => {
    const state = stateWith(({ phases, masters, workers }) => {
      workers.set('w', { ...worker, waits: [], startedAt: at(2), status: 'running' });
      masters.set('cicd-master', { ...master, status: 'active', activatedAt: at(1) });
      phases.set('execution', { startedAt: at(1), limitMs: 1, overran: false, exit: [] });
    });
    expect(timelineOf(state).map((entry) => entry.kind)).toEqual(['phase', 'master', 'worker']);
  });

  it('gives start and end in milliseconds', () => {
    const state = stateWith(({ workers }) =>
      workers.set('w', { ...worker, waits: [], startedAt: at(2), endedAt: at(5), status: 'completed' }),
    );
    expect(timelineOf(state)).toEqual([
      {
        kind: 'worker',
        name: 'w',
        master: 'cicd-master',
        task: 't',
        attempt: 1,
        startMs: ms(2),
        endMs: ms(5),
        status: 'done',
      },
    ]);
  });

  it('has no end for what still goes on', () => {
    const state = stateWith(({ workers }) =>
      workers.set('w', { ...worker, waits: [], startedAt: at(2), status: 'running' }),
    );
    expect(timelineOf(state)).toMatchObject([{ endMs: null, status: 'running' }]);
  });

  it('tells a failed worker from one that is done', () => {
    const state = stateWith(({ workers }) =>
      workers.set('w', { ...worker, waits: [], startedAt: at(2), endedAt: at(3), status: 'failed' }),
    );
    expect(timelineOf(state)).toMatchObject([{ status: 'failed' }]);
  });

  it('leaves out a master that was not activated', () => {
    expect(
      timelineOf(stateWith(({ masters }) => masters.set('cicd-master', { ...master, status: 'pending' }))),
    ).toEqual([]);
  });
});
