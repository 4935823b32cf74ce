import { expressionsIn, referencesIn, type Expression, type Reference } from '../expressions.ts';
import { quoted } from '../wording.ts';
import { actionName, type Step, type Workflow } from '../workflow.ts';
import type { Text } from '../yaml-view.ts';
import { stepsOf, type Draft, type WorkflowRule } from './rule.ts';

type Danger = Required<Pick<Draft, 'severity' | 'confidence'>> & { readonly who: string };

const stranger: Danger = {
  severity: 'high',
  confidence: 'high',
  who: 'anyone who can open an issue or a pull request',
};
const sender: Danger = { severity: 'medium', confidence: 'low', who: 'whoever caused the event' };
const dispatcher: Danger = { severity: 'low', confidence: 'medium', who: 'whoever starts or calls the workflow' };

/** What strangers can write freely; GitHub's own list of untrusted input, and actionlint's. */
const strangersText: readonly Reference[] = [
  'github.head_ref',
  'github.event.comment.body',
  'github.event.commits.*.author.email',
  'github.event.commits.*.author.name',
  'github.event.commits.*.message',
  'github.event.discussion.body',
  'github.event.discussion.title',
  'github.event.head_commit.author.email',
  'github.event.head_commit.author.name',
  'github.event.head_commit.message',
  'github.event.issue.body',
  'github.event.issue.title',
  'github.event.pages.*.page_name',
  'github.event.pull_request.body',
  'github.event.pull_request.head.label',
  'github.event.pull_request.head.ref',
  'github.event.pull_request.head.repo.default_branch',
  'github.event.pull_request.head.repo.description',
  'github.event.pull_request.head.repo.homepage',
  'github.event.pull_request.title',
  'github.event.review.body',
  'github.event.review_comment.body',
  'github.event.workflow_run.display_title',
  'github.event.workflow_run.head_branch',
  'github.event.workflow_run.head_commit.author.email',
  'github.event.workflow_run.head_commit.author.name',
  'github.event.workflow_run.head_commit.message',
  'github.event.workflow_run.head_repository.description',
  'github.event.workflow_run.pull_requests.*.head.ref',
].map((path) => path.split('.'));

/** Last names whose values can't carry code: numbers, hashes, dates, states, addresses and names with a strict alphabet. */
const harmless =
  /^(?:number|id|node_id|\w{1,40}_id|sha|\w{1,40}_sha|before|after|action|\w{1,40}_at|run_number|run_attempt|draft|merged|state|status|conclusion|event|type|url|html_url|login|full_name)$/;

export const templateInjection: WorkflowRule = {
  id: 'template-injection',
  theme: 'safety',
  severity: 'high',
  confidence: 'high',
  basis: 'measured',
  remedy: 'Put the expression into `env:` of the step and use the variable, in quotes, in the script.',
  references: ['https://docs.zizmor.sh/audits/#template-injection'],
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ job, step }) => {
      const script = scriptOf(step);
      if (!script) return [];
      return dangersIn(script, workflow).map(({ expression, danger, at }) => ({
        at,
        job,
        step,
        snippet: expression.raw,
        severity: danger.severity,
        confidence: danger.confidence,
        message: `${quoted(expression.raw)} becomes part of the script, and ${danger.who} decides its text`,
      }));
    }),
};

function scriptOf(step: Step): Text | undefined {
  return step.run ?? (actionName(step.uses) === 'actions/github-script' ? step.with.get('script') : undefined);
}

/** One entry for each dangerous expression; a script that repeats one has one entry for each place. */
function dangersIn(
  script: Text,
  workflow: Workflow,
): readonly { expression: Expression; danger: Danger; at: number }[] {
  let from = script.start;
  return expressionsIn(script.value).flatMap((expression) => {
    const found = workflow.text.indexOf(expression.raw, from);
    const at = found === -1 || found >= script.end ? script.start : found;
    from = Math.max(from, at + 1);
    const danger = worst(referencesIn(expression.body).flatMap((reference) => dangerOf(reference, workflow) ?? []));
    return danger ? [{ expression, danger, at }] : [];
  });
}

function worst(dangers: readonly Danger[]): Danger | undefined {
  return [stranger, sender, dispatcher].find((danger) => dangers.includes(danger));
}

function dangerOf(reference: Reference, workflow: Workflow): Danger | undefined {
  const [context, group, name = ''] = reference;
  if (context === 'inputs') return inputDanger(group ?? '', workflow);
  if (context !== 'github') return undefined;
  if (group === 'event' && name === 'inputs') return inputDanger(reference[3] ?? '', workflow);
  if (strangersText.some((text) => holds(reference, text))) return stranger;
  if (group !== 'event' || name === 'repository' || harmless.test(reference.at(-1) ?? '')) return undefined;
  return sender;
}

/** Whether a reference names a text or an object that holds it (`toJSON(github.event)` prints it all). */
function holds(reference: Reference, text: Reference): boolean {
  return (
    reference.length <= text.length &&
    reference.every((step, index) => step === text[index] || step === '*' || text[index] === '*')
  );
}

function inputDanger(input: string, workflow: Workflow): Danger | undefined {
  const types = [...workflow.triggers.values()].flatMap((trigger) => trigger.inputs.get(input) ?? []);
  return types.length > 0 && types.every((type) => type !== 'string') ? undefined : dispatcher;
}
