import { accessSync, constants } from 'node:fs';
import { createSilencer } from '../../checks/silence.ts';
import { memoryWorkspace } from '../../checks/workspace.ts';
import type { Plan } from '../../plan/plan.ts';
import type { EventData } from '../../protocol/event.ts';
import type { Head } from '../../repository/local-repository.ts';
import { problem } from '../../shared/errors.ts';
import type { WorkerAccess } from '../../coordination/redis/worker-access.ts';
import type { DoorFacts } from './doors.ts';

type Check = EventData<'preflight.checked'>['checks'][number];

/** What the doors of a local run answered. A door that the run doesn't have is `null`, never `ok`. */
export function preflightChecks(facts: {
  readonly plan: Plan;
  readonly head: Head;
  /** Text of `.cortexignore` at HEAD; empty where there is none. */
  readonly silences: string;
  readonly leftOut: readonly string[];
  readonly workerProgram: string;
  readonly slots: number;
  readonly facts: DoorFacts;
  /** What a shared store said of itself, and what workers get to reach it. */
  readonly about: string | undefined;
  readonly worker: WorkerAccess | undefined;
}): Check[] {
  const { plan, head, silences, leftOut, workerProgram, slots, facts: doors } = facts;
  return [
    { check: 'repository', ok: true, seen: `${head.repository} at ${head.commit}`, needed: 'a commit' },
    uncommittedCheck(head),
    silenceCheck(silences),
    mastersCheck(plan, leftOut),
    workerCheck(workerProgram),
    { check: 'launcher', ok: true, seen: `child processes, ${slots} at one time`, needed: 'a place for a worker' },
    {
      check: 'budget',
      ok: true,
      seen: `${plan.budget.tokens} tokens, ${plan.budget.reserve.tokens} of them reserve`,
      needed: 'budgets that add up',
    },
    ...storeChecks(facts),
    absent(
      'cluster',
      `${plan.cluster.nodes.ready} nodes are expected by the plan where a cluster is used`,
      doors.cluster,
    ),
    absent('catalog', 'the baseline comes from the archives', doors.catalog),
    absent('model', 'tasks that need one are skipped and named', doors.model),
    absent('github', 'changes are written as patches', doors.github),
  ];
}

/** Throws `preflight-failed` with every check that failed and its remedy. */
export function requirePreflight(checks: readonly Check[]): void {
  const failed = checks.filter((check) => check.ok === false);
  if (failed.length === 0) return;
  throw problem('preflight-failed', failed.map((check) => `${check.check}: ${check.seen}`).join('; '), {
    hint: failed.map((check) => check.remedy ?? `Needed: ${check.needed}.`).join(' '),
  });
}

function storeChecks({ about, worker }: { about: string | undefined; worker: WorkerAccess | undefined }): Check[] {
  if (about === undefined || !worker) return [absent('redis', 'a store in a folder is used', false)];
  return [
    { check: 'redis', ok: true, seen: about, needed: 'an answer, and events on its disk' },
    { check: 'worker access', ok: true, seen: worker.about, needed: 'least rights' },
  ];
}

function uncommittedCheck(head: Head): Check {
  const count = head.uncommitted.length;
  const named = head.uncommitted.slice(0, 5).join(', ');
  const seen = count === 0 ? 'none' : `${count} left out: ${named}${count > 5 ? ', …' : ''}`;
  return { check: 'uncommitted edits', ok: true, seen, needed: 'a run works on the tree of HEAD' };
}

/** A line that silences nothing is said: somebody believes that it does. */
function silenceCheck(text: string): Check {
  const { problems } = createSilencer(memoryWorkspace({ '.cortexignore': text }));
  const [first] = problems;
  const seen = first
    ? `not every line of .cortexignore silences something (${problems.length} do not); line ${first.line}: ${first.message}. ${first.hint}`
    : 'every line has a reason';
  return { check: 'silenced findings', ok: true, seen, needed: 'a rule, a path and a reason on each line' };
}

/** A run of some masters only says what it leaves undone. */
function mastersCheck(plan: Plan, leftOut: readonly string[]): Check {
  const left =
    leftOut.length === 0
      ? 'every task of the plan'
      : `left out with their masters, or for want of what they need: ${leftOut.join(', ')}`;
  return { check: 'masters', ok: true, seen: `${plan.masters.length} masters; ${left}`, needed: 'a master' };
}

function workerCheck(program: string): Check {
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

function absent(check: string, instead: string, present: boolean): Check {
  return { check, ok: present ? true : null, seen: `not used: ${instead}`, needed: 'nothing' };
}
