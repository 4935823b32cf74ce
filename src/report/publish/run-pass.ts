import { CortexError } from '../../shared/errors.ts';
import type { BaseFiles } from './fix/base-files.ts';
import { readBaseFiles } from './fix/base-files.ts';
import { applyDecision, nothingDone, type Applied } from './pulls/apply-pull.ts';
import { possibleBranches } from './fix/fix.ts';
import { decide } from './decide/decide.ts';
import type { DecideContext } from './decide/decide-context.ts';
import type { Decision } from './decide/decision.ts';
import { learn } from './decide/learned.ts';
import type { LessonFromPerson } from './lessons.ts';
import { prepareFixes, sortOut } from './decide/prepare.ts';
import { textDigest } from './pulls/render-pull.ts';
import type { PublishRun } from './publish-run.ts';
import type { TextContext } from './text/text.ts';
import { afterOf, furtherBase, openedBefore, questionOf, readWorld, type World } from './world/world.ts';

/** What was seen, decided and done in one pass. */
export interface Pass {
  readonly world: World;
  readonly base: BaseFiles;
  readonly lessons: readonly LessonFromPerson[];
  readonly decisions: readonly Decision[];
  readonly applied: readonly Applied[];
  /** Set where the host could not be reached, or bade to come back later: the rest of the decisions were not done. */
  readonly stopped: CortexError | null;
}

/**
 * Sees the repository as it is now. Which branch is the default one shows only then, and branches are named by it: where
 * changes go into another one, it looks twice.
 */
export async function lookAround(run: PublishRun): Promise<World> {
  const world = await lookFor(run, null);
  const base = furtherBase(world.view);
  return base === null ? world : lookFor(run, base);
}

function lookFor({ input, candidates, grouping, nowMs }: PublishRun, base: string | null): Promise<World> {
  const { policy } = input;
  const question = questionOf({
    base: input.base,
    branches: possibleBranches(candidates, { ...grouping, base }),
    results: policy.branch,
    labels: policy.pullRequests.labels,
    login: input.identity.login,
    mergedDays: policy.pullRequests.pace.days,
    nowMs,
  });
  return readWorld(input.host, question, input.identity);
}

/** Decides by what was seen, and does it, unless the run is staged. `opened` were opened by an earlier pass. */
export async function runPass(run: PublishRun, world: World, opened: number): Promise<Pass> {
  const { input, candidates } = run;
  const { policy, identity, mask } = input;
  const lessons = learn(world, input.lessons, run.nowMs);
  const plan = { ...run.grouping, base: furtherBase(world.view) };
  const rules = { world, plan, policy, identity, lessons, nowMs: run.nowMs, limits: run.limits, mask };
  const sorted = sortOut(candidates, rules);
  const base = await readBaseFiles(input.host, world.view.base.head.sha, sorted.wanted);
  const prepared = prepareFixes(sorted.wanted, base, rules);
  const decided = decide(prepared.fixes, decideContext(run, world, opened));
  const decisions = [...sorted.decisions, ...prepared.decisions, ...decided];
  const done = input.mode === 'apply' ? await applyAll(decisions, run, world) : { applied: [], stopped: null };
  return { world, base, lessons, decisions, ...done };
}

function decideContext(run: PublishRun, world: World, opened: number): DecideContext {
  const { report, policy, completeTasks } = run.input;
  const text = textContext(run, world);
  return {
    world,
    policy,
    plan: report.plan.name,
    execution: report.execution_id,
    startedAt: report.started_at,
    candidates: run.candidates,
    completeTasks,
    unseen: [...report.left_out, ...report.unread].map((each) => each.path),
    isComplete:
      report.status === 'complete' &&
      report.tasks.every((task) => task.status === 'skipped' || completeTasks.has(task.task_id)),
    nowMs: run.nowMs,
    limits: run.limits,
    opened: Math.max(opened, openedBefore(world, { execution: report.execution_id, since: report.started_at })),
    textDigest: (fix, pull) => textDigest(fix, afterOf(world, fix.id, pull), text),
  };
}

/** Links and words of this execution. */
export function textContext({ input }: PublishRun, world: World): TextContext {
  return {
    report: input.report,
    resultsUrl: input.resultsUrl ?? world.view.repository.url,
    resultsBranch: input.policy.branch,
    runUrl: input.runUrl,
    mask: input.mask,
  };
}

/**
 * What frees a path or a place comes before what takes one; but what another one replaces is closed only when that one is
 * there.
 */
const order = ['close', 'clean', 'update', 'reopen', 'open', 'replaced', 'hand-over'] as const;

function turnOf(decision: Decision): string {
  return decision.action === 'close' && decision.by !== null ? 'replaced' : decision.action;
}

async function applyAll(
  decisions: readonly Decision[],
  run: PublishRun,
  world: World,
): Promise<Pick<Pass, 'applied' | 'stopped'>> {
  const { host, identity, policy } = run.input;
  const context = {
    host,
    world,
    identity,
    policy: policy.pullRequests,
    limits: run.limits,
    text: textContext(run, world),
  };
  const applied: Applied[] = [];
  for (const turn of order) {
    for (const decision of decisions.filter((each) => turnOf(each) === turn)) {
      try {
        applied.push(withoutSuccessor(decision, applied) ?? (await applyDecision(decision, context)));
      } catch (error) {
        if (!(error instanceof CortexError) || error.family !== 'outside') throw error;
        return { applied, stopped: error };
      }
    }
  }
  return { applied, stopped: null };
}

/** What comes of a closing whose successor the host did not take: nothing. */
function withoutSuccessor(decision: Decision, applied: readonly Applied[]): Applied | undefined {
  if (decision.action !== 'close') return undefined;
  const failed = applied.find(
    (each) => each.refused !== null && decision.by !== null && each.decision.changes.includes(decision.by),
  );
  if (!failed?.refused) return undefined;
  const message = `what would replace it could not be written: ${failed.refused.message}`;
  return { ...nothingDone(decision), refused: { code: 'not-replaced', message } };
}
