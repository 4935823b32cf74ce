import { factsOf } from '../src/execution/facts.ts';
import { stateFiles } from '../src/execution/state-files.ts';
import { foldEvents } from '../src/execution/state.ts';
import { parseEvent, type Event, type NewEvent } from '../src/protocol/event.ts';
import { median } from './measure.ts';

export interface ProjectionFigures {
  /** JSON.parse of every line. */
  readonly parseMs: number;
  /** From the lines to state, state files and facts: parsed, checked and folded. */
  readonly projectMs: number;
}

const id = 'CORTEX-EXEC-BENCH';
const at = '2026-01-01T00:00:00.000Z';

/** Both over the same log of that many events, in turns. */
export function measureProjection(events: number): ProjectionFigures {
  const lines = logOf(events).map((event) => JSON.stringify(event));
  const turns = events >= 1e6 ? 3 : 7;
  const parse: number[] = [];
  const project: number[] = [];
  for (let turn = 0; turn <= turns; turn += 1) {
    const parseMs = timed(() => lines.forEach((line) => JSON.parse(line)));
    const projectMs = timed(() => projectLines(lines));
    if (turn > 0) {
      parse.push(parseMs);
      project.push(projectMs);
    }
  }
  return { parseMs: median(parse), projectMs: median(project) };
}

function projectLines(lines: readonly string[]): void {
  const state = foldEvents(id, parsed(lines));
  if (state.lastSeq !== lines.length) throw new Error(`${state.lastSeq} of ${lines.length} events were projected`);
  stateFiles(state);
  factsOf(state);
}

function* parsed(lines: readonly string[]): Iterable<Event> {
  for (const line of lines) yield parseEvent(JSON.parse(line));
}

function timed(work: () => void): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}

/** A log as runs make it: each task queued, reserved, launched, finished, settled and completed. */
function logOf(count: number): readonly Event[] {
  const tasks = Math.ceil(count / eventsOf('').length);
  const names = Array.from({ length: tasks }, (_, index) => `task-${index}`);
  return [benchStart(names), ...names.flatMap(eventsOf)]
    .slice(0, count)
    .map((event, index) => ({ v: 1, seq: index + 1, at, ...event }) as Event);
}

const hash = 'a'.repeat(64);
const master = 'security-master';
const booking = { account: master, tokens: 1000, microDollars: 10 } as const;
const usage = { inputTokens: 900, outputTokens: 100, cacheReadTokens: 0, cacheWriteTokens: 0, microDollars: 10 };

function eventsOf(task: string): readonly NewEvent[] {
  const worker = { worker: `${task}-1`, task, master, attempt: 1 } as const;
  const counts = { findings: 3, silenced: 0, assets: 0, measurements: 2, changes: 1, reviews: 0, unread: 0 };
  const said = { actor: master, fence: 1 };
  return [
    { id: `q:${task}`, ...said, type: 'task.queued', data: { task, master, waitsFor: [] } },
    { id: `r:${task}`, ...said, type: 'budget.reserved', data: { ...booking, key: worker.worker, expiresAt: at } },
    {
      id: `l:${task}`,
      ...said,
      type: 'worker.launched',
      data: { ...worker, kind: 'scan-worker', capability: 'secrets', node: 'agent-1', document: hash },
    },
    {
      id: `f:${task}`,
      ...said,
      type: 'worker.finished',
      data: { ...worker, status: 'done', result: hash, usage, durationMs: 1000, cpuMs: 900, peakBytes: 1e8 },
    },
    { id: `s:${task}`, ...said, type: 'budget.settled', data: { ...booking, key: worker.worker } },
    {
      id: `c:${task}`,
      ...said,
      type: 'task.completed',
      data: { task, master, worker: worker.worker, result: hash, status: 'done', summary: '3 findings', counts },
    },
  ];
}

/** The first event of an execution with those tasks, all of one master whose budget has no end. */
export function benchStart(tasks: readonly string[]): NewEvent {
  const phases = { preflight: 1, activation: 1, distribution: 1, execution: 1, aggregation: 1, report: 1 };
  return {
    id: 'execution.started',
    actor: 'cortex',
    fence: 0,
    type: 'execution.started',
    data: {
      plan: { name: 'bench', file: 'plans/bench.yaml', digest: hash, blob: hash },
      repository: 'example/shop',
      commit: 'c'.repeat(40),
      simulated: false,
      doors: { redis: true, cluster: false, model: false, catalog: false, github: false },
      deadlineMs: 3_600_000,
      phases,
      budget: { tokens: 1e12, microDollars: 1e12, reserveTokens: 0, reserveMicroDollars: 0 },
      masters: [{ name: master, tokens: 1e12, microDollars: 1e12 }],
      tasks: tasks.map((id) => ({
        id,
        title: `Do ${id}`,
        master,
        kind: 'scan-worker',
        capability: 'secrets',
        priority: 'medium',
        needs: [],
        tokens: 1000,
        timeoutMs: 60_000,
        inputs: {},
      })),
    },
  };
}
