/**
 * `masters/` is a master's run: claim → gather → decide → dispatch → collect → judge → propose → report, and what runs
 * beside it: phases and escalations. Imports `plan`, `execution`, `protocol`, `shared`; doors only as interfaces.
 */
import type { PlanTask } from '../plan/plan.ts';
import type { LaunchRequest, Outcome } from '../protocol/attempt.ts';
import type { MasterName, Severity } from '../protocol/words.ts';
import type { Board } from './board.ts';
import type { Slots } from './slots.ts';

/** The launcher, as far as a master needs it. */
export interface WorkerLauncher {
  readonly launch: (request: LaunchRequest) => Promise<{ readonly node: string; readonly outcome: Promise<Outcome> }>;
  /** Where the next worker would run, as the launcher names it. */
  readonly node: string;
  /** How long an attempt may wait for its place beyond its own time limit, in ms. */
  readonly waitMs: number;
}

interface Booking {
  readonly account: MasterName;
  readonly key: string;
  readonly tokens: number;
  readonly microDollars: number;
}

type Answer = { readonly granted: true } | { readonly granted: false; readonly reason: string };
interface Held {
  readonly name: string;
  readonly owner: string;
  readonly fence: number;
}

/** The store, as far as a master needs it. */
export interface MasterStore {
  readonly putBlob: (content: string) => Promise<string>;
  readonly getBlob: (hash: string) => Promise<Uint8Array>;
  readonly claim: (name: string, owner: string, leaseMs: number) => Promise<Held | { readonly heldBy: string }>;
  readonly renew: (claim: Held, leaseMs: number) => Promise<void>;
  readonly release: (claim: Held) => Promise<void>;
  readonly claims: () => Promise<readonly (Held & { readonly leftMs: number })[]>;
  readonly reserve: (wanted: Booking, terms: { readonly leaseMs: number; readonly fence: number }) => Promise<Answer>;
  readonly settle: (spent: Booking) => Promise<void>;
  readonly move: (
    move: Omit<Booking, 'account'> & {
      readonly from: MasterName | 'reserve' | 'person';
      readonly to: MasterName;
      readonly reason: string;
    },
  ) => Promise<Answer>;
}

/** What all masters of a process share. */
export interface MasterContext {
  readonly execution: string;
  /** Name of this process among those that share the run. */
  readonly leg: string;
  /** Masters that this process was started for. */
  readonly own: ReadonlySet<MasterName>;
  /** Whether other processes may take part. */
  readonly shared: boolean;
  /** How long a leg waits for masters that nobody runs before it runs them itself, in ms. */
  readonly patienceMs: number;
  /** How long a claim lasts that is not renewed, in ms. */
  readonly leaseMs: number;
  readonly board: Board;
  readonly store: MasterStore;
  readonly launcher: WorkerLauncher;
  readonly slots: Slots;
  /** Hash of the snapshot manifest. */
  readonly workspace: string;
  /** Hash of the history document, made when first asked for. */
  readonly history: () => Promise<string>;
  /** Every task of the run by id, routed. */
  readonly tasks: ReadonlyMap<string, PlanTask>;
  /** Fencing tokens of the claims that this process holds: every event of a master carries its own. */
  readonly fences: Map<MasterName, number>;
  readonly doors: { readonly model: boolean };
  /** Set in a rehearsal: nothing is looked at, every task takes that long and finds nothing. */
  readonly rehearsal: { readonly durationMs: number } | undefined;
  /** Globs of paths that the plan lets changes touch; `deny` wins. */
  readonly publishPaths: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  /** What the plan answers when nobody else does. */
  readonly answers: Readonly<Record<Severity, 'proceed' | 'stop'>>;
  /** How long a person's answer is waited for, in ms; 0 where nobody can be asked. */
  readonly answerWaitMs: number;
  /** When the whole run has to be over, in ms since the epoch. */
  readonly deadlineAt: number;
  readonly now: () => number;
  /** Base of the retry waits, in ms; see `retry.ts`. */
  readonly retryBaseMs: number;
  /** Says what the store took so far; nothing where there is nothing to measure. */
  readonly measure: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** The fence of a master's claim; 0, which fences nothing, before it is claimed. */
export function fenceOf(master: MasterName, context: MasterContext): number {
  return context.fences.get(master) ?? 0;
}
