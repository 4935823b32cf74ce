import { describe, expect, it } from 'vitest';
import { familiarCommands, familiarNames, type RedisCommand } from '../../../src/coordination/redis/familiar-names.ts';
import { foldEvents } from '../../../src/execution/state.ts';
import type { NewEvent } from '../../../src/protocol/event.ts';
import { sha256 } from '../../../src/shared/canonical.ts';
import {
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
} from '../../support/events.ts';

const minute = 60_000;
const queued = newEvent('task.queued', { task: 'scan', master: 'security-master', waitsFor: [] }, 'scan');
const phase = newEvent('phase.started', { phase: 'execution', limitMs: minute }, 'execution');

/** What the last of the given events sends. */
function commandsOf(...given: readonly NewEvent[]): readonly RedisCommand[] {
  const events = logOf(...given);
  const last = events.at(-1);
  if (!last) throw new Error('no event');
  return familiarCommands(last, foldEvents(executionId, events));
}

/** The arguments of every such command that concerns that key or channel. */
function sent(commands: readonly RedisCommand[], command: string, key: string): readonly (readonly string[])[] {
  return commands.filter((each) => each.command === command && each.args[0] === key).map(({ args }) => args.slice(1));
}

function fieldsOf(args: readonly string[] | undefined): Readonly<Record<string, string>> {
  const pairs = args ?? [];
  return Object.fromEntries(pairs.flatMap((name, index) => (index % 2 === 0 ? [[name, pairs[index + 1] ?? '']] : [])));
}

function published(commands: readonly RedisCommand[], channel: string): readonly Record<string, unknown>[] {
  return sent(commands, 'PUBLISH', channel).map(([text]) => JSON.parse(text ?? '') as Record<string, unknown>);
}

const by = (master: string, event: NewEvent): NewEvent => ({ ...event, actor: master }) as NewEvent;

describe('the familiar names', () => {
  it('put a queued task at the end of the queue, and bound the queue', () => {
    const commands = commandsOf(started(), queued);
    const [put] = sent(commands, 'RPUSH', 'cortex:tasks:queue');
    expect(JSON.parse(put?.[0] ?? '')).toEqual({
      task_id: 'scan',
      master: 'security-master',
      priority: 'medium',
      created_at: timeOf(2),
      dependencies: [],
      execution_id: executionId,
    });
    expect(sent(commands, 'LTRIM', 'cortex:tasks:queue')).toEqual([['-1000', '-1']]);
    expect(sent(commands, 'EXPIRE', 'cortex:tasks:queue')).toEqual([['604800']]);
  });

  it.each([
    ['starts', launched({ task: 'scan' })],
    ['completes', completed('scan')],
    ['is blocked', newEvent('task.blocked', { task: 'scan', master: 'security-master', by: ['other'] })],
  ])('take the very entry out of the queue when the task %s', (_what, event) => {
    const put = sent(commandsOf(started(), queued), 'RPUSH', 'cortex:tasks:queue')[0];
    expect(sent(commandsOf(started(), queued, event), 'LREM', 'cortex:tasks:queue')).toEqual([['0', ...(put ?? [])]]);
  });

  it('show a worker at work, with a lifetime', () => {
    const key = `cortex:workers:${executionId}:scan-1`;
    const commands = commandsOf(started(), queued, launched({ task: 'scan' }));
    expect(fieldsOf(sent(commands, 'HSET', key)[0])).toEqual({
      status: 'running',
      started_at: timeOf(3),
      progress: '0',
      tokens_used: '0',
      master: 'security-master',
      task_id: 'scan',
      execution_id: executionId,
    });
    expect(sent(commands, 'EXPIRE', key)).toEqual([['604800']]);
  });

  it('show what a worker came to, and what it spent', () => {
    const key = `cortex:workers:${executionId}:scan-1`;
    const end = (event: NewEvent): Readonly<Record<string, string>> =>
      fieldsOf(sent(commandsOf(started(), launched({ task: 'scan' }), event), 'HSET', key)[0]);
    expect(end(finished({ task: 'scan' }, { usage: usageOf(70) }))).toMatchObject({
      status: 'completed',
      progress: '100',
      tokens_used: '70',
    });
    expect(end(lost({ task: 'scan' }, { usage: usageOf(30) }))).toMatchObject({
      status: 'failed',
      progress: '0',
      tokens_used: '30',
    });
  });

  it('show a master with its heartbeat at whatever it writes, and at nothing else', () => {
    const key = 'cortex:masters:security-master';
    const settled = newEvent('budget.settled', { account: 'security-master', key: 'x', tokens: 40, microDollars: 0 });
    const log = [started(), launched({ task: 'scan' }), settled];
    expect(fieldsOf(sent(commandsOf(...log, by('security-master', phase)), 'HSET', key)[0])).toEqual({
      status: 'active',
      tasks_active: '1',
      tokens_used: '40',
      workers_spawned: '1',
      last_heartbeat: timeOf(4),
      execution_id: executionId,
    });
    expect(sent(commandsOf(...log, by('testing-master', phase)), 'HSET', key)).toEqual([]);
  });

  it('call a master idle that has no task at work', () => {
    const log = [started(), launched({ task: 'scan' }), by('security-master', completed('scan'))];
    const [fields] = sent(commandsOf(...log), 'HSET', 'cortex:masters:security-master');
    expect(fieldsOf(fields)).toMatchObject({ status: 'idle', tasks_active: '0' });
  });

  it('add every event to the stream, and bound the stream', () => {
    const commands = commandsOf(started(), queued);
    const [[how, about, most, id, ...fields] = []] = sent(commands, 'XADD', 'cortex:events:system');
    expect([how, about, most, id]).toEqual(['MAXLEN', '~', '10000', '*']);
    expect(fieldsOf(fields)).toEqual({
      event_type: 'task.queued',
      source: 'cortex',
      timestamp: timeOf(2),
      payload: JSON.stringify(queued.data),
      execution_id: executionId,
    });
    expect(sent(commands, 'EXPIRE', 'cortex:events:system')).toEqual([['604800']]);
  });

  it('leave a payload out that is too long for people, and say how long it is', () => {
    const payload = JSON.stringify({ phase: 'execution', limitMs: 1, exit: 'x'.repeat(5000) });
    const long = { ...phase, data: JSON.parse(payload) as unknown } as NewEvent;
    const events = logOf(started(), { ...long, type: 'phase.overran' } as NewEvent);
    const [[, , , , ...fields] = []] = sent(
      familiarCommands(events[1] as (typeof events)[number], foldEvents(executionId, events)),
      'XADD',
      'cortex:events:system',
    );
    expect(fieldsOf(fields)['payload']).toBe(`{"left_out_characters":${payload.length}}`);
  });

  it.for<readonly [string, string, readonly NewEvent[], Record<string, unknown>]>([
    ['PHASE_3_START', 'cortex:masters:coordination', [phase], { phase: 'execution', limit: 60 }],
    [
      'TASK_STARTED',
      'cortex:masters:coordination',
      [launched({ task: 'scan' })],
      { master: 'security-master', task_id: 'scan', estimated_duration: 60, workers_needed: 1 },
    ],
    [
      'WORKER_SPAWN',
      'cortex:workers:spawn',
      [launched({ task: 'scan', attempt: 2 })],
      { worker_id: 'scan-2', type: 'scan-worker', task: 'scan', budget: 100, timeout: 60 },
    ],
    [
      'WORKER_TERMINATE',
      'cortex:workers:control',
      [launched({ task: 'scan' }), finished({ task: 'scan' })],
      { worker_id: 'scan-1', reason: 'done' },
    ],
    [
      'WORKER_TERMINATE',
      'cortex:workers:control',
      [launched({ task: 'scan' }), lost({ task: 'scan' }, { class: 'timeout' })],
      { worker_id: 'scan-1', reason: 'timeout' },
    ],
    [
      'TASK_COMPLETE',
      'cortex:masters:coordination',
      [
        launched({ task: 'scan' }),
        lost({ task: 'scan' }, { usage: usageOf(30) }),
        launched({ task: 'scan', attempt: 2 }),
        finished({ task: 'scan', attempt: 2 }, { usage: usageOf(70), durationMs: 1500 }),
        completed('scan', { worker: 'scan-2' }),
      ],
      {
        master: 'security-master',
        task_id: 'scan',
        results: {
          document: sha256('scan'),
          findings: 0,
          silenced: 0,
          assets: 0,
          measurements: 0,
          changes: 0,
          reviews: 0,
          unread: 0,
        },
        tokens_used: 100,
        duration: 1.5,
      },
    ],
    [
      'DEPENDENCY_MET',
      'cortex:masters:dependencies',
      [completed('scan')],
      { master: 'testing-master', task_id: 'fix', dependency: 'scan' },
    ],
    [
      'ESCALATION',
      'cortex:masters:escalation',
      [
        newEvent('escalation.raised', {
          escalation: 'e1',
          task: 'scan',
          master: 'security-master',
          severity: 'high',
          issue: 'a password',
          options: ['proceed', 'stop'],
          recommendation: 'proceed',
          answerBy: null,
        }),
      ],
      {
        master: 'security-master',
        issue: 'a password',
        severity: 'high',
        options: ['proceed', 'stop'],
        recommendation: 'proceed',
        escalation_id: 'e1',
        task_id: 'scan',
        answer_by: null,
      },
    ],
    [
      'HANDOFF_REQUEST',
      'cortex:masters:handoff',
      [
        newEvent('handoff.requested', {
          handoff: 'h1',
          from: 'security-master',
          to: 'testing-master',
          task: 'fix',
          need: 'scan',
          expiresAt: timeOf(60),
        }),
      ],
      {
        from_master: 'security-master',
        to_master: 'testing-master',
        task_id: 'fix',
        context: { needs: 'scan', handoff_id: 'h1', expires_at: timeOf(60) },
      },
    ],
    [
      'RESOURCE_CONFLICT',
      'cortex:masters:coordination',
      [
        newEvent('paths.settled', {
          held: [
            {
              change: sha256('a'),
              by: sha256('b'),
              master: 'testing-master',
              winner: 'security-master',
              paths: ['src/a.ts'],
            },
          ],
        }),
      ],
      {
        change: sha256('a'),
        held_by: sha256('b'),
        master: 'testing-master',
        winner: 'security-master',
        paths: ['src/a.ts'],
      },
    ],
  ])('announce %s on %s', ([name, channel, events, payload]) => {
    const tasks = [declaredTask('scan'), declaredTask('fix', { needs: ['scan'], master: 'testing-master' })];
    const commands = commandsOf(started({ tasks }), ...events);
    const at = timeOf(events.length + 1);
    const expected = { event_type: name, source: 'cortex', timestamp: at, execution_id: executionId, payload };
    expect(published(commands, channel).filter((each) => each['event_type'] === name)).toEqual([expected]);
    const streamed = sent(commands, 'XADD', 'cortex:events:system').map((args) => fieldsOf(args.slice(4)));
    expect(streamed.map(({ event_type }) => event_type)).toContain(name);
  });

  it('announce a task as started once, however many attempts it takes', () => {
    const commands = commandsOf(started(), launched({ task: 'scan' }), launched({ task: 'scan', attempt: 2 }));
    expect(published(commands, 'cortex:masters:coordination')).toEqual([]);
  });

  it('send the figures whenever they change', () => {
    const log = [started(), launched({ task: 'scan' })];
    expect(published(commandsOf(...log), 'cortex:metrics:realtime').map(({ payload }) => payload)).toEqual([
      { tokens_used: 0, tasks_total: 1, tasks_completed: 0, workers_active: 1, workers_spawned: 1 },
    ]);
    expect(published(commandsOf(...log, phase), 'cortex:metrics:realtime')).toEqual([]);
  });

  it('show only what the filter calls ours', () => {
    const fired: string[] = [];
    const client = { fire: (command: string): void => void fired.push(command) };
    const names = familiarNames(client, ({ actor }) => actor === 'security-master');
    const events = logOf(started(), by('security-master', queued));
    const state = foldEvents(executionId, events);
    const [first, second] = events;
    if (!first || !second) throw new Error('two events');
    names.onEvent(first, state);
    expect(fired).toEqual([]);
    names.onEvent(second, state);
    expect(fired).toContain('RPUSH');
  });
});
