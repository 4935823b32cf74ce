import type { Io } from '../commands/commands.ts';
import type { Environment } from '../environment.ts';
import type { WorkflowEvent } from './event.ts';
import type { ReadInput } from './inputs.ts';

/** A step of a job that runs the action: what it was given, and where it may speak. */
export interface Step {
  readonly read: ReadInput;
  readonly environment: Environment;
  /** What started the workflow run; its reader is loaded when it is first asked for. */
  readonly event: () => Promise<WorkflowEvent>;
  /** The log, where the runner takes no commands: text of plans and repositories passes here. */
  readonly io: Io;
  /** The log, where the runner takes commands: annotations. */
  readonly annotate: (commands: string) => void;
  /** Lets a client of GitHub's own command the runner while it works: it hides what it says of addresses that are signed. */
  readonly heard: <T>(act: () => Promise<T>) => Promise<T>;
  readonly setOutput: (name: string, value: string) => void;
  /** Adds Markdown to the step's summary, cut where it would be dropped whole. */
  readonly summarise: (markdown: string) => Promise<void>;
  /** Hands a value on to the end of the job, where the step cleans up. */
  readonly saveState: (name: string, value: string) => void;
}

/** The environment of a step, without its store where the workflow says that legs share none. */
export function environmentOf({ read, environment }: Pick<Step, 'read' | 'environment'>): Environment {
  return read('shared') === 'false' ? withoutStore(environment) : environment;
}

/** A leg that runs everything needs no store, whether or not there is one. */
export function withoutStore(environment: Environment): Environment {
  return { ...environment, store: undefined, workerStore: undefined };
}

/** What a command of the action does; gives the exit code. */
export type RunStep = (step: Step) => Promise<number>;
