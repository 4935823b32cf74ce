import type { Job, Workflow } from '../workflow.ts';
import type { WorkflowRule } from './rule.ts';

/** A job that calls a reusable workflow can't have a time limit of its own. */
export function lacksTimeout(job: Job): boolean {
  return !job.entries.has('uses') && !job.entries.has('timeout-minutes');
}

/** A pull request workflow whose superseded runs go on: neither the workflow nor a job sets `concurrency`. */
export function lacksConcurrency(workflow: Workflow): boolean {
  const reviewed = workflow.triggers.has('pull_request') || workflow.triggers.has('pull_request_target');
  return (
    reviewed && !workflow.entries.has('concurrency') && !workflow.jobs.some((job) => job.entries.has('concurrency'))
  );
}

export const noTimeout: WorkflowRule = {
  id: 'no-timeout',
  theme: 'speed',
  severity: 'medium',
  confidence: 'high',
  basis: 'measured',
  remedy: 'Add `timeout-minutes:` to the job, a little above its longest good run.',
  references: [
    'https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idtimeout-minutes',
  ],
  find: (workflow) =>
    workflow.jobs.filter(lacksTimeout).map((job) => ({
      at: job.at,
      job,
      message: `The job ${job.id} has no time limit: when it hangs, it holds a runner for 6 hours`,
    })),
};

export const noConcurrency: WorkflowRule = {
  id: 'no-concurrency',
  theme: 'speed',
  severity: 'low',
  confidence: 'high',
  basis: 'measured',
  remedy: 'Add a `concurrency:` group for each pull request with `cancel-in-progress: true`.',
  references: ['https://docs.zizmor.sh/audits/#concurrency-limits'],
  find: (workflow) =>
    lacksConcurrency(workflow)
      ? [
          {
            at: workflow.entries.get('on')?.at ?? 0,
            message: 'A new push to a pull request leaves the run of the push before it going: no `concurrency` is set',
          },
        ]
      : [],
};
