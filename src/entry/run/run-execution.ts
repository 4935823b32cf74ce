import { plainChecks, type CheckLine } from '../../cluster/kubernetes/doctor/check.ts';
import type { ExecutionState, MasterState } from '../../execution/execution-state.ts';
import { openBoard, type Board } from '../../masters/board.ts';
import { runPhase } from '../../masters/phases.ts';
import type { Event, EventData } from '../../protocol/event.ts';
import type { Report } from '../../protocol/report.ts';
import { cliExit, type MasterName, type PhaseName } from '../../protocol/words.ts';
import type { Aggregate } from '../../report/aggregate.ts';
import type { Git } from '../../repository/git.ts';
import { readFileAt, type Head } from '../../repository/local-repository.ts';
import { takeSnapshot } from '../../repository/snapshot.ts';
import { canonicalJson } from '../../shared/canonical.ts';
import { readBaseline } from './baseline.ts';
import { begin } from './begin.ts';
import {
  aggregateDocument,
  concludeReport,
  evidenceLost,
  joinResults,
  judgeCriteria,
  judgeEnd,
  writeReport,
} from './conclude.ts';
import { coordinate, phaseRun } from './coordinate.ts';
import type { RunDoors } from './doors.ts';
import { onceAmong, type Step } from './once-among.ts';
import type { RunPaths } from './paths.ts';
import { preflightChecks, requirePreflight } from './preflight.ts';
import { runEvent } from './run-event.ts';
import type { RoutedPlan } from './start.ts';

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
  /** Masters that this process was started for. */
  readonly own: readonly MasterName[];
  /** Tasks of the plan that this run leaves out, because it runs some masters only. */
  readonly leftOut: readonly string[];
  /** Set in a rehearsal: how long each worker takes. */
  readonly rehearsal: { readonly durationMs: number } | undefined;
  readonly retryBaseMs: number;
  /** How long a claim lasts that is not renewed, and how long masters are waited for that nobody runs, in ms. */
  readonly leaseMs: number;
  readonly patienceMs: number;
  readonly mask: (text: string) => string;
  readonly onEvent: (event: Event, state: ExecutionState) => void;
}

/** How a run ended for this process: with the whole execution, or with the masters that were its own. */
export type RunEnd =
  | { readonly of: 'execution'; readonly report: Report; readonly exitCode: number; readonly reason: string }
  | {
      readonly of: 'leg';
      readonly masters: readonly MasterState[];
      readonly exitCode: number;
      readonly reason: string;
    };

/** What each step of a run works on. */
export interface Stage {
  readonly run: Run;
  readonly board: Board;
  readonly signal: AbortSignal;
}

/** One execution, phase by phase, from wherever its log stands to its end. */
export async function runExecution(run: Run, signal: AbortSignal): Promise<RunEnd> {
  const board = openBoard({ id: run.id, source: run.doors.store, onEvent: run.onEvent }, signal);
  const stage = { run, board, signal };
  await begin(run, board);
  const checks = await ownChecks(run);
  await once(stage, 'preflight', {
    isDone: (state) => state.phases.get('preflight')?.endedAt !== undefined,
    work: () => phase('preflight', stage, () => preflight(run, board, checks)),
  });
  requirePreflight(checks);
  await coordinate(stage);
  if (!allReported(board.state)) return endOfLeg(run, board);
  const ended = await once(stage, 'conclusion', { isDone: hasEnded, work: () => conclude(stage) });
  // All that workers had to say is in the report: what they left in the cluster is of no use any more.
  if (hasEnded(board.state)) await run.doors.launcher.clear().catch(() => undefined);
  return ended ?? endOfLeg(run, board);
}

/** A step that one process does for all; undefined where another has done it. */
async function once<T>(stage: Stage, name: string, step: Step<T>): Promise<T | undefined> {
  const { run, board } = stage;
  if (run.doors.shared) return onceAmong(stage, { ...step, name, owner: `${name}@${run.doors.shared.leg}` });
  return step.isDone(board.state) ? undefined : step.work();
}

async function conclude(stage: Stage): Promise<RunEnd> {
  const { run, board } = stage;
  const joined = await phase('aggregation', stage, () => aggregateResults(run, board));
  const report = await phase('report', stage, () => publishReport(run, board, joined));
  return end(board, report);
}

/** Runs the work of a phase beside its clock; both have to succeed. */
async function phase<T>(name: PhaseName, stage: Stage, work: () => Promise<T>): Promise<T> {
  const [outcome] = await Promise.all([work(), runPhase(name, phaseRun(stage))]);
  return outcome;
}

async function preflight(run: Run, board: Board, checks: readonly CheckLine[]): Promise<void> {
  const { store } = run.doors;
  if (!board.state.preflight) {
    const known = readBaseline(run.paths.out, run.id);
    const list = known ? await store.putBlob(canonicalJson(known)) : null;
    const baseline = { assets: known?.assets.length ?? 0, source: known?.execution_id ?? null, list };
    await board.write(runEvent('preflight.checked', { checks: plainChecks(checks), baseline }));
  }
  requirePreflight(checks);
  if (!board.state.snapshot) {
    const { manifest, snapshot, bytes } = await takeSnapshot(run, store.putBlob);
    const { files, leftOut } = snapshot;
    await board.write(runEvent('snapshot.taken', { manifest, files: files.length, bytes, leftOut }));
  }
}

/** What this process finds on its own machine, and over its own way in to the cluster. */
async function ownChecks(run: Run): Promise<readonly CheckLine[]> {
  const { launcher, facts, shared, cluster } = run.doors;
  return preflightChecks({
    plan: run.routed.plan,
    head: run.head,
    silences: await readFileAt(run, '.cortexignore'),
    leftOut: run.leftOut,
    workerProgram: run.workerProgram,
    slots: launcher.slots,
    facts,
    cluster: cluster && (await lookAtCluster(run, cluster)),
    about: shared?.about,
    worker: shared?.worker,
  });
}

/** The client of the cluster is large: it is loaded only where there is one. */
async function lookAtCluster(run: Run, cluster: NonNullable<RunDoors['cluster']>): Promise<readonly CheckLine[]> {
  const { clusterChecks } = await import('./cluster-checks.ts');
  return clusterChecks(run, cluster);
}

async function aggregateResults(run: Run, board: Board): Promise<Aggregate> {
  const joined = await joinResults(board.state, run.doors.store);
  const document = await run.doors.store.putBlob(aggregateDocument(joined));
  await board.write(runEvent('results.aggregated', { totals: joined.totals, document }));
  await board.write(runEvent('criteria.evaluated', { criteria: [...judgeCriteria(run.routed.plan, board.state)] }));
  return joined;
}

async function publishReport(run: Run, board: Board, joined: Aggregate): Promise<Report> {
  const concluded = concludeReport(run.id, { events: await run.doors.store.read(), joined, mask: run.mask });
  const own = [aggregateDocument(joined), concluded.logText];
  const places = { out: run.paths.out, blobs: run.doors.store, own, mask: run.mask };
  const { written, missing } = await writeReport(concluded, places);
  if (missing.length > 0) throw evidenceLost(missing);
  await board.write(runEvent('report.written', { files: written }));
  return concluded.report;
}

async function end(board: Board, report: Report): Promise<RunEnd> {
  const { status, exitCode, reason } = judgeEnd(board.state);
  await board.write(runEvent('execution.ended', { status, exitCode, reason }));
  return { of: 'execution', report, exitCode, reason };
}

function allReported(state: ExecutionState): boolean {
  return [...state.masters.values()].every((master) => master.reportedAt !== undefined);
}

function hasEnded(state: ExecutionState): boolean {
  return state.ended !== undefined;
}

/** What this process's own masters came to, where another process ends the execution. */
function endOfLeg(run: Run, board: Board): RunEnd {
  const masters = [...board.state.masters.values()].filter((master) => run.own.includes(master.name));
  const incomplete = masters.filter((master) => master.report?.outcome !== 'complete');
  const reasons = incomplete.map((master) => `${master.name}: ${master.report?.summary ?? 'no report'}`);
  const exitCode = incomplete.length === 0 ? cliExit.success : cliExit.gateFailed;
  return { of: 'leg', masters, exitCode, reason: reasons.join('; ') || 'its masters are complete' };
}
