import type { PodWishes } from '../../src/cluster/kubernetes/spec/wishes.ts';
import type { LaunchRequest } from '../../src/protocol/attempt.ts';

/** A request as a master makes it, for the first attempt at a task named as the worker without its number. */
export function launchRequest(worker: string, change: Partial<LaunchRequest> = {}): LaunchRequest {
  return {
    worker,
    task: worker.replace(/-\d+$/, ''),
    master: 'security-master',
    kind: 'scan-worker',
    capability: 'dependencies',
    attempt: 1,
    document: '0'.repeat(64),
    timeoutMs: 30_000,
    memoryBytes: 512 * 1024 * 1024,
    cpuMillicores: 100,
    diskBytes: 64 * 1024 * 1024,
    node: null,
    image: null,
    rehearsal: null,
    ...change,
  };
}

/** What a plan wishes of pods that says nothing of them. */
export const plainWishes: PodWishes = {
  image: 'node:24-bookworm',
  spread: 'hostname',
  tolerations: [],
  nodeSelector: {},
  servers: 'avoid',
  priorityClass: null,
  runtimeClass: null,
  queue: null,
};
