import { visit, type Node } from '../../../shared/yaml.ts';
import { quoted } from '../wording.ts';
import { actionName, type Job, type Step, type Workflow } from '../workflow.ts';

/** Actions that ask nothing of the token but to read the repository. */
const readers: ReadonlySet<string> = new Set([
  'actions/cache',
  'actions/checkout',
  'actions/setup-dotnet',
  'actions/setup-go',
  'actions/setup-java',
  'actions/setup-node',
  'actions/setup-python',
  'actions/upload-artifact',
  'arduino/setup-protoc',
  'astral-sh/setup-uv',
  'azure/setup-helm',
  'azure/setup-kubectl',
  'denoland/setup-deno',
  'docker/setup-buildx-action',
  'docker/setup-qemu-action',
  'dtolnay/rust-toolchain',
  'hashicorp/setup-terraform',
  'oven-sh/setup-bun',
  'pnpm/action-setup',
  'ruby/setup-ruby',
  'swatinem/rust-cache',
]);

const tokenText = /github_token|gh_token|github\.token|api\.github\.com|ghcr\.io|pkg\.github\.com|actions_id_token/i;
const writingWord =
  /(?:^|[^a-z])(gh|hub|push|publish|release|deploy|semantic-release|goreleaser|lerna|changeset|tag|comment|upload-sarif)(?:$|[^a-z])/i;

/**
 * Why `contents: read` may be too little for a job, or undefined where nothing in the workflow shows another need.
 * An action that is not known to be content with reading counts as a need: a fix that breaks a job is worse than none.
 */
export function tokenNeed(workflow: Workflow, job: Job): string | undefined {
  if (workflow.hasAliases) return 'aliases hide what the jobs hold';
  if (job.uses) return `what the called workflow ${quoted(job.uses.value)} needs is not in this file`;
  if (job.entries.has('environment')) return `the job ${job.id} deploys to an environment`;
  if (usesToken(workflow, job)) return `the job ${job.id} uses the token itself`;
  return job.steps.map(stepNeed).find((need) => need !== undefined);
}

function stepNeed(step: Step): string | undefined {
  const word = writingWord.exec(step.run?.value ?? '')?.[1];
  if (word !== undefined) return `a script says ${quoted(word)}, which may need the right to write`;
  if (!step.uses || step.uses.value.startsWith('docker://')) return undefined;
  return readers.has(actionName(step.uses) ?? '')
    ? undefined
    : `what the action ${quoted(step.uses.value)} needs is not known`;
}

function usesToken(workflow: Workflow, job: Job): boolean {
  const parts = [workflow.entries.get('env'), ...job.entries.values()];
  return parts.some((part) => part?.value !== undefined && namesToken(part.value));
}

function namesToken(value: Node): boolean {
  let found = false;
  visit(value, {
    Scalar: (_key, scalar) => {
      found ||= tokenText.test(String(scalar.value));
      return found ? visit.BREAK : undefined;
    },
  });
  return found;
}
