import { setMaxListeners } from 'node:events';
import type { Plan } from '../../plan/plan.ts';
import type { Event, EventData, NewEvent } from '../../protocol/event.ts';
import type { Report } from '../../protocol/report.ts';
import type { PhaseName } from '../../protocol/words.ts';
import { openBoard, type Board } from '../../masters/board.ts';
import type { MasterContext } from '../../masters/context.ts';
import { runPhase } from '../../masters/phases.ts';
import { runMaster } from '../../masters/run-master.ts';
import { createSlots } from '../../masters/slots.ts';
import type { Aggregate } from '../../report/aggregate.ts';
import { readHistory } from '../../repository/history.ts';
import type { Git } from '../../repository/git.ts';
import { readFileAt, type Head } from '../../repository/local-repository.ts';
import { takeSnapshot } from '../../repository/snapshot.ts';
import { canonicalJson } from '../../shared/canonical.ts';
import { problem } from '../../shared/errors.ts';
import type { ExecutionState } from '../../execution/execution-state.ts';
import { readBaseline } from './baseline.ts';
import { aggregateDocument, concludeReport, joinResults, judgeCriteria, judgeEnd, writeReport } from './conclude.ts';
import type { RunDoors } from './doors.ts';
import type { RunPaths } from './paths.ts';
import { preflightChecks, requirePreflight } from './preflight.ts';
import { openingEvents, type RoutedPlan } from './start.ts';

/** All that a run works with. */
export interface Run {
  readonly id: string;
  readonly routed: RoutedPlan;
  readonly planFacts: EventData<'execution.started'>['plan'];
  readonly head: Head;
  readonly git: Git;
  readonly doors: RunDoors;
  readonly paths: RunPaths;
  readonly workerProgram: string;
  /** Tasks of the plan that this run leaves out, because it runs some masters only. */
  readonly leftOut: readonly string[];
  readonly now: () => number;
  readonly retryBaseMs: number;
  readonly mask: (text: string) => string;
  readonly onEvent: (event: Event, state: ExecutionState) => void;
}

export interface RunEnd {
  readonly report: Report;
  readonly exitCode: number;
  readonly reason: string;
}

/** One execution, phase by phase, from wherever its log stands to its end. */
export async function runExecution(run: Run, signal: AbortSignal): Promise<RunEnd> {
  const board = openBoard({ id: run.id, source: run.doors.store, onEvent: run.onEvent }, signal);
  await begin(run, board);
  await phase('preflight', { run, board, signal }, () => preflight(run, board));
  await coordinate({ run, board, signal });
  const joined = await phase('aggregation', { run, board, signal }, () => aggregateResults(run, board));
  const report = await phase('report', { run, board, signal }, () => publishReport(run, board, joined));
  return end(board, report);
}

interface Stage {
  readonly run: Run;
  readonly board: Board;
  readonly signal: AbortSignal;
}

async function begin(run: Run, board: Board): Promise<void> {
  const events = await run.doors.store.read();
  if (events.length === 0)
    return board.write(...openingEvents({ routed: run.routed, plan: run.planFacts, head: run.head }));
  const last = events.at(-1)?.seq ?? 0;
  await board.until((state) => (state.lastSeq >= last ? true : undefined), new AbortController().signal);
  const relaunching = [...board.state.workers.values()]
    .filter((worker) => worker.status === 'running')
    .map((worker) => worker.worker);
  await board.write(event('execution.resumed', { relaunching }, `:${events.length}`));
}

/** Runs the work of a phase beside its clock; both have to succeed. */
async function phase<T>(name: PhaseName, stage: Stage, work: () => Promise<T>): Promise<T> {
  const [outcome] = await Promise.all([work(), runPhase(name, phaseRun(stage))]);
  return outcome;
}

function phaseRun({ run, board, signal }: Stage): Parameters<typeof runPhase>[1] {
  return { board, limits: run.routed.plan.phases, now: run.now, signal };
}

async function preflight(run: Run, board: Board): Promise<void> {
  const { store, launcher } = run.doors;
  if (!board.state.preflight) {
    const silences = await readFileAt(run, '.cortexignore');
    const checks = preflightChecks({
      plan: run.routed.plan,
      head: run.head,
      silences,
      leftOut: run.leftOut,
      workerProgram: run.workerProgram,
      slots: launcher.slots,
    });
    const known = readBaseline(run.paths.out, run.id);
    const list = known ? await store.putBlob(canonicalJson(known)) : null;
    const baseline = { assets: known?.assets.length ?? 0, source: known?.execution_id ?? null, list };
    await board.write(event('preflight.checked', { checks, baseline }));
    requirePreflight(checks);
  }
  if (!board.state.snapshot) {
    const taken = await takeSnapshot(run, store.putBlob);
    const { manifest, snapshot, bytes } = taken;
    await board.write(
      event('snapshot.taken', { manifest, files: snapshot.files.length, bytes, leftOut: snapshot.leftOut }),
    );
  }
}

/** Phases 1 to 3: the masters run side by side, while the phases are read off the events. */
async function coordinate(stage: Stage): Promise<void> {
  const { run, board, signal } = stage;
  const deadline = runDeadline(run.routed.plan, board, run.now);
  const stop = AbortSignal.any([signal, deadline.signal]);
  // Every task of every master waits on these: many listeners are no leak.
  setMaxListeners(0, signal, stop);
  const cancelWorkers = (): void => void run.doors.launcher.close();
  stop.addEventListener('abort', cancelWorkers, { once: true });
  try {
    const context = masterContext(stage, { deadlineAt: deadline.at, signal: stop });
    const masters = run.routed.assignments.map((assignment) => runMaster(assignment, context));
    await Promise.all([runWorkPhases(stage), ...masters]);
  } finally {
    deadline.clear();
    stop.removeEventListener('abort', cancelWorkers);
  }
}

async function runWorkPhases(stage: Stage): Promise<void> {
  for (const name of ['activation', 'distribution', 'execution'] as const) await runPhase(name, phaseRun(stage));
}

function masterContext(
  { run, board }: Stage,
  limits: { readonly deadlineAt: number; readonly signal: AbortSignal },
): MasterContext {
  const { store, launcher } = run.doors;
  let history: Promise<string> | undefined;
  return {
    execution: run.id,
    board,
    store,
    launcher: { launch: launcher.launch, node: launcher.node },
    slots: createSlots(launcher.slots, run.now),
    workspace: board.state.snapshot?.manifest ?? '',
    history: () => (history ??= readHistory(run).then((read) => store.putBlob(canonicalJson(read)))),
    tasks: run.routed.tasks,
    fences: new Map(),
    doors: { model: false },
    publishPaths: run.routed.plan.publish.paths,
    answers: run.routed.plan.escalations.severities,
    deadlineAt: limits.deadlineAt,
    now: run.now,
    retryBaseMs: run.retryBaseMs,
    signal: limits.signal,
  };
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

async function aggregateResults(run: Run, board: Board): Promise<Aggregate> {
  const joined = await joinResults(board.state, run.doors.store);
  const document = await run.doors.store.putBlob(aggregateDocument(joined));
  await board.write(event('results.aggregated', { totals: joined.totals, document }));
  await board.write(event('criteria.evaluated', { criteria: [...judgeCriteria(run.routed.plan, board.state)] }));
  return joined;
}

async function publishReport(run: Run, board: Board, joined: Aggregate): Promise<Report> {
  const concluded = concludeReport(run.id, { events: await run.doors.store.read(), joined, mask: run.mask });
  const own = [aggregateDocument(joined), concluded.logText];
  const files = await writeReport(concluded, { out: run.paths.out, blobs: run.doors.store, own, mask: run.mask });
  await board.write(event('report.written', { files }));
  return concluded.report;
}

async function end(board: Board, report: Report): Promise<RunEnd> {
  const { status, exitCode, reason } = judgeEnd(board.state);
  await board.write(event('execution.ended', { status, exitCode, reason }));
  return { report, exitCode, reason };
}

type OwnEvent =
  | 'execution.resumed'
  | 'preflight.checked'
  | 'snapshot.taken'
  | 'results.aggregated'
  | 'criteria.evaluated'
  | 'report.written'
  | 'execution.ended';

/** An event of the run itself; each happens once, but for resumptions. */
function event<T extends OwnEvent>(type: T, data: EventData<T>, suffix = ''): NewEvent {
  return { id: `${type}${suffix}`, actor: 'cortex', fence: 0, type, data } as NewEvent;
}
