import { describe, expect, it } from 'vitest';
import { stateFiles } from '../../src/execution/state-files.ts';
import { foldEvents } from '../../src/execution/state.ts';
import type { NewEvent } from '../../src/protocol/event.ts';
import { completed, declaredTask, executionId, launched, logOf, newEvent, started, timeOf } from '../support/events.ts';

const master = 'security-master';
const begun = started({ tasks: [declaredTask('scan'), declaredTask('fix', { needs: ['scan'] })] });
const requested = newEvent('handoff.requested', {
  handoff: 'scan:fix',
  from: 'cicd-master',
  to: master,
  task: 'fix',
  need: 'scan',
  expiresAt: timeOf(600),
});
const picked = newEvent('handoff.picked', { handoff: 'scan:fix', to: master, task: 'fix' });
const expired = newEvent('handoff.expired', { handoff: 'scan:fix', reason: 'nobody runs it' });
const failed = newEvent('task.failed', { task: 'fix', master, attempts: 1, code: 'crash', message: 'm', hint: 'h' });
const blocked = newEvent('task.blocked', { task: 'fix', master, by: ['other'] });

function handoffsAfter(...events: readonly NewEvent[]): readonly Record<string, unknown>[] {
  const files = stateFiles(foldEvents(executionId, logOf(begun, ...events)));
  const queue = files.find(({ path }) => path === 'task-queue.json')?.content as {
    handoffs: Record<string, unknown>[];
  };
  return queue.handoffs;
}

describe('the hand-offs of task-queue.json', () => {
  it('are none where no master waits for another', () => {
    expect(handoffsAfter()).toEqual([]);
  });

  it('say who hands what to whom, and until when', () => {
    expect(handoffsAfter(requested)).toEqual([
      {
        handoff_id: 'scan:fix',
        from_master: 'cicd-master',
        to_master: master,
        task_id: 'fix',
        need: 'scan',
        status: 'pending_pickup',
        requested_at: timeOf(2),
        expires_at: timeOf(600),
        picked_up_at: null,
        reason: null,
      },
    ]);
  });

  it.each<[string, readonly NewEvent[]]>([
    ['picked_up', [picked]],
    ['in_progress', [picked, launched({ task: 'fix' })]],
    ['completed', [picked, launched({ task: 'fix' }), completed('fix')]],
    ['failed', [picked, launched({ task: 'fix' }), failed]],
    ['failed', [blocked]],
    ['expired', [expired]],
    ['picked_up', [expired, picked]],
    ['completed', [expired, picked, completed('fix')]],
  ])('are %s', (status, events) => {
    expect(handoffsAfter(requested, ...events).map((each) => each['status'])).toEqual([status]);
  });

  it('keep the reason for which they expired, and when they were picked up after all', () => {
    expect(handoffsAfter(requested, expired, picked)).toMatchObject([
      { reason: 'nobody runs it', picked_up_at: timeOf(4) },
    ]);
  });
});
