import { apiTime, setCondition, type Condition, type ContainerState, type Pod } from './objects.ts';
import type { ContainerEnd } from './runtime.ts';

/** What kubelets write into the status of a pod with one container. */
export function running(pod: Pod, nowMs: number): void {
  const startedAt = apiTime(nowMs);
  pod.status.phase = 'Running';
  pod.status.startTime ??= startedAt;
  pod.status.hostIP = '127.0.0.1';
  pod.status.podIP = '10.44.0.1';
  for (const type of ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady']) {
    addCondition(pod, { type, status: 'True' }, nowMs);
  }
  setState(pod, { running: { startedAt } }, true);
}

export function waiting(pod: Pod, why: { readonly reason: string; readonly message: string }, nowMs: number): void {
  pod.status.startTime ??= apiTime(nowMs);
  addCondition(pod, { type: 'Initialized', status: 'True' }, nowMs);
  const unready = { status: 'False', reason: 'ContainersNotReady' } as const;
  const message = `containers with unready status: [${pod.spec.containers[0]?.name ?? ''}]`;
  for (const type of ['Ready', 'ContainersReady']) addCondition(pod, { type, ...unready, message }, nowMs);
  setState(pod, { waiting: why }, false);
}

export function ended(pod: Pod, end: ContainerEnd, nowMs: number): void {
  const { exitCode, reason, message } = end;
  pod.status.phase = exitCode === 0 && !pod.status.reason ? 'Succeeded' : 'Failed';
  const why = pod.status.phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed';
  for (const type of ['Ready', 'ContainersReady']) addCondition(pod, { type, status: 'False', reason: why }, nowMs);
  const startedAt =
    pod.status.containerStatuses?.[0]?.state.running?.startedAt ?? pod.status.startTime ?? apiTime(nowMs);
  const told = message ? { message } : {};
  setState(pod, { terminated: { exitCode, reason, ...told, startedAt, finishedAt: apiTime(nowMs) } }, false);
}

export function addCondition(pod: Pod, condition: Condition, nowMs: number): void {
  const timed = { lastProbeTime: null, lastTransitionTime: apiTime(nowMs), ...condition };
  pod.status.conditions = setCondition(pod.status.conditions, timed);
}

/** What marks a pod that is ended for reasons that are not its own. */
export function disrupt(pod: Pod, why: { readonly reason: string; readonly message: string }, nowMs: number): void {
  addCondition(pod, { type: 'DisruptionTarget', status: 'True', ...why }, nowMs);
}

function setState(pod: Pod, state: ContainerState, isReady: boolean): void {
  const [container] = pod.spec.containers;
  if (!container) return;
  const containerID = state.waiting ? {} : { containerID: `containerd://${pod.metadata.uid.replaceAll('-', '')}` };
  const base = { name: container.name, image: container.image, imageID: '', restartCount: 0 };
  pod.status.containerStatuses = [{ ...base, ready: isReady, started: isReady, ...containerID, state }];
}
