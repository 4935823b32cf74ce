import { idOf, keyFor } from '../world/branch-names.ts';
import type { Candidate } from '../fix/candidates.ts';
import { isTicked } from '../world/boxes.ts';
import type { IgnoredPull } from '../world/dashboard-state.ts';
import { lastWord, type LessonFromPerson } from '../lessons.ts';
import { dayMs } from '../limits.ts';
import { furtherBase, homeOf, type SeenPull, type World } from '../world/world.ts';

/** Why a change is left alone because of what a person did. */
export interface Ignored {
  readonly reason: string;
  readonly pull: { readonly number: number; readonly id: string } | null;
}

interface IgnoreContext {
  readonly world: World;
  readonly lessons: readonly LessonFromPerson[];
  readonly nowMs: number;
  readonly laterDays: number;
  /** Id of the fix that the change belongs to, by the plan's grouping. */
  readonly fixIdOf: (candidate: Candidate) => string;
}

/**
 * Whether a person has closed the pull request of a change into this base, or said of any that they don't want it. What is
 * open, merged since, or asked back in the dashboard is not ignored; what was closed for later is not ignored any more after
 * its time.
 */
export function ignoredFor(candidate: Candidate, context: IgnoreContext): Ignored | undefined {
  const { world, lessons, fixIdOf } = context;
  const { change } = candidate;
  const fixId = fixIdOf(candidate);
  const base = furtherBase(world.view);
  const id = idOf(keyFor(change.fingerprint, base));
  const isHere = (seen: SeenPull): boolean => seen.isOurs && homeOf(seen, world.view) === world.view.base.name;
  const own = world.pulls.filter((seen) => isHere(seen) && brings(seen, change.fingerprint, [id, fixId]));
  if (own.some(({ pull }) => pull.state === 'open')) return undefined;
  const remembered = world.dashboard.state.ignored.filter(
    (each) => (each.base ?? null) === base && has(each, change.fingerprint),
  );
  const ids = [...own.map((seen) => seen.id), ...remembered.map((each) => each.id), id];
  if (ids.some((id) => isTicked(world.dashboard.ticks, 'reopen', id))) return undefined;
  const word = wordFor(lessons, change.fingerprint, world);
  const newest = own.at(-1);
  const closed = closedPull(newest, remembered);
  if (word?.reason === 'reopened' && (closed === undefined || isSince(word.at, closed.at))) return undefined;
  if (word?.reason === 'later')
    return isOver(word, context) ? undefined : { reason: `wanted later, since ${day(word.at)}`, pull: closed ?? null };
  if (newest?.pull.state === 'merged') return undefined;
  if (word !== undefined && word.reason !== 'reopened')
    return { reason: `a person said: ${word.reason.replace('-', ' ')}`, pull: closed ?? null };
  return closed && { reason: `#${closed.number} was closed without merging it`, pull: closed };
}

/**
 * The newest word on a change. What is wrong is wrong in every branch, and so is it no more once that is taken back; but only
 * the pull request that it was said of comes back by that.
 */
export function wordFor(
  lessons: readonly LessonFromPerson[],
  change: string,
  world: World,
): LessonFromPerson | undefined {
  const isElsewhere = ({ reason, pullRequest }: LessonFromPerson): boolean =>
    reason === 'reopened' &&
    world.pulls.some((seen) => seen.pull.number === pullRequest && homeOf(seen, world.view) !== world.view.base.name);
  const last = lastWord(lessons, change);
  if (last === undefined || !isElsewhere(last)) return last;
  const here = lastWord(
    lessons.filter((lesson) => !isElsewhere(lesson)),
    change,
  );
  return here?.reason === 'reopened' ? here : undefined;
}

/**
 * Where it can't be read what a pull request brings, its branch tells. Of a group, a closed one is then taken to have brought
 * all of it, and an open one nothing that people have closed elsewhere.
 */
function brings({ marker, id, pull }: SeenPull, change: string, [own, fixId]: readonly [string, string]): boolean {
  if (typeof marker === 'object') return marker.members.some((member) => member.change === change);
  return id === own || (id === fixId && pull.state !== 'open');
}

function has(ignored: IgnoredPull, change: string): boolean {
  return ignored.members.some((member) => member.change === change);
}

function closedPull(
  newest: SeenPull | undefined,
  remembered: readonly IgnoredPull[],
): { readonly number: number; readonly id: string; readonly at: string } | undefined {
  if (newest !== undefined) {
    const { pull, id } = newest;
    return isClosedByPerson(newest) ? { number: pull.number, id, at: pull.closedAt ?? '' } : undefined;
  }
  const last = remembered.at(-1);
  return last && { number: last.pullRequest, id: last.id, at: last.at };
}

/** Closed without merging, and not by Cortex. */
export function isClosedByPerson({ pull, marker, isOurs }: SeenPull): boolean {
  const byUs = typeof marker === 'object' && marker.closed !== undefined;
  return isOurs && pull.state === 'closed' && !byUs;
}

/** Whether one time is not before another; a time that is missing is before every one. */
export function isSince(time: string, other: string): boolean {
  const [at, since] = [Date.parse(time), Date.parse(other)];
  return Number.isNaN(since) || at >= since;
}

function isOver(word: LessonFromPerson, { nowMs, laterDays }: IgnoreContext): boolean {
  return nowMs - Date.parse(word.at) >= laterDays * dayMs;
}

function day(iso: string): string {
  return iso.slice(0, 10);
}
