import { isoTime } from '../../../shared/clock.ts';
import type { Tick } from '../world/boxes.ts';
import { idOf, keyFor } from '../world/branch-names.ts';
import type { Candidate } from '../fix/candidates.ts';
import type { IgnoredPull } from '../world/dashboard-state.ts';
import { sortedSet } from '../../../shared/canonical.ts';
import { lastWord, mergeLessons, type LessonFromPerson } from '../lessons.ts';
import type { MarkedMember } from '../world/pull-marker.ts';
import { isClosedByPerson, isSince } from './ignored.ts';
import { furtherBase, homeOf, type World } from '../world/world.ts';

/** What is known of people's words: the results branch's, the dashboard's, and those that were ticked since. */
export function learn(world: World, known: readonly LessonFromPerson[], nowMs: number): readonly LessonFromPerson[] {
  const before = mergeLessons(known, world.dashboard.state.lessons);
  const fresh = world.dashboard.ticks.flatMap((tick) => lessonsOf(tick, { world, before, at: isoTime(nowMs) }));
  return mergeLessons(before, fresh);
}

function lessonsOf(
  tick: Tick,
  { world, before, at }: { readonly world: World; readonly before: readonly LessonFromPerson[]; readonly at: string },
): readonly LessonFromPerson[] {
  const ignored = closedPulls(world, []).find((each) => each.id === tick.id);
  if (ignored === undefined) return [];
  return ignored.members.flatMap((member) => {
    const said = lastWord(before, member.change);
    const reason = tick.box === 'reason' ? tick.reason : tick.box === 'reopen' ? 'reopened' : undefined;
    // A box that is seen twice, as after a run that died before it could clear it, says nothing new.
    const isKnown =
      said?.reason === reason && said?.pullRequest === ignored.pullRequest && isSince(said.at, ignored.at);
    if (reason === undefined || isKnown) return [];
    const { change, findings, rules } = member;
    return { v: 1 as const, change, findings, rules, reason, at, pullRequest: ignored.pullRequest };
  });
}

/** Findings that the memory of a closed pull request keeps of each change. */
const maxFindings = 3;

/**
 * Pull requests that people have closed and that have no later one, by the host as far as it shows them, else by memory. A
 * single change whose marker is lost is known by its candidate.
 */
export function closedPulls(world: World, candidates: readonly Candidate[]): readonly IgnoredPull[] {
  const base = furtherBase(world.view);
  const isOf = (id: string, { change }: Candidate): boolean => idOf(keyFor(change.fingerprint, base)) === id;
  const seen = [...new Set(world.pulls.map((pull) => pull.id))].flatMap((id): IgnoredPull[] => {
    const own = world.pulls.filter((each) => each.id === id && each.isOurs);
    const newest = own.at(-1);
    if (newest === undefined || own.some(({ pull }) => pull.state === 'open') || !isClosedByPerson(newest)) return [];
    const { pull, marker } = newest;
    const members =
      typeof marker === 'object' ? marker.members : candidates.filter((candidate) => isOf(id, candidate)).map(memberOf);
    const plan = typeof marker === 'object' ? marker.plan : null;
    const at = pull.closedAt ?? '';
    const home = homeOf(newest, world.view);
    const into = home === world.view.repository.defaultBranch ? {} : { base: home };
    return [
      { id, plan, ...into, branch: pull.branch, pullRequest: pull.number, at, members: members.map(shortMember) },
    ];
  });
  const shown = new Set(world.pulls.map((pull) => pull.id));
  const remembered = world.dashboard.state.ignored.filter((each) => !shown.has(each.id));
  return [...remembered, ...seen];
}

function shortMember({ change, task, findings, rules }: MarkedMember): IgnoredPull['members'][number] {
  return { change, task, findings: findings.slice(0, maxFindings), rules: [...rules] };
}

/** A change as markers name it. */
export function memberOf({ change, task, findings }: Candidate): MarkedMember {
  const rules = sortedSet(findings.map((finding) => finding.ruleId));
  return { change: change.fingerprint, task, findings: [...change.proof.gone], rules };
}
