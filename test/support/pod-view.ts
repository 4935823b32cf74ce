import type { PodEnd, PodView } from '../../src/cluster/kubernetes/observe/pod-view.ts';

/** A pod that runs; each test says what differs. */
export function podView(change: Partial<PodView> = {}): PodView {
  return {
    name: 'cx-1-scan-a1-x',
    uid: 'pod',
    job: 'cx-1-scan-a1',
    jobUid: 'job',
    phase: 'Running',
    reason: '',
    message: '',
    node: 'agent-1',
    deletion: undefined,
    disruption: undefined,
    unscheduled: undefined,
    waiting: undefined,
    startedAt: 1000,
    ended: undefined,
    ...change,
  };
}

/** How its container ended. */
export function podEnd(exitCode: number, change: Partial<PodEnd> = {}): PodEnd {
  return {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    message: '',
    startedAt: 1000,
    finishedAt: 3500,
    ...change,
  };
}
