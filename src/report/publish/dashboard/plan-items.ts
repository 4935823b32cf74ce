import { compareText } from '../../../shared/canonical.ts';
import { isoTime } from '../../../shared/clock.ts';
import { oneLine } from '../../markdown/escape.ts';
import { isOutrun } from '../decide/decide-context.ts';
import { actsOf, type Decision } from '../decide/decision.ts';
import { dayMs } from '../limits.ts';
import type { PublishRun } from '../publish-run.ts';
import { isTicked, type Tick } from '../world/boxes.ts';
import type { PlanItems, Waiting } from '../world/waiting.ts';
import { furtherBase, openPulls, type World } from '../world/world.ts';

/** What came of a run, with the ticks that it has acted on. */
interface Came {
  readonly decisions: readonly Decision[];
  readonly latest: World;
  readonly acted: readonly Tick[];
}

/** Plans that the dashboard keeps at most; those that ran last. */
const maxPlans = 20;
const maxPaths = 3;

/**
 * What waits of every plan, that of this run's first: its own is written anew, that of the others stays, ticks included, but
 * for what this run has settled. An execution that comes late leaves its plan's as it is.
 */
export function nextPlans(run: PublishRun, came: Came): readonly PlanItems[] {
  const { report } = run.input;
  const before = came.latest.dashboard.state.plans;
  const ownBase = furtherBase(came.latest.view);
  const isOwn = ({ name, base }: PlanItems): boolean => name === report.plan.name && base === ownBase;
  const isLate = isOutrun({
    world: came.latest,
    plan: report.plan.name,
    execution: report.execution_id,
    startedAt: report.started_at,
  });
  const own = isLate ? before.filter(isOwn).map((each) => othersItems(each, came)) : [ownItems(run, came)];
  const isFresh = ({ at }: PlanItems): boolean => run.nowMs - Date.parse(at) < run.limits.planDays * dayMs;
  const others = before.filter((each) => !isOwn(each) && isFresh(each)).map((each) => othersItems(each, came));
  return [...own, ...others.toSorted((a, b) => compareText(b.at, a.at))].slice(0, maxPlans);
}

function ownItems(run: PublishRun, came: Came): PlanItems {
  const { report } = run.input;
  const { plans } = came.latest.dashboard.state;
  const base = furtherBase(came.latest.view);
  // The same execution published again changes nothing.
  const same = plans.find((each) => each.execution === report.execution_id && each.base === base);
  return {
    name: report.plan.name,
    base,
    execution: report.execution_id,
    at: same?.at ?? isoTime(run.nowMs),
    since: Object.fromEntries(actsOf(came.decisions, 'queue').map((each) => [each.id, each.since])),
    waiting: ownWaiting(run, came),
    asked: [],
    left: 0,
  };
}

/** What people have pushed to and what is held come first: of the queue, ticks and times are remembered by themselves. */
function ownWaiting({ input, limits }: PublishRun, { decisions, latest, acted }: Came): Waiting[] {
  const { mask } = input;
  const { ticks } = latest.dashboard;
  // A pull request that could not be taken over this time is asked for again next time.
  const handed = actsOf(decisions, 'hand-over').map((each): Waiting => ({
    ...lineOf(each, mask),
    kind: 'hand-over',
    isTicked: isTicked(ticks, 'take-over', each.id),
  }));
  const held = actsOf(decisions, 'hold').map((each): Waiting => ({
    ...lineOf(each, mask),
    patch: each.patch === null ? null : cutPatch(mask(each.patch), limits.patch),
  }));
  const queued = actsOf(decisions, 'queue').map((each): Waiting => ({
    ...lineOf(each, mask),
    kind: 'queue',
    isTicked: each.isAskedFor || (isTicked(ticks, 'open', each.id) && !isTicked(acted, 'open', each.id)),
  }));
  return [...handed, ...held, ...queued];
}

/** Credentials are taken out before a text is cut, and before it is kept: of hidden text nobody could do it later. */
function lineOf(
  { id, title, severity, reason, paths, pullRequest }: Decision,
  mask: (text: string) => string,
): Waiting {
  const short = (text: string, length: number): string => oneLine(mask(text), length);
  return {
    kind: 'hold',
    id,
    title: short(title, 120),
    severity,
    reason: short(reason, 400),
    paths: paths.slice(0, maxPaths).map((path) => short(path, 200)),
    pullRequest: pullRequest?.number ?? null,
    patch: null,
    isTicked: false,
  };
}

function cutPatch(patch: string, room: number): NonNullable<Waiting['patch']> {
  return { text: patch.slice(0, room), isWhole: patch.length <= room };
}

/** Of another plan: what this run has seen to its end goes, all else stays, with its box as people have left it. */
function othersItems(plan: PlanItems, { decisions, latest }: Came): PlanItems {
  const open = openPulls(latest);
  const settled = new Set(decisions.filter(({ action }) => settles.has(action)).map(({ id }) => id));
  const isProposed = (id: string): boolean => settled.has(id) || open.some((seen) => seen.id === id);
  const isOver = ({ kind, id, pullRequest }: Waiting): boolean => {
    if (kind === 'queue') return isProposed(id);
    return settled.has(id) || (kind === 'hand-over' && !open.some(({ pull }) => pull.number === pullRequest));
  };
  const { ticks } = latest.dashboard;
  const waiting = plan.waiting.filter((item) => !isOver(item));
  const since = Object.entries(plan.since).filter(([id]) => !isProposed(id));
  const shown = new Set(waiting.map(({ id }) => id));
  return {
    ...plan,
    since: Object.fromEntries(since),
    asked: since.flatMap(([id]) => (!shown.has(id) && isTicked(ticks, 'open', id) ? [id] : [])),
    waiting: waiting.map((item) => ({ ...item, isTicked: isStillTicked(item, ticks) })),
  };
}

function isStillTicked({ kind, id }: Waiting, ticks: readonly Tick[]): boolean {
  return kind !== 'hold' && isTicked(ticks, kind === 'queue' ? 'open' : 'take-over', id);
}

/** What ends the wait of a fix, whichever plan it waits for. */
const settles: ReadonlySet<Decision['action']> = new Set([
  'open',
  'reopen',
  'update',
  'keep',
  'close',
  'clean',
  'contained',
  'ignore',
]);
