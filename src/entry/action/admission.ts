import { mayStart, runModes, type Admission, type RunMode } from '../../plan/start-gate.ts';
import type { Plan } from '../../plan/plan.ts';
import { problem } from '../../shared/errors.ts';
import { onlyResults } from '../../report/publish/results/results-question.ts';
import { hasCodeHost, withCodeHost, type CodeHost } from '../code-host.ts';
import type { Step } from './step.ts';

export type { Admission } from '../../plan/start-gate.ts';

/**
 * Asks GitHub who starts the run and from where, and settles what it may do. Without a token nothing can be asked, and nothing
 * written: such a run is staged. Throws `unknown-mode`, `no-github-token`, and what the start gate refuses.
 */
export async function admit(step: Step, plan: Plan): Promise<Admission> {
  const wanted = readMode(step.read('mode') || 'auto');
  const admission = hasCodeHost(step.environment)
    ? await withCodeHost(step.environment, (host) => ask(host, { step, plan, wanted }))
    : withoutToken(wanted);
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
  { step, plan, wanted }: { readonly step: Step; readonly plan: Plan; readonly wanted: RunMode | 'auto' },
): Promise<Admission> {
  const event = await step.event();
  const [{ repository, results }, role] = await Promise.all([
    github.look(onlyResults(plan.publish.branch)),
    event.actor === '' ? undefined : github.roleOf(event.actor),
  ]);
  return mayStart({
    event: event.name,
    actor: event.actor,
    role,
    isFork: repository.isFork,
    ref: event.ref,
    defaultBranch: repository.defaultBranch,
    wanted,
    hasResults: results !== null,
    policy: plan.workflow,
  });
}

function withoutToken(wanted: RunMode | 'auto'): Admission {
  if (wanted === 'preview') return { mode: 'preview', reasons: ['asked for'] };
  if (wanted !== 'apply') return { mode: 'staged', reasons: ['there is no token, and nothing can be written without'] };
  throw problem('no-github-token', 'The mode `apply` writes to GitHub, and there is no token', {
    hint: 'Hand it on as `env: { GITHUB_TOKEN: ${{ github.token }} }` of the step.',
  });
}
