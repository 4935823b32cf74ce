import type { DisruptionCause, Outcome } from '../../../protocol/attempt.ts';
import { judgeEnding, readEnvelope, type Ending, type FoundEnvelope } from '../../outcome.ts';
import type { PodView } from './pod-view.ts';

/** What our own launcher did to the attempt, where it did anything. */
export type EndedByUs = 'cancel' | 'time-limit' | undefined;

/** Reasons of the condition `DisruptionTarget`, as Kubernetes documents them. */
const causes: Readonly<Record<string, DisruptionCause>> = {
  PreemptionByScheduler: 'preempted',
  PreemptionByKubeScheduler: 'preempted',
  DeletionByTaintManager: 'node-lost',
  EvictionByEvictionAPI: 'drained',
  DeletionByPodGC: 'node-lost',
  TerminationByKubelet: 'evicted',
};

/** Reasons that stand on the whole pod. `Terminated` and `NodeShutdown` are what kubelets say of a node that goes down. */
const podReasons: Readonly<Record<string, DisruptionCause>> = {
  Evicted: 'evicted',
  Preempting: 'preempted',
  NodeLost: 'node-lost',
  NodeShutdown: 'node-shutdown',
  Terminated: 'node-shutdown',
  Shutdown: 'node-shutdown',
  NodeAffinity: 'not-started',
  UnexpectedAdmissionError: 'not-started',
  OutOfcpu: 'not-started',
  OutOfmemory: 'not-started',
  OutOfpods: 'not-started',
  'OutOfephemeral-storage': 'not-started',
};

/** 128 + SIGABRT: V8 aborts when its heap is full. */
const heapExhausted = 134;
/** 128 + SIGKILL and 128 + SIGTERM. */
const killed = 137;
const terminated = 143;

/** What a pod that is over, or gone, amounts to. A worker that did its work has returned, whatever happened to its pod. */
export function judgePod(pod: PodView, worker: string, endedBy: EndedByUs): Outcome {
  const found = readEnvelope(pod.ended?.message || undefined, worker);
  const ending = endingOf(pod, endedBy);
  const said = found && 'valid' in found ? found.valid.exitCode : undefined;
  if (said === 0 || pod.ended?.exitCode === 0) {
    return judgeEnding({ ...ending, code: 0, signal: null, endedBy: 'itself' }, found);
  }
  if (endedBy !== undefined || isTooLate(pod) || pod.ended?.reason === 'OOMKilled') return judgeEnding(ending, found);
  if (hasFilledItsDisk(pod)) return { ...judgeEnding({ ...ending, code: 1, signal: null }, found), ...ownDisk(pod) };
  const disrupted = disruptionOf(pod);
  if (disrupted) return disruption(disrupted, pod, found);
  if (!pod.ended) return disruption({ cause: 'unknown', detail: describeEnd(pod) }, pod, found);
  return judgeEnding(ending, found);
}

function endingOf(pod: PodView, endedBy: EndedByUs): Ending {
  const { ended } = pod;
  const durationMs = Math.max(0, (ended?.finishedAt ?? 0) - (ended?.startedAt ?? ended?.finishedAt ?? 0));
  const code = ended?.exitCode ?? null;
  return {
    code,
    signal: code === heapExhausted ? 'SIGABRT' : null,
    endedBy: endedBy ?? (isTooLate(pod) ? 'time-limit' : ended?.reason === 'OOMKilled' ? 'memory-limit' : 'itself'),
    durationMs,
  };
}

function isTooLate({ reason }: PodView): boolean {
  return reason === 'DeadlineExceeded';
}

/** The kubelet evicts a pod for its own disk too, but then does not call it a target of disruption. */
function hasFilledItsDisk({ reason, disruption: target, message }: PodView): boolean {
  return (
    reason === 'Evicted' && target === undefined && /exceeds the (?:total )?limit|exceeded its.* limit/.test(message)
  );
}

function ownDisk({ message }: PodView): { readonly kind: 'lost'; readonly class: 'crash'; readonly detail: string } {
  return { kind: 'lost', class: 'crash', detail: `it took more disk than its limit: ${message}` };
}

interface Disrupted {
  readonly cause: DisruptionCause;
  readonly detail: string;
}

function disruptionOf(pod: PodView): Disrupted | undefined {
  const { disruption: target, reason, message, ended, deletion, node } = pod;
  const where = node ? ` on ${node}` : '';
  if (target) {
    return { cause: causes[target.reason] ?? 'unknown', detail: `${target.reason}${where}: ${target.message}` };
  }
  const known = podReasons[reason];
  if (known) return { cause: known, detail: `${reason}${where}: ${message}` };
  if (ended?.exitCode === killed) return { cause: 'unknown', detail: `killed${where}, nobody says by whom` };
  if (ended?.exitCode === terminated || deletion !== undefined) {
    return { cause: deletion === undefined ? 'unknown' : 'deleted', detail: `told to end${where} from outside` };
  }
  return undefined;
}

function disruption({ cause, detail }: Disrupted, pod: PodView, found: FoundEnvelope): Outcome {
  const envelope = found && 'valid' in found ? { envelope: found.valid } : {};
  const { durationMs } = endingOf(pod, undefined);
  return { kind: 'lost', class: 'disruption', cause, detail: detail.replace(/[\s:]+$/, ''), durationMs, ...envelope };
}

function describeEnd({ phase, reason, message, name }: PodView): string {
  const said = [reason, message].filter(Boolean).join(': ');
  return `the pod ${name} is gone or ${phase.toLowerCase()}, and left no word${said ? ` (${said})` : ''}`;
}
