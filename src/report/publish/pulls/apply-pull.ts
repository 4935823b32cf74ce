import { CortexError } from '../../../shared/errors.ts';
import type { CommitPlan, Decision } from '../decide/decision.ts';
import type { Fix } from '../fix/fix.ts';
import type { PublishHost } from '../world/host.ts';
import { hasMarkedComment, renderComment, type CommentKind } from './pull-comments.ts';
import type { PublishLimits } from '../limits.ts';
import { withBlock } from './own-block.ts';
import { renderClosed, renderCommit, renderPull, renderTitle } from './render-pull.ts';
import { reviewersOfFix } from '../fix/reviewers.ts';
import type { TextContext } from '../text/text.ts';
import { afterOf, type SeenPull, type World } from '../world/world.ts';
import type { HostCommit, HostIdentity } from '../../../protocol/code-host.ts';
import type { PullRequestPolicy } from '../../../plan/plan.ts';

export interface ApplyContext {
  readonly host: PublishHost;
  readonly world: World;
  readonly identity: HostIdentity;
  readonly policy: PullRequestPolicy;
  readonly limits: PublishLimits;
  readonly text: TextContext;
}

/** What came of a decision: the pull request that is there now, or why nothing was done. */
export interface Applied {
  readonly decision: Decision;
  readonly pullRequest: { readonly number: number; readonly url: string } | null;
  /** The commit that the branch has now, where one was made. */
  readonly commit: HostCommit | null;
  /** Who could not be asked for a review. */
  readonly notAsked: readonly string[];
  /** Whether a branch was not deleted because somebody has pushed to it since it was seen. */
  readonly branchStays: boolean;
  /** Set where the host refused: for a person to mend, or because somebody was faster. */
  readonly refused: { readonly code: string; readonly message: string } | null;
}

/** A decision of which nothing has come yet. */
export function nothingDone(decision: Decision): Applied {
  const { pullRequest } = decision;
  return { decision, pullRequest, commit: null, notAsked: [], branchStays: false, refused: null };
}

/**
 * Does what was decided, in an order that a cut between any two writes leaves whole: a commit that nothing shows, then the
 * branch, then the pull request, then its labels. The next run goes on from what it finds.
 */
export async function applyDecision(decision: Decision, context: ApplyContext): Promise<Applied> {
  const done = nothingDone(decision);
  try {
    return { ...done, ...(await write(decision, context)) };
  } catch (error) {
    // What one fix runs into does not keep the others; what is outside of them all does.
    if (!(error instanceof CortexError) || error.family !== 'problem') throw error;
    return { ...done, refused: { code: error.code, message: error.message } };
  }
}

async function write(decision: Decision, context: ApplyContext): Promise<Partial<Applied>> {
  switch (decision.action) {
    case 'open':
      return open(decision, context);
    case 'reopen':
      return reopen(decision, context);
    case 'update':
      return update(decision, context);
    case 'close':
      return close(decision, context);
    case 'clean':
      return { branchStays: !(await deleteAsSeen(decision.branch, decision.head, context)) };
    case 'hand-over':
      if (decision.tells) await tellOnce(decision.seen, 'hands-off', context);
      return {};
    case 'keep':
    case 'queue':
    case 'hold':
    case 'refuse':
    case 'ignore':
    case 'leave':
    case 'contained':
      return {};
  }
}

type Of<A extends Decision['action']> = Extract<Decision, { readonly action: A }>;

async function open(decision: Of<'open'>, context: ApplyContext): Promise<Partial<Applied>> {
  const { fix, branch, after } = decision;
  const { host, world, policy, limits, text } = context;
  const commit = await bring(fix, { branch, commit: decision.commit }, context);
  const { block } = renderPull(fix, { room: limits.body, after, limits }, text);
  const opened = await host.openPullRequest({
    branch,
    base: world.view.base.name,
    title: renderTitle(fix, text),
    body: withBlock('', block),
    isDraft: policy.draft,
  });
  const { notAsked } = await dress(fix, opened, context);
  return { pullRequest: { number: opened.number, url: opened.url }, commit, notAsked };
}

/** A host may refuse to open a closed one again, as where its branch was made anew: then there is a fresh one. */
async function reopen(decision: Of<'reopen'>, context: ApplyContext): Promise<Partial<Applied>> {
  const { fix, seen, branch } = decision;
  const commit = await bring(fix, { branch, commit: decision.commit }, context);
  try {
    await context.host.editPullRequest(seen.pull.number, { ...newBody(fix, seen, context), state: 'open' });
    return { commit };
  } catch (error) {
    if (!(error instanceof CortexError) || error.family !== 'problem') throw error;
    return open({ ...decision, action: 'open', commit: null, after: seen.pull.number }, context);
  }
}

async function update(decision: Of<'update'>, context: ApplyContext): Promise<Partial<Applied>> {
  const { fix, seen, branch } = decision;
  const commit = await bring(fix, { branch, commit: decision.commit }, context);
  const body = decision.writesBody ? newBody(fix, seen, context) : {};
  if (body.body !== undefined) await context.host.editPullRequest(seen.pull.number, body);
  const dressed = decision.dresses ? await dress(fix, seen.pull, context) : { notAsked: [] };
  return { commit, notAsked: dressed.notAsked };
}

/** The text goes into the body that is there; where what people wrote leaves no room for it, it stays as it is. */
function newBody(fix: Fix, { pull }: SeenPull, { limits, text, world }: ApplyContext): { readonly body?: string } {
  const around = withBlock(pull.body, '').length;
  const after = afterOf(world, fix.id, pull.number);
  const { block } = renderPull(fix, { room: limits.body - around, after, limits }, text);
  const body = withBlock(pull.body, block);
  return body.length <= limits.body && body !== pull.body ? { body } : {};
}

/** The comment comes first, so that whoever is told of the end is told of its reason. */
async function close(decision: Of<'close'>, context: ApplyContext): Promise<Partial<Applied>> {
  const { seen, why, deletesBranch } = decision;
  const { host } = context;
  await tellOnce(seen, why, context);
  const body = typeof seen.marker === 'object' ? withBlock(seen.pull.body, renderClosed(seen.marker, why)) : undefined;
  const fits = body !== undefined && body.length <= context.limits.body;
  await host.editPullRequest(seen.pull.number, { ...(fits ? { body } : {}), state: 'closed' });
  const head = deletesBranch ? seen.pull.head : null;
  return head === null ? {} : { branchStays: !(await deleteAsSeen(seen.pull.branch, head.sha, context)) };
}

/** Gives whether the branch is gone: with a commit that was not seen when this was decided, it stays. */
async function deleteAsSeen(branch: string, sha: string, { host }: ApplyContext): Promise<boolean> {
  try {
    await host.deleteBranch(branch, sha);
    return true;
  } catch (error) {
    if (!(error instanceof CortexError) || error.code !== 'branch-moved') throw error;
    return false;
  }
}

/** The comments that are there are read first: a run that died after it had written one is not repeated. */
async function tellOnce({ pull }: SeenPull, kind: CommentKind, { host, identity, world }: ApplyContext): Promise<void> {
  const told = hasMarkedComment(await host.readComments(pull.number), kind, identity);
  if (told) return;
  const dashboard = world.dashboard.issue?.number ?? null;
  await host.writeComment({ issue: pull.number, id: null, body: renderComment(kind, dashboard) });
}

async function bring(
  fix: Fix,
  { branch, commit }: { readonly branch: string; readonly commit: CommitPlan | null },
  { host, world, text }: ApplyContext,
): Promise<HostCommit | null> {
  if (commit === null) return null;
  const base = world.view.base.head;
  const files = fix.files.map(({ path, mode, after }) => ({ path, mode, content: after }));
  const message = renderCommit(fix, base.sha, text);
  const made = await host.commit({ parents: commit.parents, tree: base.tree, files, message });
  if (commit.branch === 'create') await host.createBranch(branch, made.sha);
  else await host.moveBranch(branch, made.sha);
  return made;
}

async function dress(
  fix: Fix,
  pull: { readonly number: number; readonly nodeId: string },
  context: ApplyContext,
): Promise<{ readonly notAsked: readonly string[] }> {
  const { host, world, policy } = context;
  const { people, teams } = reviewersOfFix(fix, world.view, context);
  if (policy.labels.length + people.length + teams.length === 0) return { notAsked: [] };
  return host.dressPullRequest({
    number: pull.number,
    nodeId: pull.nodeId,
    labels: policy.labels,
    reviewers: people,
    teams,
  });
}
