import { setMaxListeners } from 'node:events';
import type { Board } from '../../masters/board.ts';
import type { MasterContext } from '../../masters/context.ts';
import { runLeg } from '../../masters/leg.ts';
import { runPhase } from '../../masters/phases.ts';
import { createSlots } from '../../masters/slots.ts';
import type { Plan } from '../../plan/plan.ts';
import { readHistory } from '../../repository/history.ts';
import { canonicalJson } from '../../shared/canonical.ts';
import { problem } from '../../shared/errors.ts';
import { runEvent } from './run-event.ts';
import { writeNotices } from './notices.ts';
import { sampleCluster } from './sampling.ts';
import type { Stage } from './run-execution.ts';

/** Phases 1 to 3: the masters of this process run side by side, while the phases are read off the events. */
export async function coordinate(stage: Stage): Promise<void> {
  const { run, board, signal } = stage;
  const deadline = runDeadline(run.routed.plan, board, run.doors.now);
  const cancelled = cancellation(board, signal);
  const stop = AbortSignal.any([signal, deadline.signal, cancelled]);
  // Every task of every master waits on these: many listeners are no leak.
  setMaxListeners(0, signal, stop);
  const cancelWorkers = (): void => void run.doors.launcher.close().catch(() => undefined);
  stop.addEventListener('abort', cancelWorkers, { once: true });
  const left = new AbortController();
  const phases = runWorkPhases({ ...stage, signal: AbortSignal.any([signal, left.signal]) });
  try {
    const context = masterContext(stage, { deadlineAt: deadline.at, signal: stop });
    writeNotices(run.doors.notices, board, context);
    void sampleCluster(stage, AbortSignal.any([stop, left.signal]));
    await Promise.race([runLeg(run.routed.assignments, context), failureOf(phases)]);
    // Masters that others run are theirs to wait for.
    if (run.doors.shared && [...board.state.masters.values()].some((master) => !master.reportedAt)) left.abort();
    await phases.catch((error: unknown) => {
      if (!left.signal.aborted) throw error;
    });
  } finally {
    left.abort();
    deadline.clear();
    stop.removeEventListener('abort', cancelWorkers);
  }
}

/** What a phase needs to run. */
export function phaseRun({ run, board, signal }: Stage): Parameters<typeof runPhase>[1] {
  return { board, limits: run.routed.plan.phases, now: run.doors.now, signal };
}

/** Never resolves; rejects as the work does. */
async function failureOf(work: Promise<unknown>): Promise<never> {
  await work;
  return new Promise(() => undefined);
}

async function runWorkPhases(stage: Stage): Promise<void> {
  for (const name of ['activation', 'distribution', 'execution'] as const) await runPhase(name, phaseRun(stage));
}

function masterContext(
  { run, board }: Stage,
  limits: { readonly deadlineAt: number; readonly signal: AbortSignal },
): MasterContext {
  const { store, launcher, shared, now } = run.doors;
  const { plan } = run.routed;
  let history: Promise<string> | undefined;
  return {
    execution: run.id,
    leg: shared?.leg ?? run.id,
    own: new Set(run.own),
    shared: shared !== undefined,
    leaseMs: run.leaseMs,
    patienceMs: run.patienceMs,
    board,
    store,
    launcher: { launch: launcher.launch, node: launcher.node, waitMs: launcher.waitMs },
    slots: createSlots(launcher.slots, now),
    workspace: board.state.snapshot?.manifest ?? '',
    history: () => (history ??= readHistory(run).then((read) => store.putBlob(canonicalJson(read)))),
    tasks: run.routed.tasks,
    fences: new Map(),
    doors: { model: false },
    rehearsal: run.rehearsal,
    publishPaths: plan.publish.paths,
    answers: plan.escalations.severities,
    answerWaitMs: shared ? plan.escalations.waitMs : 0,
    deadlineAt: limits.deadlineAt,
    now,
    retryBaseMs: run.retryBaseMs,
    measure: () => measure({ run, board }),
    signal: limits.signal,
  };
}

/** Says what the shared store took so far; a folder is not measured. */
async function measure({ run, board }: Pick<Stage, 'run' | 'board'>): Promise<void> {
  const { shared } = run.doors;
  if (!shared) return;
  const figures = shared.latency();
  await board.write(runEvent('leg.measured', { leg: shared.leg, ...figures }, `:${shared.leg}:${figures.commands}`));
}

/** Aborts when somebody asks for the end of the whole execution: then all is as at its deadline. */
function cancellation(board: Board, signal: AbortSignal): AbortSignal {
  const abort = new AbortController();
  board
    .until((state) => state.cancelledBy, signal)
    .then((by) => abort.abort(executionCancelled(by)))
    .catch(() => undefined);
  return abort.signal;
}

function executionCancelled(by: string): Error {
  return problem('execution-cancelled', `The execution was cancelled by ${by}`, { hint: 'Start a fresh execution.' });
}

/** The run's deadline counts from its first event, so that a resumed run does not get a second one. */
function runDeadline(
  plan: Plan,
  board: Board,
  now: () => number,
): { at: number; signal: AbortSignal; clear: () => void } {
  const at = Date.parse(board.state.startedAt ?? '') + plan.deadlineMs;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(deadlinePassed(plan)), Math.max(0, at - now()));
  return { at, signal: abort.signal, clear: () => clearTimeout(timer) };
}

function deadlinePassed(plan: Plan): Error {
  return problem('deadline-passed', `The run's deadline of ${plan.deadlineMs / 60_000} minutes has passed`, {
    hint: 'Raise spec.deadline in the plan, or give it less to do.',
  });
}
