import { accessSync, constants } from 'node:fs';
import { createSilencer } from '../../checks/silence.ts';
import { memoryWorkspace } from '../../checks/workspace.ts';
import type { CheckLine } from '../../cluster/kubernetes/doctor/check.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Head } from '../../repository/local-repository.ts';
import { outside, problem } from '../../shared/errors.ts';
import type { WorkerAccess } from '../../coordination/redis/worker-access.ts';
import type { DoorFacts } from './doors.ts';

/** What the doors of a run answered. A door that the run doesn't have is `null`, never `ok`. */
export function preflightChecks(facts: {
  readonly plan: Plan;
  readonly head: Head;
  /** Text of `.cortexignore` at HEAD; empty where there is none. */
  readonly silences: string;
  readonly leftOut: readonly string[];
  readonly workerProgram: string;
  readonly slots: number;
  readonly facts: DoorFacts;
  /** What the cluster came to, where the run has one. */
  readonly cluster: readonly CheckLine[] | undefined;
  /** What a shared store said of itself, and what workers get to reach it. */
  readonly about: string | undefined;
  readonly worker: WorkerAccess | undefined;
}): CheckLine[] {
  const { plan, head, silences, leftOut, workerProgram, facts: doors } = facts;
  return [
    { check: 'repository', ok: true, seen: `${head.repository} at ${head.commit}`, needed: 'a commit' },
    uncommittedCheck(head),
    silenceCheck(silences),
    mastersCheck(plan, leftOut),
    workerCheck(workerProgram),
    launcherCheck(facts),
    {
      check: 'budget',
      ok: true,
      seen: `${plan.budget.tokens} tokens, ${plan.budget.reserve.tokens} of them reserve`,
      needed: 'budgets that add up',
    },
    ...storeChecks(facts),
    ...(facts.cluster ?? [noCluster(plan)]),
    absent('catalog', 'the baseline comes from the archives', doors.catalog),
    absent('model', 'tasks that need one are skipped and named', doors.model),
    absent('github', 'changes are written as patches', doors.github),
  ];
}

/** Throws `preflight-failed` with every check that failed and its remedy; what only did not answer may pass. */
export function requirePreflight(checks: readonly CheckLine[]): void {
  const failed = checks.filter((check) => check.ok === false);
  if (failed.length === 0) return;
  const message = failed.map((check) => `${check.check}: ${check.seen}`).join('; ');
  const hint = failed.map((check) => check.remedy ?? `Needed: ${check.needed}.`).join(' ');
  if (!failed.every(({ isOutside }) => isOutside)) throw problem('preflight-failed', message, { hint });
  throw outside('preflight-failed', message, { hint, retryable: true });
}

function launcherCheck({
  plan,
  slots,
  facts,
}: {
  readonly plan: Plan;
  readonly slots: number;
  readonly facts: DoorFacts;
}): CheckLine {
  const where = facts.cluster ? `Jobs in the namespace ${plan.cluster.namespace}` : 'child processes';
  return { check: 'launcher', ok: true, seen: `${where}, ${slots} at one time`, needed: 'a place for a worker' };
}

function noCluster({ cluster }: Plan): CheckLine {
  return absent('cluster', `${cluster.nodes.ready} nodes are expected by the plan where a cluster is used`, false);
}

function storeChecks({ about, worker }: { about: string | undefined; worker: WorkerAccess | undefined }): CheckLine[] {
  if (about === undefined || !worker) return [absent('redis', 'a store in a folder is used', false)];
  return [
    { check: 'redis', ok: true, seen: about, needed: 'an answer, and events on its disk' },
    { check: 'worker access', ok: true, seen: worker.about, needed: 'least rights' },
  ];
}

function uncommittedCheck(head: Head): CheckLine {
  const count = head.uncommitted.length;
  const named = head.uncommitted.slice(0, 5).join(', ');
  const seen = count === 0 ? 'none' : `${count} left out: ${named}${count > 5 ? ', …' : ''}`;
  return { check: 'uncommitted edits', ok: true, seen, needed: 'a run works on the tree of HEAD' };
}

/** A line that silences nothing is said: somebody believes that it does. */
function silenceCheck(text: string): CheckLine {
  const { problems } = createSilencer(memoryWorkspace({ '.cortexignore': text }));
  const [first] = problems;
  const seen = first
    ? `not every line of .cortexignore silences something (${problems.length} do not); line ${first.line}: ${first.message}. ${first.hint}`
    : 'every line has a reason';
  return { check: 'silenced findings', ok: true, seen, needed: 'a rule, a path and a reason on each line' };
}

/** A run of some masters only says what it leaves undone. */
function mastersCheck(plan: Plan, leftOut: readonly string[]): CheckLine {
  const left =
    leftOut.length === 0
      ? 'every task of the plan'
      : `left out with their masters, or for want of what they need: ${leftOut.join(', ')}`;
  return { check: 'masters', ok: true, seen: `${plan.masters.length} masters; ${left}`, needed: 'a master' };
}

/** Whether the worker program can be read. */
export function workerCheck(program: string): CheckLine {
  try {
    accessSync(program, constants.R_OK);
    return { check: 'worker program', ok: true, seen: 'readable', needed: 'the worker bundle' };
  } catch {
    const remedy = 'Check out dist/ again, or name another program with --worker.';
    return {
      check: 'worker program',
      ok: false,
      seen: `${program} can't be read`,
      needed: 'the worker bundle',
      remedy,
    };
  }
}

function absent(check: string, instead: string, present: boolean): CheckLine {
  return { check, ok: present ? true : null, seen: `not used: ${instead}`, needed: 'nothing' };
}
