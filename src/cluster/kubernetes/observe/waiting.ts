import type { WaitingReason } from '../../../protocol/attempt.ts';
import type { PodView } from './pod-view.ts';

/** Why a worker has no place yet, and whether waiting can help. */
export interface Waiting {
  readonly reason: WaitingReason;
  readonly detail: string;
  /** `never`: somebody has to do something first. `unlikely`: may pass, but is not waited for as long as a place is. */
  readonly hope: 'likely' | 'unlikely' | 'never';
}

const imageNever = new Set(['InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError']);
const imageUnlikely = new Set(['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable']);
const configuration = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);

/** What the pod itself says of why it does not run; undefined where it runs, or is about to. */
export function podWaiting({ phase, unscheduled, waiting, node }: PodView): Waiting | undefined {
  if (phase !== 'Pending') return undefined;
  if (unscheduled !== undefined) return { reason: 'unschedulable', detail: unscheduled, hope: 'likely' };
  if (!waiting) return undefined;
  const detail = `${waiting.reason}${node ? ` on ${node}` : ''}${waiting.message ? `: ${waiting.message}` : ''}`;
  if (imageNever.has(waiting.reason)) return { reason: 'image', detail, hope: 'never' };
  if (imageUnlikely.has(waiting.reason)) return { reason: 'image', detail, hope: 'unlikely' };
  if (configuration.has(waiting.reason)) return { reason: 'other', detail, hope: 'unlikely' };
  return undefined;
}

/** What the Job controller says of why it makes no pod (events of reason `FailedCreate`). */
export function refusedPod(message: string): Waiting {
  const detail = message.replace(/^Error creating: /, '');
  if (/must specify/.test(detail)) return { reason: 'quota', detail, hope: 'never' };
  if (/exceeded quota|failed quota/.test(detail)) return { reason: 'quota', detail, hope: 'likely' };
  if (/violates PodSecurity|ValidatingAdmissionPolicy|denied the request|admission webhook/.test(detail)) {
    return { reason: 'policy', detail, hope: 'never' };
  }
  if (
    /serviceaccount ".*" not found|no PriorityClass|RuntimeClass|maximum .* usage per|minimum .* usage per/.test(detail)
  ) {
    return { reason: 'policy', detail, hope: 'never' };
  }
  return { reason: 'other', detail, hope: 'likely' };
}
