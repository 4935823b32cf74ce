import { hasCondition, type Job, type Pod, type PodFailureRule } from './objects.ts';

/** How a Job ends: the condition it gets. */
export interface JobEnd {
  readonly type: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
  /** The condition that comes first, while pods may still be ending; `FailureTarget` without it. */
  readonly forerunner?: 'SuccessCriteriaMet';
}

/** What the pods of a Job with one completion make of it, once one has ended and no further try is left. */
export function judgePods(job: Job, pods: readonly Pod[]): JobEnd | undefined {
  const coming = job.status.conditions?.find(({ type }) => type === 'FailureTarget');
  if (coming) return { type: 'Failed', reason: coming.reason ?? '', message: coming.message ?? '' };
  if (pods.some(({ status }) => status.phase === 'Succeeded')) {
    const message = 'Reached expected number of succeeded pods';
    return { type: 'Complete', reason: 'CompletionsReached', message, forerunner: 'SuccessCriteriaMet' };
  }
  const failed = pods.filter(({ status }) => status.phase === 'Failed');
  for (const pod of failed) {
    const message = matchingRule(job, pod);
    if (message !== undefined) return { type: 'Failed', reason: 'PodFailurePolicy', message };
  }
  if (failed.length <= (job.spec.backoffLimit ?? 6)) return undefined;
  return { type: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
}

/** The first rule of the failure policy that fails the Job for this pod, in the controller's words. */
function matchingRule(job: Job, pod: Pod): string | undefined {
  const rules = job.spec.podFailurePolicy?.rules ?? [];
  for (const [index, rule] of rules.entries()) {
    const matched = matchedExit(rule, pod) ?? matchedCondition(rule, pod);
    if (matched === undefined) continue;
    return rule.action === 'FailJob' ? `${matched} matching FailJob rule at index ${index}` : undefined;
  }
  return undefined;
}

function matchedExit({ onExitCodes }: PodFailureRule, { metadata, status }: Pod): string | undefined {
  if (!onExitCodes) return undefined;
  for (const { name, state } of status.containerStatuses ?? []) {
    const code = state.terminated?.exitCode ?? 0;
    const isNamed = onExitCodes.containerName === undefined || onExitCodes.containerName === name;
    const isMatched = code !== 0 && onExitCodes.values.includes(code) === (onExitCodes.operator === 'In');
    if (isNamed && isMatched) {
      return `Container ${name} for pod ${metadata.namespace}/${metadata.name} failed with exit code ${code}`;
    }
  }
  return undefined;
}

function matchedCondition({ onPodConditions }: PodFailureRule, { metadata, status }: Pod): string | undefined {
  const matched = onPodConditions?.find(({ type }) => hasCondition(status, type));
  return matched && `Pod ${metadata.namespace}/${metadata.name} has condition ${matched.type}`;
}
