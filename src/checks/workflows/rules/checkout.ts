import { expressionsIn, referencesIn, type Reference } from '../expressions.ts';
import { actionName, type Step, type Workflow } from '../workflow.ts';
import { stepsOf, type WorkflowRule } from './rule.ts';

export const persistCredentials: WorkflowRule = {
  id: 'persist-credentials',
  theme: 'safety',
  severity: 'medium',
  confidence: 'high',
  basis: 'measured',
  remedy: 'Add `with: { persist-credentials: false }`, unless a later step pushes with git.',
  references: ['https://docs.zizmor.sh/audits/#artipacked'],
  find: (workflow) =>
    stepsOf(workflow)
      .filter(({ step }) => isCheckout(step) && keepsCredentials(step))
      .map(({ job, step }) => ({
        at: step.uses?.start ?? step.at,
        job,
        step,
        snippet: step.uses?.value ?? '',
        message: 'The checkout leaves its token on disk for every later step, and for artifacts that hold the folder',
      })),
};

export const dangerousTriggers: WorkflowRule = {
  id: 'dangerous-triggers',
  theme: 'safety',
  severity: 'critical',
  confidence: 'high',
  basis: 'measured',
  remedy: 'Run code of the pull request under `pull_request`, without secrets, and pass on data only.',
  references: ['https://docs.zizmor.sh/audits/#dangerous-triggers'],
  find: (workflow) => {
    const trigger = privilegedTrigger(workflow);
    if (trigger === undefined) return [];
    return stepsOf(workflow)
      .filter(({ step }) => fetchesHead(step))
      .map(({ job, step }) => ({
        at: step.at,
        job,
        step,
        snippet: step.uses?.value ?? step.run?.value ?? '',
        message: `Under \`${trigger}\` this step fetches code that anyone may have written, into a job that holds secrets and a token`,
      }));
  },
};

function isCheckout(step: Step): boolean {
  return actionName(step.uses) === 'actions/checkout';
}

/** An expression may yield false: only a run can tell, so it counts as set. */
function keepsCredentials(step: Step): boolean {
  const value = step.with.get('persist-credentials')?.value.trim().toLowerCase() ?? 'true';
  return value !== 'false' && !value.includes('${{');
}

function privilegedTrigger(workflow: Workflow): string | undefined {
  return ['pull_request_target', 'workflow_run', 'issue_comment'].find((name) => workflow.triggers.has(name));
}

const fetchCommand = /\bgh\s+pr\s+checkout\b|\bgit\s+(?:fetch|pull)\b[^\n]{0,200}\b(?:refs\/)?pull\//;

function fetchesHead(step: Step): boolean {
  if (step.run) return fetchCommand.test(step.run.value);
  return isCheckout(step) && ['ref', 'repository'].some((input) => namesHead(step.with.get(input)?.value ?? ''));
}

function namesHead(value: string): boolean {
  return (
    value.startsWith('refs/pull/') ||
    expressionsIn(value).some((expression) => referencesIn(expression.body).some(isHead))
  );
}

function isHead(reference: Reference): boolean {
  const path = reference.join('.');
  return (
    path === 'github.head_ref' ||
    path.startsWith('github.event.pull_request.head') ||
    path.startsWith('github.event.workflow_run.head') ||
    path === 'github.event.pull_request.merge_commit_sha'
  );
}
