import type { CortexError } from '../../shared/errors.ts';
import { createPatch } from '../../shared/unified-diff.ts';
import type { PublishCounts } from './counts.ts';
import { countsOf } from './counts.ts';
import type { DashboardOutcome } from './dashboard/dashboard.ts';
import { isWriting, type About, type Action, type Decision } from './decide/decision.ts';
import type { LessonFromPerson } from './lessons.ts';
import { withBlock } from './pulls/own-block.ts';
import type { PublishRun } from './publish-run.ts';
import type { QuestionAnswer } from './dashboard/questions.ts';
import { renderPull, renderTitle } from './pulls/render-pull.ts';
import { reviewersOfFix, type Reviewers } from './fix/reviewers.ts';
import { textContext, type Pass } from './run-pass.ts';
import type { Settled } from './settle.ts';
import { renderSummary } from './render-summary.ts';
import { afterOf, type World } from './world/world.ts';

/** What became of one fix, one pull request or one change. */
export interface PublishItem extends About {
  readonly action: Action;
  /** False in a staged run, and where the host was not reached any more: then it is what would be done. */
  readonly isDone: boolean;
}

/** A pull request as it is, or would be, written. */
export interface RenderedPull {
  readonly id: string;
  readonly branch: string;
  readonly title: string;
  readonly isDraft: boolean;
  readonly labels: readonly string[];
  readonly reviewers: Reviewers;
  readonly body: string;
  /** Unified diff against the base. */
  readonly diff: string;
}

/** All that publishing did, or would do. Plain data: it can be written down as JSON. */
export interface PublishOutcome {
  readonly mode: 'apply' | 'staged';
  readonly base: { readonly branch: string; readonly commit: string };
  readonly items: readonly PublishItem[];
  readonly counts: PublishCounts;
  readonly dashboard: { readonly number: number; readonly url: string } | null;
  /** Text of the dashboard; null where there is none and nothing to say. */
  readonly dashboardBody: string | null;
  /** Texts and diffs of what is, or would be, opened or written again; empty after `apply`. */
  readonly rendered: readonly RenderedPull[];
  /** Every word of people that is known, for `coordination/lessons.json`. */
  readonly lessons: readonly LessonFromPerson[];
  /** Answers to questions, for a resumed execution. */
  readonly answers: readonly QuestionAnswer[];
  readonly notes: readonly string[];
  /** Set where the host could not be reached to the end: the next run goes on. */
  readonly stopped: { readonly code: string; readonly message: string; readonly retryable: boolean } | null;
  /** For the summary of the job. */
  readonly markdown: string;
}

export function outcomeOf(
  run: PublishRun,
  done: {
    readonly pass: Pass;
    readonly settled: readonly Settled[];
    readonly dashboard: DashboardOutcome;
    readonly stopped: CortexError | null;
  },
): PublishOutcome {
  const { mode } = run.input;
  const { pass, settled, dashboard, stopped } = done;
  const { base } = pass.world.view;
  const outcome = {
    mode,
    base: { branch: base.name, commit: base.head.sha },
    items: settled.map(itemOf),
    counts: countsOf(mode === 'staged' ? settled : settled.filter(wasDone)),
    dashboard: dashboard.issue,
    dashboardBody: dashboard.body,
    rendered: mode === 'staged' ? pass.decisions.flatMap((each) => rendered(each, run, pass.world)) : [],
    lessons: pass.lessons,
    answers: dashboard.answers,
    notes: dashboard.notes,
    stopped: stopped && { code: stopped.code, message: stopped.message, retryable: stopped.retryable },
  };
  return { ...outcome, markdown: run.input.mask(renderSummary(outcome)) };
}

/** What was decided and not reached any more is not counted as done. */
function wasDone({ decision, isDone }: Settled): boolean {
  return isDone || !isWriting(decision.action);
}

function itemOf({ decision, isDone }: Settled): PublishItem {
  const { action, id, branch, title, changes, paths, severity, pullRequest, reason } = decision;
  return { action, isDone, id, branch, title, changes, paths, severity, pullRequest, reason };
}

function rendered(decision: Decision, run: PublishRun, world: World): readonly RenderedPull[] {
  if (decision.action !== 'open' && decision.action !== 'reopen' && decision.action !== 'update') return [];
  const { fix, id, branch } = decision;
  const { policy } = run.input;
  const there = decision.action === 'open' ? null : decision.seen.pull;
  const context = textContext(run, world);
  const around = withBlock(there?.body ?? '', '').length;
  const after = decision.action === 'open' ? decision.after : afterOf(world, id, there?.number ?? null);
  const { block } = renderPull(fix, { room: run.limits.body - around, after, limits: run.limits }, context);
  return [
    {
      id,
      branch,
      title: there?.title ?? renderTitle(fix, context),
      isDraft: there?.isDraft ?? policy.pullRequests.draft,
      labels: there?.labels ?? policy.pullRequests.labels,
      reviewers: reviewersOfFix(fix, world.view, { ...run.input, policy: policy.pullRequests, limits: run.limits }),
      body: withBlock(there?.body ?? '', block),
      diff: createPatch(fix.files),
    },
  ];
}
