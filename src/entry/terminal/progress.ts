import type { ExecutionState } from '../../execution/execution-state.ts';
import type { Event } from '../../protocol/event.ts';
import type { Environment } from '../environment.ts';
import { describeEvent } from './describe-event.ts';
import { renderTree } from './tree.ts';

/** Shows how a run goes: a live tree on a terminal, plain lines when piped, nothing when silent. */
export interface Progress {
  readonly onEvent: (event: Event, state: ExecutionState) => void;
  /** Draws the last state and leaves it standing. */
  readonly stop: () => void;
}

export interface ProgressOptions {
  readonly kind: 'tree' | 'lines' | 'silent';
  readonly color: boolean;
  readonly columns: () => number;
  readonly rows: () => number;
  readonly write: (text: string) => void;
  readonly now: () => number;
}

const redrawMs = 100;

/** Bookkeeping that tells a reader of plain lines nothing. */
const unspoken = new Set<Event['type']>([
  'budget.reserved',
  'budget.settled',
  'claim.taken',
  'claim.released',
  'handoff.picked',
  'leg.measured',
  'paths.claimed',
  'task.queued',
  'worker.finished',
]);

export function createProgress(options: ProgressOptions): Progress {
  if (options.kind === 'silent') return { onEvent: () => undefined, stop: () => undefined };
  if (options.kind === 'lines') {
    const say = (event: Event): void => {
      if (!unspoken.has(event.type)) options.write(`${event.at.slice(11, 19)} ${describeEvent(event)}\n`);
    };
    return { onEvent: say, stop: () => undefined };
  }
  return liveTree(options);
}

/** Progress on the output of this process; where that is no terminal, a tree is shown as lines. */
export function terminalProgress(
  { isTerminal, noColor, columns }: Environment,
  { kind, write, now }: Pick<ProgressOptions, 'kind' | 'write' | 'now'>,
): Progress {
  return createProgress({
    kind: kind === 'tree' && !isTerminal ? 'lines' : kind,
    color: !noColor,
    columns: () => process.stdout.columns || columns,
    rows: () => process.stdout.rows || 50,
    write,
    now,
  });
}

function liveTree(options: ProgressOptions): Progress {
  let state: ExecutionState | undefined;
  let drawn = 0;
  const draw = (): void => {
    if (!state) return;
    const lines = renderTree(state, { nowMs: options.now(), columns: options.columns(), color: options.color });
    const shown = lines.slice(0, Math.max(1, options.rows() - 1));
    const up = drawn > 0 ? `\u001b[${drawn}A` : '';
    options.write(`${up}${shown.map((line) => `\u001b[2K${line}\n`).join('')}\u001b[0J`);
    drawn = shown.length;
  };
  const timer = setInterval(draw, redrawMs).unref();
  return {
    onEvent: (_event, latest) => {
      state = latest;
    },
    stop: () => {
      clearInterval(timer);
      draw();
    },
  };
}
