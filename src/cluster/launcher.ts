/**
 * `cluster/` starts workers: as child processes, or as Jobs of a Kubernetes cluster. One door, whatever stands behind it.
 * Imports `protocol` and `shared`.
 */
import type { LaunchRequest, Outcome } from '../protocol/attempt.ts';

export interface RunningWorker {
  /** Where it runs: a node's name, or `local`. */
  readonly node: string;
  /** True when it was running, or had ended, before this launch. */
  readonly adopted: boolean;
  readonly outcome: Promise<Outcome>;
}

export interface Launcher {
  /** How many workers it can run at one time. */
  readonly slots: number;
  /** Where it runs them, as far as it knows before it starts one: a node's name. */
  readonly node: string;
  /** How long an attempt may wait for its place beyond its own time limit, in ms. */
  readonly waitMs: number;
  /** Starts the attempt, or adopts what an earlier process left of it. */
  readonly launch: (request: LaunchRequest) => Promise<RunningWorker>;
  /** Masked log lines of a worker so far. */
  readonly logs: (worker: string) => Promise<string>;
  /** Ends a worker and all it started. */
  readonly cancel: (worker: string) => Promise<void>;
  /** Ends every worker at once, without waiting: for a process that is about to end itself. */
  readonly kill: () => void;
  /** Ends every worker that is still running, and waits for them. */
  readonly close: () => Promise<void>;
  /**
   * Looks no more: workers that can go on without us do, for whoever goes on with the run; others are ended. Resolves with
   * how many go on.
   */
  readonly leave: () => Promise<number>;
  /** Removes what the execution has left where its workers ran: all that it had to say has been read. */
  readonly clear: () => Promise<void>;
}
