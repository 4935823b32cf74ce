import type { ExecutionState } from '../execution/execution-state.ts';
import { applyEvent, emptyState } from '../execution/state.ts';
import type { Event, NewEvent } from '../protocol/event.ts';

/** What a master sees of the whole execution: its state as the log tells it, and a way to wait for more. */
export interface Board {
  readonly state: ExecutionState;
  /** Resolves with the first answer that is not undefined, asked now and after each event. */
  readonly until: <T>(look: (state: ExecutionState) => T | undefined, signal: AbortSignal) => Promise<T>;
  /** Writes events and returns once this board has them. */
  readonly write: (...events: readonly NewEvent[]) => Promise<void>;
}

/** Waits as `until` does, but for at most `ms`: undefined where the time is over first. */
export async function within<T>(
  board: Pick<Board, 'until'>,
  look: (state: ExecutionState) => T | undefined,
  { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
): Promise<T | undefined> {
  const time = new AbortController();
  const timer = setTimeout(() => time.abort(), Math.max(0, ms));
  try {
    return await board.until(look, AbortSignal.any([signal, time.signal]));
  } catch (error) {
    if (signal.aborted || !time.signal.aborted) throw error;
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

export interface BoardSource {
  readonly append: (events: readonly NewEvent[]) => Promise<readonly Event[]>;
  readonly follow: (fromSeq: number, signal: AbortSignal) => AsyncIterable<Event>;
}

/**
 * A board that follows a store until the signal aborts. `onEvent` sees each event after the state has it. Where either
 * fails, the board stands still, and all who wait on it get the error.
 */
export function openBoard(
  options: {
    readonly id: string;
    readonly source: BoardSource;
    readonly onEvent?: (event: Event, state: ExecutionState) => void;
  },
  signal: AbortSignal,
): Board & { readonly closed: Promise<void> } {
  const state = emptyState(options.id);
  const waiting = new Set<() => void>();
  let failure: { readonly error: Error } | undefined;
  const follow = async (): Promise<void> => {
    for await (const event of options.source.follow(1, signal)) {
      applyEvent(state, event);
      options.onEvent?.(event, state);
      waiting.forEach((look) => look());
    }
  };
  const closed = follow().catch((error: unknown) => {
    failure = { error: error as Error };
    waiting.forEach((look) => look());
  });
  const until: Board['until'] = (look, stop) =>
    new Promise((resolve, reject) => {
      const settle = (): void => {
        waiting.delete(check);
        stop.removeEventListener('abort', abort);
      };
      const check = (): void => {
        if (failure) return giveUp(failure.error);
        const answer = look(state);
        if (answer === undefined) return;
        settle();
        resolve(answer);
      };
      const giveUp = (error: Error): void => {
        settle();
        reject(error);
      };
      const abort = (): void => giveUp(stop.reason as Error);
      stop.addEventListener('abort', abort, { once: true });
      waiting.add(check);
      if (stop.aborted) abort();
      else check();
    });
  const write: Board['write'] = async (...events) => {
    const kept = await options.source.append(events);
    const last = kept.at(-1)?.seq;
    if (last !== undefined) await until((seen) => (seen.lastSeq >= last ? true : undefined), signal);
  };
  return { state, until, write, closed };
}
