import type { PodLog } from './pod-log.ts';
import type { Pod } from './objects.ts';

/** How a container ended. */
export interface ContainerEnd {
  readonly exitCode: number;
  readonly reason: string;
  /** The termination message; empty without one. */
  readonly message: string;
}

/** What a runtime tells the kubelet of one pod. */
export interface PodHooks {
  readonly started: () => void;
  readonly ended: (end: ContainerEnd) => void;
  readonly waiting: (reason: string, message: string) => void;
}

/** A pod that was given to a runtime. */
export interface PodRun {
  /** Asks it to end, and ends it after the grace time. */
  readonly stop: (graceMs: number) => void;
  /** Undefined where the node keeps no logs. */
  readonly log: PodLog | undefined;
  /** Memory in use now; undefined where nothing runs that could be measured. */
  readonly bytes: () => number | undefined;
  /** Ends it at once and leaves nothing behind. */
  readonly discard: () => void;
}

/** What runs the containers of a node. */
export type Runtime = (pod: Pod, hooks: PodHooks) => PodRun;
