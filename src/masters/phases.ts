import type { ExecutionState } from '../execution/execution-state.ts';
import type { EventData } from '../protocol/event.ts';
import type { PhaseName } from '../protocol/words.ts';
import type { Board } from './board.ts';

type Exit = EventData<'phase.ended'>['exit'];

interface PhaseRun {
  readonly board: Board;
  /** Milliseconds that the plan gives each phase. */
  readonly limits: Readonly<Record<PhaseName, number>>;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * Runs one phase: says that it starts, waits until its exit criteria are seen in the events, says that it ended. A
 * phase that takes longer than the plan gives it says so, and goes on.
 */
export async function runPhase(phase: PhaseName, run: PhaseRun): Promise<void> {
  const { board, limits, now, signal } = run;
  if (board.state.phases.get(phase)?.endedAt) return;
  const limitMs = limits[phase];
  await board.write({
    id: `phase.started:${phase}`,
    actor: 'cortex',
    fence: 0,
    type: 'phase.started',
    data: { phase, limitMs },
  });
  const startedAt = Date.parse(board.state.phases.get(phase)?.startedAt ?? '') || now();
  const sayOverrun = (): Promise<void> =>
    board.write({
      id: `phase.overran:${phase}`,
      actor: 'cortex',
      fence: 0,
      type: 'phase.overran',
      data: { phase, limitMs },
    });
  const timer = setTimeout(() => void sayOverrun().catch(() => undefined), Math.max(0, startedAt + limitMs - now()));
  try {
    const exit = await board.until(
      (state) => (exitOf(phase, state).every((each) => each.met) ? exitOf(phase, state) : undefined),
      signal,
    );
    const tookMs = Math.max(0, now() - startedAt);
    // The timer is for those who watch: it may come too late, as in a run that was cut off and resumed.
    if (tookMs > limitMs) await sayOverrun();
    await board.write({
      id: `phase.ended:${phase}`,
      actor: 'cortex',
      fence: 0,
      type: 'phase.ended',
      data: { phase, tookMs, exit },
    });
  } finally {
    clearTimeout(timer);
  }
}

/** The exit criteria of a phase, each with what the events show. */
export function exitOf(phase: PhaseName, state: ExecutionState): Exit {
  return exits[phase](state);
}

const exits: { readonly [P in PhaseName]: (state: ExecutionState) => Exit } = {
  preflight: (state) => [
    met('doors-answer', state.preflight !== undefined, `${state.preflight?.checks.length ?? 0} checks made`),
    met('snapshot-taken', state.snapshot !== undefined, `${state.snapshot?.files ?? 0} files`),
  ],
  activation: (state) => {
    const masters = [...state.masters.values()];
    const active = masters.filter((master) => master.activatedAt !== undefined || master.reportedAt !== undefined);
    return [met('masters-active', active.length === masters.length, `${active.length} of ${masters.length}`)];
  },
  distribution: (state) => {
    const tasks = [...state.tasks.values()];
    const known = tasks.filter((task) => task.status !== 'pending');
    return [met('tasks-distributed', known.length === tasks.length, `${known.length} of ${tasks.length}`)];
  },
  execution: (state) => {
    const masters = [...state.masters.values()];
    const reported = masters.filter((master) => master.reportedAt !== undefined);
    return [met('masters-reported', reported.length === masters.length, `${reported.length} of ${masters.length}`)];
  },
  aggregation: (state) => [
    met(
      'results-joined',
      state.totals !== undefined,
      `${state.totals?.results.aggregated ?? 0} of ${state.totals?.results.expected ?? 0}`,
    ),
    met('criteria-evaluated', state.criteria !== undefined, `${state.criteria?.length ?? 0} criteria`),
  ],
  report: (state) => [met('report-written', state.files !== undefined, `${state.files?.length ?? 0} files`)],
};

function met(id: string, isMet: boolean, detail: string): Exit[number] {
  return { id, met: isMet, detail };
}
