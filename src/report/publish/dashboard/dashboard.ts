import { compareText } from '../../../shared/canonical.ts';
import { isoTime } from '../../../shared/clock.ts';
import { CortexError } from '../../../shared/errors.ts';
import { isTicked } from '../world/boxes.ts';
import { countsOf } from '../counts.ts';
import { dashboardLabel, seenDashboard, type DashboardState, type IgnoredPull } from '../world/dashboard-state.ts';
import { actsOf, type Decision } from '../decide/decision.ts';
import { isSince, wordFor } from '../decide/ignored.ts';
import { closedPulls } from '../decide/learned.ts';
import { unknownLessons, type LessonFromPerson } from '../lessons.ts';
import type { PublishRun } from '../publish-run.ts';
import { questionComments, writeComments } from './question-comments.ts';
import { readAnswers, type QuestionAnswer } from './questions.ts';
import { renderDashboard } from './render-dashboard.ts';
import type { Pass } from '../run-pass.ts';
import { startMs, type Begun } from '../world/started.ts';
import { nextPlans } from './plan-items.ts';
import { isSameText } from '../text/same-text.ts';
import type { Settled } from '../settle.ts';
import { furtherBase, openPulls, type World } from '../world/world.ts';

export interface DashboardOutcome {
  readonly issue: { readonly number: number; readonly url: string } | null;
  readonly answers: readonly QuestionAnswer[];
  /** Its text; null where there is nothing to say and no dashboard yet. */
  readonly body: string | null;
  readonly notes: readonly string[];
}

/** What the dashboard is made from: what came of the run, and the repository as it was seen last. */
export interface DashboardInput {
  readonly pass: Pass;
  readonly settled: readonly Settled[];
  readonly latest: World;
}

/**
 * Brings the dashboard up to date, last of all, so that a box is cleared only when it was acted on: it is read again just
 * before it is written, and what was ticked in the meantime stays ticked. Then its comments: questions of this run, answers, and why an answer does not count.
 */
export async function publishDashboard(run: PublishRun, given: DashboardInput): Promise<DashboardOutcome> {
  const { host, identity, mode, minRole, mask, questions } = run.input;
  const latest = await refreshed(run, given.latest);
  const input = { ...given, latest };
  const seen = latest.dashboard;
  const answers = await readAnswers(latest.view, host, { identity, minRole });
  const answered = new Set(answers.answers.map((each) => `${each.execution} ${each.question}`));
  const open = questions.filter((each) => !answered.has(`${each.execution} ${each.question}`));
  const notes = notesOf(input);
  const body = dashboardText(run, input, { open, notes });
  const hasNews = seen.issue !== null || body.isWorth || questions.length > 0;
  const there = seen.issue && { number: seen.issue.number, url: seen.issue.url };
  const outcome = { issue: there, answers: answers.answers, body: hasNews ? body.text : null, notes };
  if (mode === 'staged' || !hasNews) return outcome;
  try {
    const issue = await writeDashboard(run, latest, body.text);
    const context = { comments: seen.issue?.comments ?? [], identity, minRole, mask };
    await writeComments(issue.number, questionComments(questions, answers, context), host);
    return { ...outcome, issue };
  } catch (error) {
    if (!(error instanceof CortexError) || error.family !== 'problem') throw error;
    return { ...outcome, notes: [...notes, `The dashboard could not be written: ${error.message}`] };
  }
}

/** The dashboard as it is now, whatever the run did since its last look; its comments are those of that look. */
async function refreshed({ input }: PublishRun, latest: World): Promise<World> {
  const there = latest.dashboard.issue;
  if (input.mode === 'staged' || there === null) return latest;
  const now = await input.host.readIssue(there.number);
  const issues = latest.view.issues.flatMap((each) => {
    if (each.number !== there.number) return [each];
    return now === null ? [] : [{ ...now, comments: each.comments }];
  });
  const view = { ...latest.view, issues };
  return { ...latest, view, dashboard: seenDashboard(view, input.identity) };
}

async function writeDashboard(
  { input }: PublishRun,
  { dashboard }: World,
  body: string,
): Promise<{ readonly number: number; readonly url: string }> {
  const { host } = input;
  const { issue, duplicates } = dashboard;
  const labels = issue?.labels ?? [];
  const isLabelled = labels.some((label) => label.toLowerCase() === dashboardLabel);
  const written =
    issue && isLabelled && isSameText(issue.body, body)
      ? issue
      : await host.writeIssue({
          number: issue?.number ?? null,
          title: issue?.title ?? 'Cortex dashboard',
          body,
          labels: isLabelled ? labels : [...labels, dashboardLabel],
          state: issue?.state ?? 'open',
        });
  for (const { number, title, labels } of duplicates) {
    await host.writeIssue({ number, title, body: `The dashboard is #${written.number}.`, labels, state: 'closed' });
  }
  return { number: written.number, url: written.url };
}

function dashboardText(
  run: PublishRun,
  { pass, settled, latest }: DashboardInput,
  { open, notes }: { readonly open: PublishRun['input']['questions']; readonly notes: readonly string[] },
): { readonly text: string; readonly isWorth: boolean } {
  const decisions = settled.map(({ decision }) => decision);
  const state = nextState(run, { pass, settled, latest });
  const acted = pass.world.dashboard.ticks;
  const others = new Set(state.ignored.filter((each) => !isOf(each, run, latest)).map(({ id }) => id));
  const stays = (box: string, id: string): boolean =>
    isTicked(latest.dashboard.ticks, box, id) && (!isTicked(acted, box, id) || (box === 'reopen' && others.has(id)));
  const { mask } = run.input;
  const text = renderDashboard(
    { decisions, state, questions: open, lessons: pass.lessons, stays, notes, mask },
    run.limits,
  );
  const isWorth =
    decisions.some((each) => !['refuse', 'contained', 'clean'].includes(each.action)) ||
    state.ignored.length > 0 ||
    state.plans.some(({ waiting }) => waiting.length > 0);
  return { text, isWorth };
}

function notesOf({ latest, settled }: DashboardInput): readonly string[] {
  const { dashboard } = latest;
  const damaged =
    dashboard.memory === 'damaged'
      ? [
          'The memory of this dashboard was damaged, and was made anew from what GitHub shows. What waits of other plans comes back with their next runs.',
        ]
      : [];
  const healed = settled.flatMap(({ decision }) =>
    decision.action === 'update' && typeof decision.seen.marker === 'string'
      ? [`The marker of #${decision.seen.pull.number} was ${decision.seen.marker}, and was written again.`]
      : [],
  );
  const unasked = settled.flatMap(({ decision, notAsked }) =>
    notAsked.length > 0
      ? [`#${decision.pullRequest?.number ?? 0}: no review could be asked of ${notAsked.join(', ')}.`]
      : [],
  );
  const duplicates = dashboard.duplicates.map(({ number }) => `#${number} was a second dashboard, and was closed.`);
  return [...damaged, ...healed, ...unasked, ...duplicates];
}

function nextState(run: PublishRun, { pass, settled, latest }: DashboardInput): DashboardState {
  const { report, lessons: kept, runUrl } = run.input;
  const before = latest.dashboard.state;
  const decisions = settled.map(({ decision }) => decision);
  const open = [...new Set([...openPulls(latest).map(({ pull }) => pull.number), ...numbersOf(decisions, 'open')])];
  const closed = new Set(numbersOf(decisions, 'close'));
  const isOpen = (number: number): boolean => open.includes(number) && !closed.has(number);
  const told = [...before.told, ...actsOf(decisions, 'hand-over').map((each) => each.seen.pull.number)];
  const counts = countsOf(settled);
  return {
    runs: nextRuns(before.runs, {
      execution: report.execution_id,
      plan: report.plan.name,
      base: furtherBase(latest.view),
      startedAt: report.started_at,
      at: isoTime(run.nowMs),
      url: runUrl,
      opened: counts.opened + counts.reopened,
      updated: counts.updated,
      closed: counts.closed,
      held: counts.held,
      queued: counts.queued,
    }),
    plans: [...nextPlans(run, { decisions, latest, acted: pass.world.dashboard.ticks })],
    ignored: nextIgnored(run, latest, pass.lessons),
    told: [...new Set(told)].filter(isOpen).toSorted((a, b) => a - b),
    dressed: open.filter(isOpen).toSorted((a, b) => a - b),
    lessons: [...unknownLessons(pass.lessons, kept)],
  };
}

function numbersOf(decisions: readonly Decision[], action: Decision['action']): readonly number[] {
  return decisions.flatMap((each) => (each.action === action && each.pullRequest ? [each.pullRequest.number] : []));
}

/** The same execution published again counts once, with what it did in all. */
function nextRuns(runs: DashboardState['runs'], run: DashboardState['runs'][number]): DashboardState['runs'] {
  const same = runs.find((each) => each.execution === run.execution && each.plan === run.plan);
  const sum = same
    ? {
        ...run,
        at: same.at,
        opened: same.opened + run.opened,
        updated: same.updated + run.updated,
        closed: same.closed + run.closed,
      }
    : run;
  const others = runs.filter((each) => each !== same);
  const byStart = (a: Begun, b: Begun): number => {
    const [first, second] = [startMs(a), startMs(b)];
    return first === second ? compareText(b.execution, a.execution) : second > first ? 1 : -1;
  };
  return [sum, ...others].toSorted(byStart);
}

/** Whether a pull request that was closed is of this run's plan and base; where its plan is not known, it is taken for one. */
function isOf({ plan, base }: IgnoredPull, { input }: PublishRun, { view }: World): boolean {
  return (plan === null || plan === input.report.plan.name) && (base ?? null) === furtherBase(view);
}

/** What people closed, but for what they want back and for what is not found any more; of other plans, all of it. */
function nextIgnored(run: PublishRun, latest: World, lessons: readonly LessonFromPerson[]): IgnoredPull[] {
  const { completeTasks } = run.input;
  const present = new Set(run.candidates.map(({ change }) => change.fingerprint));
  return closedPulls(latest, run.candidates).filter((each) => {
    const { at, members } = each;
    if (members.length === 0 || !isOf(each, run, latest)) return true;
    const isGone = members.every(({ change, task }) => !present.has(change) && completeTasks.has(task));
    const isBack = members.every(({ change }) => {
      const word = wordFor(lessons, change, latest);
      return word?.reason === 'reopened' && isSince(word.at, at);
    });
    return !isGone && !isBack;
  });
}
