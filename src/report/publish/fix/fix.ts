import type { MasterName, Severity } from '../../../protocol/words.ts';
import type { PullRequestPolicy } from '../../../plan/plan.ts';
import { canonicalJson, compareText, sha256, sortedSet } from '../../../shared/canonical.ts';
import { bug } from '../../../shared/errors.ts';
import { mergeTexts } from '../../../shared/merge-texts.ts';
import type { AnchoredFile } from './anchor.ts';
import { branchOf, idOf, keyFor } from '../world/branch-names.ts';
import { highest, severityRank, type Candidate } from './candidates.ts';

/** A change that is ready for a pull request, on the base as it is now. */
export interface ReadyChange {
  readonly candidate: Candidate;
  readonly files: readonly AnchoredFile[];
  readonly merged: readonly string[];
}

/** What becomes one pull request: one change, or those of a group. Without files the base has all of it. */
export interface Fix {
  /** 64 hexadecimal digits: of the change's own fingerprint, or of the group; see `keyFor`. */
  readonly key: string;
  readonly id: string;
  readonly branch: string;
  /** What it goes into; null = the default branch. */
  readonly base: string | null;
  readonly master: MasterName;
  /** Null for a fix of one change. */
  readonly group: string | null;
  readonly members: readonly ReadyChange[];
  readonly files: readonly AnchoredFile[];
  readonly severity: Severity;
  /** Digest of the files, as the base has them and as they become. */
  readonly content: string;
}

/** A change that does not go together with those of its own group that come before it. */
export interface Clash {
  readonly candidate: Candidate;
  readonly reason: string;
}

/** Changes that one pull request joins at most: more can't be reviewed as one. */
const maxMembers = 50;

interface GroupRules {
  readonly keyFor: (candidate: Candidate) => string;
  readonly maxFiles: number;
  /** What the changes go into; null = the default branch. */
  readonly base: string | null;
}

/**
 * Puts changes together as the plan says. In a group, texts of one path are joined in three ways; a change that can't be
 * is left out and named. The most severe come first.
 */
export function groupChanges(
  ready: readonly ReadyChange[],
  rules: GroupRules,
): { readonly fixes: readonly Fix[]; readonly clashes: readonly Clash[] } {
  const groups = new Map<string, ReadyChange[]>();
  for (const change of ready.toSorted(bySeverity)) {
    const key = rules.keyFor(change.candidate);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  const joined = [...groups].map(([key, members]) => joinMembers(key, withWork(members), rules));
  return { fixes: joined.map(({ fix }) => fix), clashes: joined.flatMap(({ clashes }) => clashes) };
}

function bySeverity(a: ReadyChange, b: ReadyChange): number {
  const rank = severityRank(a.candidate.severity) - severityRank(b.candidate.severity);
  return rank === 0 ? compareText(a.candidate.change.fingerprint, b.candidate.change.fingerprint) : rank;
}

/** How a plan puts changes together, and what they go into. */
export interface Grouping {
  readonly name: string;
  readonly group: PullRequestPolicy['group'];
  /** Null = the default branch. */
  readonly base: string | null;
}

/** Of a single change its fingerprint: the same change made for another plan is the same fix. */
export function keyOf({ change, master, capability }: Candidate, { name, group, base }: Grouping): string {
  if (group === 'none') return keyFor(change.fingerprint, base);
  const parts = group === 'capability' ? [master, capability] : [master];
  return keyFor(sha256(['group', name, group, ...parts].join('\n')), base);
}

/**
 * Branch names that the candidates of an execution can have, before it is known which of them are fit: those of all
 * groupings, as a plan may have had another one when people closed what it proposed.
 */
export function possibleBranches(
  candidates: readonly Candidate[],
  plan: Pick<Grouping, 'name' | 'base'>,
): readonly string[] {
  const names = candidates.flatMap((each) => [
    branchOf(each.master, keyOf(each, { ...plan, group: 'none' }), each.change.pullRequest.branchSlug),
    ...(['capability', 'master'] as const).flatMap((group) =>
      [groupName([each]), mixedName].map((name) => branchOf(each.master, keyOf(each, { ...plan, group }), name)),
    ),
  ]);
  return sortedSet(names);
}

/** The name of a group whose changes come from more than one capability. */
const mixedName = 'fixes';

function groupName(members: readonly Candidate[]): string {
  const capabilities = [...new Set(members.map((member) => member.capability))];
  return capabilities.length === 1 ? (capabilities[0] ?? mixedName) : mixedName;
}

/** What the base has already is no part of a group that has other work. */
function withWork(members: readonly ReadyChange[]): readonly ReadyChange[] {
  const working = members.filter((member) => member.files.length > 0);
  return working.length === 0 ? members : working;
}

function joinMembers(
  key: string,
  members: readonly ReadyChange[],
  { maxFiles, base }: GroupRules,
): { readonly fix: Fix; readonly clashes: readonly Clash[] } {
  const files = new Map<string, AnchoredFile>();
  const kept: ReadyChange[] = [];
  const clashes: Clash[] = [];
  for (const member of members) {
    const { candidate } = member;
    const joined = member.files.map((file) => ({ file, result: joinFile(files.get(file.path), file) }));
    const clash = joined.find(({ result }) => result === undefined);
    const added = member.files.filter(({ path }) => !files.has(path)).length;
    const isFull = kept.length > 0 && (kept.length >= maxMembers || files.size + added > maxFiles);
    if (clash !== undefined) {
      const reason = `waits for its group: another change of it touches the same lines of ${clash.file.path}`;
      clashes.push({ candidate, reason });
    } else if (isFull) {
      clashes.push({ candidate, reason: 'waits for its group: no more fits into one pull request' });
    } else {
      kept.push(member);
      for (const { result } of joined) if (result !== undefined) files.set(result.path, result);
    }
  }
  return { fix: fixOf({ key, base }, kept, [...files.values()]), clashes };
}

/** Two edits of one file as one; undefined where they can't be joined. */
function joinFile(first: AnchoredFile | undefined, second: AnchoredFile): AnchoredFile | undefined {
  if (first === undefined || first.after === second.after) return second;
  if (first.before === null || first.after === null || second.after === null) return undefined;
  const after = mergeTexts(first.before, first.after, second.after);
  return after === undefined ? undefined : { ...second, after };
}

function fixOf(
  { key, base }: Pick<Fix, 'key' | 'base'>,
  kept: readonly ReadyChange[],
  joined: readonly AnchoredFile[],
): Fix {
  const [first] = kept;
  if (first === undefined) throw bug('fix-without-change', `The fix ${key} has no change`);
  const { change, master } = first.candidate;
  const group = key === keyFor(change.fingerprint, base) ? null : groupName(kept.map(({ candidate }) => candidate));
  const files = joined
    .map(({ path, mode, before, after }) => ({ path, mode, before, after }))
    .toSorted((a, b) => compareText(a.path, b.path));
  return {
    key,
    id: idOf(key),
    branch: branchOf(master, key, group ?? change.pullRequest.branchSlug),
    base,
    master,
    group,
    members: kept,
    files,
    severity: highest(kept.map(({ candidate }) => candidate.severity)),
    content: contentDigest(files),
  };
}

/** The same digest means: the same files, from the same texts of the base, come out the same. */
export function contentDigest(files: readonly AnchoredFile[]): string {
  const hash = (text: string | null): string | null => (text === null ? null : sha256(text));
  return sha256(canonicalJson(files.map(({ path, mode, before, after }) => [path, mode, hash(before), hash(after)])));
}
