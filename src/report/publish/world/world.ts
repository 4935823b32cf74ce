import {
  isOwnOrBot,
  type HostBranch,
  type HostIdentity,
  type HostPullRequest,
  type HostQuestion,
  type HostView,
} from '../../../protocol/code-host.ts';
import { isoTime } from '../../../shared/clock.ts';
import { compareText, sortedSet } from '../../../shared/canonical.ts';
import { branchPrefix, idOf, idOfBranch } from './branch-names.ts';
import { dashboardLabel, dashboardMark, seenDashboard, type DashboardSeen } from './dashboard-state.ts';
import type { HostReader } from './host.ts';
import { dayMs } from '../limits.ts';
import { ownWords, type CommitWords } from './own-commit.ts';
import { readPullMarker, type PullMarker } from './pull-marker.ts';

/** A pull request whose branch bears the name of a fix. */
export interface SeenPull {
  readonly pull: HostPullRequest;
  /** Of the fix, by the branch's name. */
  readonly id: string;
  readonly marker: PullMarker | 'missing' | 'damaged';
  /** What its newest commit says; undefined where somebody else made that. */
  readonly words: CommitWords | undefined;
  /** False where a person opened it by hand from a branch of ours. */
  readonly isOurs: boolean;
  /** Paths that it claims, as far as they are known. */
  readonly paths: readonly string[];
}

/** The repository at one moment, as far as it concerns fixes. */
export interface World {
  readonly view: HostView;
  readonly pulls: readonly SeenPull[];
  readonly dashboard: DashboardSeen;
}

/** What is asked of the host to see it. */
export function questionOf(asked: {
  readonly base: string | null;
  readonly branches: readonly string[];
  readonly results: string;
  readonly labels: readonly string[];
  /** Who the publisher speaks as. */
  readonly login: string;
  readonly mergedDays: number;
  readonly nowMs: number;
}): HostQuestion {
  return {
    base: asked.base,
    prefix: branchPrefix,
    branches: asked.branches,
    results: asked.results,
    issueLabel: dashboardLabel,
    ownIssues: { login: asked.login, mark: dashboardMark },
    labels: sortedSet([...asked.labels, dashboardLabel]),
    mergedSince: isoTime(asked.nowMs - asked.mergedDays * dayMs),
  };
}

/** Looks, and finds out what is ours. Where a marker is lost, the paths of its branch are read from its tree. */
export async function readWorld(host: HostReader, question: HostQuestion, identity: HostIdentity): Promise<World> {
  const view = await host.look(question);
  const pulls: SeenPull[] = [];
  for (const pull of view.pullRequests.toSorted((a, b) => a.number - b.number)) {
    const seen = seenPull(pull, identity);
    if (seen !== undefined) pulls.push(await withPaths(seen, view, host));
  }
  return { view, pulls, dashboard: seenDashboard(view, identity) };
}

/** Undefined for a pull request that has nothing to do with fixes: one from a fork is somebody's, whatever its branch. */
function seenPull(pull: HostPullRequest, identity: HostIdentity): SeenPull | undefined {
  const id = idOfBranch(pull.branch);
  if (id === undefined || pull.isFromFork) return undefined;
  const read = readPullMarker(pull.body);
  const marker = typeof read === 'object' && idOf(read.key) !== id ? 'damaged' : read;
  const isOurs = marker !== 'missing' || isOwnOrBot(pull.author, identity);
  const paths = typeof marker === 'object' ? (marker.paths ?? []) : [];
  return { pull, id, marker, words: wordsFor(id, pull.head), isOurs, paths };
}

/** What a commit says, where it is one of ours and for this fix. */
export function wordsFor(id: string, head: HostPullRequest['head']): CommitWords | undefined {
  const words = ownWords(head);
  return words !== undefined && idOf(words.change) === id ? words : undefined;
}

async function withPaths(seen: SeenPull, view: HostView, host: HostReader): Promise<SeenPull> {
  const { pull, marker } = seen;
  const isKnown = typeof marker === 'object' && marker.paths !== null;
  if (pull.state !== 'open' || isKnown || pull.head === null) return seen;
  // What the base has changed since is not the branch's; where somebody else has pushed, it can't be told apart.
  const from = seen.words?.base ?? view.base.head.sha;
  const [head, base] = [await host.readTree(pull.head.sha, []), await host.readTree(from, [])];
  const before = new Map(base.map((entry) => [entry.path, entry.sha]));
  const after = new Map(head.map((entry) => [entry.path, entry.sha]));
  const paths = sortedSet([...before.keys(), ...after.keys()]).filter((path) => before.get(path) !== after.get(path));
  return { ...seen, paths: paths.toSorted(compareText) };
}

/** The branch that changes go into; null = the default one. */
export function furtherBase({ base, repository }: HostView): string | null {
  return base.name === repository.defaultBranch ? null : base.name;
}

/** The branch that a pull request of ours was opened for, whatever it is pointed at now. */
export function homeOf({ marker, pull }: SeenPull, { repository }: HostView): string {
  return typeof marker === 'object' ? (marker.base ?? repository.defaultBranch) : pull.base;
}

/** Open ones of ours: they count against the limits and claim their paths. */
export function openPulls(world: World): readonly SeenPull[] {
  return world.pulls.filter((seen) => seen.isOurs && seen.pull.state === 'open');
}

/**
 * Pull requests that an execution has opened already, as one that is published again after it was cut off: those that bear
 * its name and are younger than it. The host's times have no fractions of a second.
 */
export function openedBefore(
  world: World,
  { execution, since }: { readonly execution: string; readonly since: string },
): number {
  const sinceMs = Math.floor(Date.parse(since) / 1000) * 1000;
  return world.pulls.filter(
    ({ pull, marker, isOurs }) =>
      isOurs && typeof marker === 'object' && marker.execution === execution && Date.parse(pull.createdAt) >= sinceMs,
  ).length;
}

/** Pull requests of one fix, oldest first. */
export function pullsOf(world: World, id: string): readonly SeenPull[] {
  return world.pulls.filter((seen) => seen.id === id);
}

/** The branch of a fix, whatever slug it was made with. */
export function branchFor(world: World, id: string, wanted: string): HostBranch | undefined {
  const own = world.view.branches.filter((branch) => idOfBranch(branch.name) === id);
  return own.find((branch) => branch.name === wanted) ?? own[0];
}

/** Merged ones of ours since the moment asked for. */
export function mergedCount(view: HostView): number {
  return view.merged.filter((merged) => idOfBranch(merged.branch) !== undefined).length;
}

/** The newest pull request of a fix that is not open any more, but for one. */
export function afterOf(world: World, id: string, except: number | null): number | null {
  const ended = pullsOf(world, id).filter(({ pull }) => pull.state !== 'open' && pull.number !== except);
  return ended.at(-1)?.pull.number ?? null;
}
