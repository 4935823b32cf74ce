import type { FixableWorkflowRule } from '../../../protocol/capabilities.ts';
import { lacksConcurrency, lacksTimeout } from '../rules/limits.ts';
import { lacksPermissions } from '../rules/permissions.ts';
import { subjectOf, type Job, type Workflow } from '../workflow.ts';
import type { Insertion } from './insertion.ts';
import { placeAtTop, placeInJob, type Place } from './place.ts';
import { tokenNeed } from './token-needs.ts';

/** A key to add: as lines of the file, and as the value that a reader must then see. */
export interface Addition {
  readonly insertion: Insertion;
  readonly keys: readonly string[];
  readonly value: number | Readonly<Record<string, string | boolean>>;
}

/** What to do about one finding: an addition (which several findings may share), or the reason to leave it to a person. */
export type Repair = { readonly rule: FixableWorkflowRule; readonly subject: string } & (
  { readonly addition: Addition } | { readonly reason: string }
);

export interface RepairOptions {
  readonly timeoutMinutes: number;
  /** Findings to leave alone, such as those that a person has silenced. */
  readonly wanted: (rule: FixableWorkflowRule, subject: string) => boolean;
}

type Decide = (workflow: Workflow, options: RepairOptions) => readonly Repair[];

/** How each fixable rule's findings are repaired. */
export const repairsOf: { readonly [rule in FixableWorkflowRule]: Decide } = {
  'no-timeout': addTimeouts,
  'missing-permissions': addPermissions,
  'no-concurrency': addConcurrency,
};

const readOnly = { contents: 'read' } as const;
/** Activities after which the newest run replaces the ones before it. */
const replacing: ReadonlySet<string> = new Set(['opened', 'synchronize', 'reopened', 'ready_for_review']);

function addTimeouts(workflow: Workflow, options: RepairOptions): readonly Repair[] {
  return wantedJobs('no-timeout', workflow, options)
    .filter(lacksTimeout)
    .map((job) => {
      const target = { rule: 'no-timeout', subject: subjectOf(workflow.path, job) } as const;
      const value = options.timeoutMinutes;
      return repair(target, placeInJob(workflow, job), { keys: ['jobs', job.id, 'timeout-minutes'], value });
    });
}

/** At the top where every job that lacks permissions can do with reading; else in the jobs that can. */
function addPermissions(workflow: Workflow, options: RepairOptions): readonly Repair[] {
  const lacking = workflow.jobs.filter((job) => lacksPermissions(workflow, job));
  const wanted = wantedJobs('missing-permissions', workflow, options).filter((job) => lacking.includes(job));
  const needs = new Map(wanted.map((job) => [job, tokenNeed(workflow, job)]));
  const forAll = wanted.length === lacking.length && wanted.every((job) => needs.get(job) === undefined);
  const top = forAll ? repairAtTop(workflow, { keys: ['permissions'], value: readOnly }) : undefined;
  return wanted.map((job) => {
    const target = { rule: 'missing-permissions', subject: subjectOf(workflow.path, job) } as const;
    const reason = needs.get(job);
    if (reason !== undefined) return { ...target, reason };
    if (top) return { ...target, ...top };
    return repair(target, placeInJob(workflow, job), { keys: ['jobs', job.id, 'permissions'], value: readOnly });
  });
}

function addConcurrency(workflow: Workflow, options: RepairOptions): readonly Repair[] {
  const target = { rule: 'no-concurrency', subject: subjectOf(workflow.path) } as const;
  if (!lacksConcurrency(workflow) || !options.wanted(target.rule, target.subject)) return [];
  const reason = reasonNotToCancel(workflow);
  if (reason !== undefined) return [{ ...target, reason }];
  const value = { group: concurrencyGroup(workflow), 'cancel-in-progress': true };
  return [{ ...target, ...repairAtTop(workflow, { keys: ['concurrency'], value }) }];
}

function reasonNotToCancel(workflow: Workflow): string | undefined {
  const deploying = workflow.jobs.find((job) => job.entries.has('environment'));
  if (deploying) return `the job ${deploying.id} deploys to an environment, and a cancelled deployment stops half-way`;
  if (workflow.triggers.has('workflow_call')) return 'it is also called by other workflows, whose group it would share';
  const types = [...workflow.triggers.values()]
    .filter(({ name }) => name.startsWith('pull_request'))
    .flatMap(({ types }) => types);
  return types.every((type) => replacing.has(type))
    ? undefined
    : 'it also runs for activities whose runs do not replace each other';
}

/**
 * One group for each pull request. Under pull_request_target the ref is the base branch, which all of them share; other
 * events get a group for each run, so that no push to a main branch cancels another.
 */
function concurrencyGroup(workflow: Workflow): string {
  const onlyPullRequest = workflow.triggers.size === 1 && workflow.triggers.has('pull_request');
  const key = onlyPullRequest ? 'github.ref' : 'github.event.pull_request.number || github.run_id';
  return `\${{ github.workflow }}-\${{ ${key} }}`;
}

function wantedJobs(rule: FixableWorkflowRule, workflow: Workflow, options: RepairOptions): readonly Job[] {
  return workflow.jobs.filter((job) => options.wanted(rule, subjectOf(workflow.path, job)));
}

type NewKey = Pick<Addition, 'keys' | 'value'>;

function repairAtTop(workflow: Workflow, added: NewKey): { readonly addition: Addition } | { readonly reason: string } {
  return additionAt(placeAtTop(workflow), added);
}

function repair(target: Pick<Repair, 'rule' | 'subject'>, place: Place, added: NewKey): Repair {
  return { ...target, ...additionAt(place, added) };
}

function additionAt(place: Place, added: NewKey): { readonly addition: Addition } | { readonly reason: string } {
  if ('reason' in place) return place;
  const lines = linesOf(added, place);
  return { addition: { ...added, insertion: { at: place.at, lines: place.spaced ? [...lines, ''] : lines } } };
}

function linesOf(
  { keys, value }: NewKey,
  place: { readonly indent: string; readonly nested: string },
): readonly string[] {
  const key = `${place.indent}${keys.at(-1) ?? ''}:`;
  if (typeof value === 'number') return [`${key} ${value}`];
  return [key, ...Object.entries(value).map(([name, member]) => `${place.nested}${name}: ${String(member)}`)];
}
