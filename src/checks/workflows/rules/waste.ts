import { actionName, type Job, type Step, type Workflow } from '../workflow.ts';
import type { Draft, WorkflowRule } from './rule.ts';

/** The input that turns caching on, for the setup actions that leave it off by default. */
const cacheInputs: ReadonlyMap<string, string> = new Map([
  ['actions/setup-node', 'cache'],
  ['actions/setup-python', 'cache'],
  ['actions/setup-java', 'cache'],
  ['actions/setup-dotnet', 'cache'],
  ['ruby/setup-ruby', 'bundler-cache'],
]);
/** setup-node caches npm by itself from this major version on, where package.json names npm. */
const nodeCachesFrom = 5;

export const setupWithoutCache: WorkflowRule = {
  id: 'setup-without-cache',
  theme: 'speed',
  severity: 'low',
  confidence: 'medium',
  basis: 'estimated',
  remedy: 'Turn on the setup action’s own cache, keyed by the lockfile, if the job downloads dependencies.',
  references: ['https://docs.github.com/actions/reference/workflows-and-actions/dependency-caching'],
  find: (workflow) =>
    workflow.triggers.has('release')
      ? []
      : workflow.jobs
          .filter((job) => !cachesElsewhere(job))
          .flatMap((job) => job.steps.flatMap((step) => uncached(job, step))),
};

export const fullFetchDepth: WorkflowRule = {
  id: 'full-fetch-depth',
  theme: 'speed',
  severity: 'info',
  confidence: 'low',
  basis: 'estimated',
  remedy: 'Leave `fetch-depth` out, or say in a comment which step needs the whole history.',
  references: ['https://github.com/actions/checkout#usage'],
  find: (workflow) =>
    workflow.jobs
      .filter((job) => !showsUseOfHistory(job))
      .flatMap((job) =>
        job.steps.filter(isFullCheckout).map((step) => ({
          at: step.with.get('fetch-depth')?.start ?? step.at,
          job,
          step,
          message: 'The checkout fetches the whole history, and no step of the job shows a use of it',
        })),
      ),
};

export const duplicateTriggers: WorkflowRule = {
  id: 'duplicate-triggers',
  theme: 'speed',
  severity: 'low',
  confidence: 'high',
  basis: 'estimated',
  remedy: 'Limit `push` to the main branches: `push: { branches: [main] }`.',
  references: ['https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#push'],
  find: (workflow) => pushesTwice(workflow),
};

function cachesElsewhere(job: Job): boolean {
  return job.steps.some((step) => actionName(step.uses) === 'actions/cache');
}

function uncached(job: Job, step: Step): readonly Draft[] {
  const action = actionName(step.uses) ?? '';
  const input = cacheInputs.get(action);
  if (input === undefined || step.with.has(input)) return [];
  if (action === 'actions/setup-node' && majorVersion(step) >= nodeCachesFrom) return [];
  return [
    {
      at: step.uses?.start ?? step.at,
      job,
      step,
      snippet: action,
      message: `${action} runs without a cache: every run downloads everything again`,
    },
  ];
}

/** Infinity for a version that names no major: a SHA or a branch says nothing, and a guess would be noise. */
function majorVersion(step: Step): number {
  const major = /@v(\d{1,3})(?:\.|$)/.exec(step.uses?.value ?? '')?.[1];
  return major === undefined ? Infinity : Number(major);
}

function isFullCheckout(step: Step): boolean {
  return actionName(step.uses) === 'actions/checkout' && step.with.get('fetch-depth')?.value === '0';
}

const historyWords =
  /\bgit\s+(?:-\S+\s+)*(?:log|describe|diff|rev-list|rev-parse|merge-base|tag|shortlog|blame|push|rebase|cherry-pick|bisect)\b|affected|changeset|semantic-release|gitversion|commitlint|gitleaks|release|sonar|lerna/i;

function showsUseOfHistory(job: Job): boolean {
  return job.steps.some(
    (step) => historyWords.test(step.run?.value ?? '') || historyWords.test(step.uses?.value ?? ''),
  );
}

function pushesTwice(workflow: Workflow): readonly Draft[] {
  const push = workflow.triggers.get('push');
  const limits = ['branches', 'branches-ignore', 'tags', 'tags-ignore'];
  if (!push || !workflow.triggers.has('pull_request') || limits.some((limit) => push.filters.has(limit))) return [];
  return [
    {
      at: push.at,
      message: 'Every push to a branch with an open pull request starts two runs: `push` has no branch filter',
    },
  ];
}
