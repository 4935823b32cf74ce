import { describe, expect, it } from 'vitest';
import { stateFiles } from '../../src/execution/state-files.ts';
import { foldEvents } from '../../src/execution/state.ts';
import type { Event } from '../../src/protocol/event.ts';
import { sha256 } from '../../src/shared/canonical.ts';
import {
  booking,
  completed,
  declaredTask,
  executionId,
  finished,
  launched,
  logOf,
  lost,
  newEvent,
  started,
  timeOf,
  usageOf,
} from '../support/events.ts';

/** One task complete at its second attempt, one running, one that waits for both. */
const log = logOf(
  started({ tasks: [declaredTask('scan'), declaredTask('fix', { needs: ['scan'] }), declaredTask('more')] }),
  newEvent('phase.started', { phase: 'execution', limitMs: 1000 }),
  newEvent('master.activated', { master: 'security-master', tasks: 3, expertise: 'secrets' }),
  launched({ task: 'scan' }),
  lost({ task: 'scan' }, { class: 'timeout' }),
  launched({ task: 'scan', attempt: 2 }),
  newEvent('budget.settled', booking('scan-2', 40)),
  finished({ task: 'scan', attempt: 2 }, { usage: usageOf(40) }),
  completed('scan'),
  launched({ task: 'more' }, { node: 'node-2' }),
);

type Content = Readonly<Record<string, unknown>>;
function filesOf(events: readonly Event[]): Readonly<Record<string, Content>> {
  const files = stateFiles(foldEvents(executionId, events));
  return Object.fromEntries(files.map(({ path, content }) => [path, content as Content]));
}
const files = filesOf(log);

describe('the state files', () => {
  it('are those that Cortex has always kept', () => {
    expect(Object.keys(files)).toEqual([
      'current-execution.json',
      'master-activation.json',
      'worker-distribution.json',
      'task-queue.json',
      'worker-pool.json',
      'execution-plans/preflight-report.json',
    ]);
  });

  it('each name their execution', () => {
    for (const content of Object.values(files)) expect(content['execution_id']).toBe(executionId);
  });

  it('are the same, byte for byte, for the same log', () => {
    expect(JSON.stringify(filesOf(log))).toBe(JSON.stringify(files));
  });

  it('hold only what JSON can, before the first event too', () => {
    for (const content of [files, filesOf([])]) expect(JSON.parse(JSON.stringify(content))).toEqual(content);
  });
});

describe('current-execution.json', () => {
  it('keeps its names, and says how the run stands', () => {
    expect(files['current-execution.json']).toMatchObject({
      execution_id: executionId,
      started_at: timeOf(1),
      phase: 'execution',
      status: 'running',
      masters_active: 1,
      workers_active: 1,
      workers_completed: 1,
      workers_failed: 1,
      token_budget: 1000,
      tokens_used: 40,
      completed_at: null,
    });
  });

  it('is pending before anything was said', () => {
    expect(filesOf([])['current-execution.json']).toMatchObject({ status: 'pending', phase: null, started_at: null });
  });

  it('says how the run ended', () => {
    const end = newEvent('execution.ended', { status: 'partial', exitCode: 3, reason: 'r' });
    const ended = filesOf([...log, { ...logOf(end)[0], seq: 11, at: timeOf(11) } as Event]);
    expect(ended['current-execution.json']).toMatchObject({ status: 'partial', completed_at: timeOf(11) });
  });
});

describe('master-activation.json', () => {
  it('has each master with its work', () => {
    expect(files['master-activation.json']).toMatchObject({
      masters: {
        'coordinator-master': { status: 'pending', tasks_active: 0, tasks_total: 0, activated_at: null },
        'security-master': {
          status: 'active',
          tasks_active: 1,
          tasks_total: 3,
          workers_spawned: 3,
          token_budget: 500,
          tokens_used: 40,
        },
      },
    });
  });
});

const worker = {
  worker_id: 'scan-2',
  worker_type: 'scan-worker',
  parent_master: 'security-master',
  task_id: 'scan',
  status: 'completed',
  execution: { started_at: timeOf(6), completed_at: timeOf(8), duration_seconds: 1.5, tokens_used: 40 },
  result: sha256('scan'),
  failure: null,
};

describe('worker-distribution.json', () => {
  it('has the workers by the node that they were seen on', () => {
    const { workers_total: total, nodes } = files['worker-distribution.json'] as {
      workers_total: number;
      nodes: Record<string, Content[]>;
    };
    expect(total).toBe(3);
    expect(Object.entries(nodes).map(([node, held]) => [node, held.map((each) => each['worker_id'])])).toEqual([
      ['node-1', ['scan-1', 'scan-2']],
      ['node-2', ['more-1']],
    ]);
    expect(nodes['node-1']?.[1]).toMatchObject(worker);
  });
});

describe('worker-pool.json', () => {
  it('has each worker once, by how it stands', () => {
    expect(files['worker-pool.json']).toMatchObject({
      active_workers: [
        { worker_id: 'more-1', status: 'running', execution: { completed_at: null, duration_seconds: null } },
      ],
      completed_workers: [worker],
      failed_workers: [
        { worker_id: 'scan-1', status: 'failed', failure: { class: 'timeout', detail: 'exit code 70' } },
      ],
    });
  });
});

describe('task-queue.json', () => {
  const tasks = files['task-queue.json']?.['tasks'] as readonly Content[];

  it('has every task with the names of its record', () => {
    expect(tasks.map((task) => task['task_id'])).toEqual(['scan', 'fix', 'more']);
    for (const name of [
      'title',
      'priority',
      'status',
      'created_at',
      'queued_at',
      'completed_at',
      'dependencies',
      'routing_confidence',
      'routing_strategy',
    ])
      for (const task of tasks) expect(task).toHaveProperty(name);
  });

  it('says how each stands in the words of old', () => {
    expect(tasks.map((task) => task['status'])).toEqual(['completed', 'pending', 'worker_spawned']);
    expect(tasks[1]).toMatchObject({ dependencies: ['scan'], attempts: 0, result: null });
    expect(tasks[0]).toMatchObject({ attempts: 2, result: sha256('scan'), completed_at: timeOf(9) });
  });
});

describe('preflight-report.json', () => {
  it('has the checks and the baseline', () => {
    const check = { check: 'redis', ok: null, seen: 'not used', needed: 'nothing' };
    const baseline = { assets: 7, source: 'CORTEX-EXEC-1', list: sha256('list') };
    const events = logOf(started(), newEvent('preflight.checked', { checks: [check], baseline }));
    expect(filesOf(events)['execution-plans/preflight-report.json']).toEqual({
      execution_id: executionId,
      baseline_assets: 7,
      baseline_source: 'CORTEX-EXEC-1',
      checks: [check],
    });
  });
});
