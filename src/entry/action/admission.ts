import { mayStart, runModes, type Admission, type RunMode } from '../../plan/start-gate.ts';
import { relative, sep } from 'node:path';
import { parsePlan } from '../../plan/parse.ts';
import type { Plan, WorkflowPolicy } from '../../plan/plan.ts';
import { problem } from '../../shared/errors.ts';
import { onlyResults } from '../../report/publish/results/results-question.ts';
import { hasCodeHost, withCodeHost, type CodeHost } from '../code-host.ts';
import type { Step } from './step.ts';

/** What a run may do, and who approves it first. */
export interface AdmittedRun extends Admission {
  /** Environment whose reviewers approve it; null = nobody has to. */
  readonly environment: string | null;
}

/** The plan that is to be started. */
export interface StartedPlan {
  readonly plan: Plan;
  /** Its file, below the workspace. */
  readonly file: string;
  /** Whether it is to work on another repository than its own. */
  readonly isElsewhere: boolean;
}

/**
 * Asks GitHub who starts the run and from where, and settles what it may do. Without a token nothing can be asked, and nothing
 * written: such a run is staged. Throws `unknown-mode`, `no-github-token`, `environment-open`, and what the start gate refuses.
 */
export async function admit(step: Step, started: StartedPlan): Promise<AdmittedRun> {
  const wanted = readMode(step.read('mode') || 'auto');
  const admission = hasCodeHost(step.environment)
    ? await withCodeHost(step.environment, (host) => ask(host, { step, started, wanted }))
    : { ...withoutToken(wanted), environment: started.plan.workflow.environment };
  const reasons = admission.reasons.join('; ');
  step.io.out(`mode ${admission.mode}: ${reasons}\n`);
  await step.summarise(`Mode **${admission.mode}**: ${reasons}.\n`);
  return admission;
}

function readMode(text: string): RunMode | 'auto' {
  const known = [...runModes, 'auto'] as const;
  const found = known.find((mode) => mode === text);
  if (found) return found;
  throw problem('unknown-mode', `There is no mode ${JSON.stringify(text.slice(0, 60))}`, {
    hint: `Choose one of ${known.join(', ')}.`,
  });
}

async function ask(
  { github }: CodeHost,
  asked: { readonly step: Step; readonly started: StartedPlan; readonly wanted: RunMode | 'auto' },
): Promise<AdmittedRun> {
  const { step, started, wanted } = asked;
  const event = await step.event();
  const [view, role] = await Promise.all([
    github.look(onlyResults(started.plan.publish.branch)),
    event.actor === '' ? undefined : github.roleOf(event.actor),
  ]);
  const { repository, results, base } = view;
  const policy =
    event.ref === `refs/heads/${base.name}`
      ? started.plan.workflow
      : await policyAt(github, base.head.sha, started.file);
  const admission = mayStart({
    event: event.name,
    actor: event.actor,
    role,
    isFork: repository.isFork,
    ref: event.ref,
    defaultBranch: repository.defaultBranch,
    wanted,
    hasResults: results !== null,
    isElsewhere: started.isElsewhere,
    policy,
  });
  const { environment } = policy ?? started.plan.workflow;
  if (environment !== null && admission.mode !== 'preview') await requireApproval(github, environment);
  return { ...admission, environment };
}

/** A name with a slip in it is an environment too, and one that asks nobody. Throws `environment-open`. */
async function requireApproval(github: CodeHost['github'], environment: string): Promise<void> {
  if (await github.asksForApproval(environment)) return;
  throw problem('environment-open', `The environment ${environment.slice(0, 80)} asks nobody to approve`, {
    hint: 'Give it required reviewers (Settings › Environments), or correct spec.workflow.environment of the plan.',
  });
}

/**
 * The rules of a start are those of the plan on the default branch: whoever may push to another branch must not make their
 * own. Null where there is no such plan, or none that is valid.
 */
async function policyAt(github: CodeHost['github'], commit: string, file: string): Promise<WorkflowPolicy | null> {
  const path = relative('.', file).split(sep).join('/');
  const text = (await github.readTexts(commit, [path])).get(path);
  const parsed = typeof text === 'string' ? parsePlan(text, path) : undefined;
  return parsed && 'plan' in parsed ? parsed.plan.workflow : null;
}

function withoutToken(wanted: RunMode | 'auto'): Admission {
  if (wanted === 'preview') return { mode: 'preview', reasons: ['asked for'] };
  if (wanted !== 'apply') return { mode: 'staged', reasons: ['there is no token, and nothing can be written without'] };
  throw problem('no-github-token', 'The mode `apply` writes to GitHub, and there is no token', {
    hint: 'Hand it on as `env: { GITHUB_TOKEN: ${{ github.token }} }` of the step.',
  });
}
