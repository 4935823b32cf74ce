import type { PlanTask } from '../plan/plan.ts';
import type { Change, Review } from '../protocol/change.ts';
import { resultSchema, type Result } from '../protocol/result.ts';
import type { MasterName } from '../protocol/words.ts';
import { globMatcher } from '../shared/glob.ts';
import { nounFor } from '../shared/noun.ts';
import { fenceOf, type MasterContext } from './context.ts';
import { claimPaths, settledPaths, type HeldChange, type Proposal } from './path-claims.ts';
import { hasEnded } from './task-run.ts';

/**
 * Judges the changes of a master's own workers: proven when the proof holds and every review of it approves. Waits for
 * the review tasks of the plan that need the task, whichever master owns them.
 */
export async function judgeChanges(
  master: MasterName,
  tasks: readonly PlanTask[],
  context: MasterContext,
): Promise<void> {
  const proposals = (await Promise.all(tasks.map((task) => proposalsOf(task, context)))).flat();
  await claimPaths(master, proposals, context);
  if (proposals.length === 0) return;
  const reviewers = reviewTasksOf(new Set(proposals.map(({ task }) => task.id)), context);
  await context.board.until(
    (state) => (reviewers.every((task) => hasEnded(state.tasks.get(task.id))) ? true : undefined),
    context.signal,
  );
  const reviews = (await Promise.all(reviewers.map((task) => resultOf(task.id, context)))).flatMap(
    (result) => result?.reviews ?? [],
  );
  const held = await settledPaths(context);
  for (const proposal of proposals) {
    const { change } = proposal;
    const verdict = refusedByPlan(change, context.publishPaths) ?? heldBack(change, held) ?? verdictOn(change, reviews);
    await sayVerdict(master, { proposal, ...verdict }, context);
  }
}

async function proposalsOf(task: PlanTask, context: MasterContext): Promise<readonly Proposal[]> {
  const result = await resultOf(task.id, context);
  return (result?.changes ?? []).map((change) => ({ task, change }));
}

function reviewTasksOf(proposing: ReadonlySet<string>, context: MasterContext): readonly PlanTask[] {
  return [...context.tasks.values()].filter(
    (task) => task.worker === 'review-worker' && task.needs.some((need) => proposing.has(need)),
  );
}

async function resultOf(task: string, context: MasterContext): Promise<Result | undefined> {
  const hash = context.board.state.tasks.get(task)?.result;
  if (hash === undefined) return undefined;
  return resultSchema.parse(JSON.parse(Buffer.from(await context.store.getBlob(hash)).toString('utf8')));
}

export interface Verdict {
  readonly verdict: 'proven' | 'rejected';
  readonly reason: string;
}

/** The plan's own word on paths comes before any proof. */
export function refusedByPlan(change: Change, paths: MasterContext['publishPaths']): Verdict | undefined {
  const allowed = globMatcher(paths.allow);
  const denied = globMatcher(paths.deny);
  const refused = change.files.map((file) => file.path).filter((path) => !allowed(path) || denied(path));
  if (refused.length === 0) return undefined;
  return { verdict: 'rejected', reason: `publish.paths of the plan lets no change touch ${refused.join(', ')}` };
}

/** Another master changes the same file, and goes first: to propose both would be to propose a conflict. */
export function heldBack(change: Change, held: readonly HeldChange[]): Verdict | undefined {
  const found = held.find((each) => each.change === change.fingerprint);
  if (!found) return undefined;
  const reason = `held back: ${found.winner} changes ${found.paths.join(', ')} too, by ${found.by.slice(0, 12)}, which goes first`;
  return { verdict: 'rejected', reason };
}

/** A change without any review is never proven: its author's word is not enough. */
export function verdictOn(change: Change, reviews: readonly Review[]): Verdict {
  const own = reviews.filter((review) => review.change === change.fingerprint);
  const failed = own.flatMap((review) => review.gates.filter((gate) => !gate.passed));
  if (own.length === 0) return { verdict: 'rejected', reason: 'no review looked at it' };
  if (failed.length > 0 || own.some((review) => review.verdict !== 'approve')) {
    return {
      verdict: 'rejected',
      reason: failed.map((gate) => `${gate.gate}: ${gate.detail}`).join('; ') || 'a review asks for changes',
    };
  }
  const { gone, before, after } = change.proof;
  return {
    verdict: 'proven',
    reason: `${gone.length} ${nounFor(gone.length, 'finding')} gone (${before.findings} before, ${after.findings} after), nothing new, review approves`,
  };
}

async function sayVerdict(
  master: MasterName,
  judged: Verdict & { readonly proposal: Proposal },
  context: MasterContext,
): Promise<void> {
  const { change, task } = judged.proposal;
  await context.board.write({
    id: `change.judged:${change.fingerprint}`,
    actor: master,
    fence: fenceOf(master, context),
    type: 'change.judged',
    data: {
      change: change.fingerprint,
      task: task.id,
      master,
      title: change.title,
      verdict: judged.verdict,
      reason: judged.reason,
    },
  });
}
