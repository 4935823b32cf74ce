import { isScalar, type Node } from '../../../shared/yaml.ts';
import type { Job, Workflow } from '../workflow.ts';
import type { WorkflowRule } from './rule.ts';

/** A job that runs with whatever the repository's settings give its token. */
export function lacksPermissions(workflow: Workflow, job: Job): boolean {
  return !workflow.entries.has('permissions') && !job.entries.has('permissions');
}

export const missingPermissions: WorkflowRule = {
  id: 'missing-permissions',
  theme: 'safety',
  severity: 'medium',
  confidence: 'high',
  basis: 'measured',
  remedy: 'Give the workflow or the job the least `permissions:` it needs, often `contents: read`.',
  references: ['https://docs.zizmor.sh/audits/#excessive-permissions'],
  find: (workflow) =>
    workflow.jobs
      .filter((job) => lacksPermissions(workflow, job))
      .map((job) => ({
        at: job.at,
        job,
        message: `Nothing limits the token of the job ${job.id}: it gets the repository's default, which may be able to write everything`,
      })),
};

export const writeAll: WorkflowRule = {
  id: 'write-all',
  theme: 'safety',
  severity: 'high',
  confidence: 'high',
  basis: 'measured',
  remedy: 'Name the scopes that are needed instead of `write-all`.',
  references: ['https://docs.zizmor.sh/audits/#excessive-permissions'],
  find: (workflow) => {
    const message = 'The token may write everything';
    const written = workflow.entries.get('permissions');
    return [
      ...(written && isWriteAll(written.value) ? [{ at: written.at, message }] : []),
      ...workflow.jobs.flatMap((job) => {
        const own = job.entries.get('permissions');
        return own && isWriteAll(own.value) ? [{ at: own.at, job, message }] : [];
      }),
    ];
  },
};

export const secretsInherit: WorkflowRule = {
  id: 'secrets-inherit',
  theme: 'safety',
  severity: 'medium',
  confidence: 'high',
  basis: 'measured',
  remedy: 'Name the secrets that the called workflow needs under `secrets:`.',
  references: ['https://docs.zizmor.sh/audits/#secrets-inherit'],
  find: (workflow) =>
    workflow.jobs.flatMap((job) => {
      const secrets = job.entries.get('secrets');
      if (!job.uses || !isScalar(secrets?.value) || secrets.value.value !== 'inherit') return [];
      return [{ at: secrets.at, job, message: `The job ${job.id} hands every secret to the workflow that it calls` }];
    }),
};

function isWriteAll(node: Node | undefined): boolean {
  return isScalar(node) && node.value === 'write-all';
}
