/**
 * `workers/` is a worker's run: fetch task → open workspace → do → gate → publish → finish. `kinds/` has a folder per
 * worker kind and one file per capability. Imports `protocol`, `checks`, `shared`; doors only as interfaces.
 */
import type { z } from 'zod';
import type { Asset } from '../protocol/asset.ts';
import type { capabilities, Capabilities } from '../protocol/capabilities.ts';
import type { Change, Review } from '../protocol/change.ts';
import type { Finding } from '../protocol/finding.ts';
import type { Measurement, Result, ResultStatus, Usage } from '../protocol/result.ts';
import type { Task } from '../protocol/task.ts';
import type { WorkerKind } from '../protocol/words.ts';
import type { History } from '../protocol/workspace.ts';
import type { Workspace } from '../checks/workspace.ts';

/** Keeps an artefact under its SHA-256 and returns the hash; objects are kept as canonical JSON. */
export type KeepEvidence = (title: string, mediaType: string, content: string | object) => Promise<string>;

export interface CommandOutcome {
  /** Exit code; null when a signal or the time limit ended the command. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Runs a program of the repository in a private copy of the workspace, with a bare environment and no shell. */
export type RunCommand = (
  argv: readonly string[],
  limits: { readonly timeoutMs: number },
) => Promise<CommandOutcome & { readonly directory: string }>;

/** All that a capability may use. */
export interface WorkContext<Inputs> {
  readonly task: Task;
  readonly inputs: Inputs;
  readonly workspace: Workspace;
  /** Only for capabilities that declare `needsHistory`. */
  readonly history: () => Promise<History>;
  /** Results of the tasks that this one needs, in the order declared. */
  readonly upstream: readonly { readonly task: string; readonly capability: string; readonly result: Result }[];
  readonly keepEvidence: KeepEvidence;
  /** Only for capabilities that declare `runsCommands`. */
  readonly runCommand: RunCommand;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What a capability returns; `publish` sorts, silences, adds the evidence list and checks it against the schema. */
export interface Work {
  readonly summary: string;
  readonly status?: ResultStatus;
  readonly findings?: readonly Finding[];
  readonly assets?: readonly Asset[];
  readonly measurements?: readonly Measurement[];
  readonly changes?: readonly Change[];
  readonly reviews?: readonly Review[];
  readonly unread?: readonly { readonly path: string; readonly reason: string }[];
  readonly usage?: Usage;
}

export type CapabilityOf<K extends WorkerKind> = keyof Capabilities[K] & string;
type InputsOf<K extends WorkerKind, C extends CapabilityOf<K>> = Capabilities[K][C] extends {
  inputs: infer S extends z.ZodType;
}
  ? z.output<S>
  : never;
type WithoutModel<K extends WorkerKind> = {
  [C in CapabilityOf<K>]: Capabilities[K][C] extends { needsModel: true } ? never : C;
}[CapabilityOf<K>];

/** One capability as code. */
export type Perform<K extends WorkerKind, C extends CapabilityOf<K>> = (
  context: WorkContext<InputsOf<K, C>>,
) => Promise<Work>;

/** Every rule-made capability of a kind, exhaustively: adding one to `capabilities` breaks the build until it is here. */
export type KindImplementation<K extends WorkerKind> = { readonly [C in WithoutModel<K>]: Perform<K, C> };

export type { capabilities };
