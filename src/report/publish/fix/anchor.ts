import type { Change } from '../../../protocol/change.ts';
import { messageOf } from '../../../shared/errors.ts';
import { mergeTexts } from '../../../shared/merge-texts.ts';
import { applyPatch } from '../../../shared/unified-diff.ts';
import { hashOf, type BaseFiles, type SeenText } from './base-files.ts';

/** A file as the base has it and as a fix is to have it; null = it is not there. */
export interface AnchoredFile {
  readonly path: string;
  readonly mode: '100644' | '100755';
  readonly before: string | null;
  readonly after: string | null;
}

/** A change on the base as it is now. Without files, the base has all of it already. */
export type Anchored =
  | {
      readonly state: 'anchored';
      readonly files: readonly AnchoredFile[];
      /** Files that were joined with what the base has become. */
      readonly merged: readonly string[];
    }
  | { readonly state: 'held'; readonly reason: string };

type FileClaim = Change['files'][number];

/**
 * Lays a change over the base as it is now: as it is where its files have not moved, joined in three ways where they have.
 * What can't be joined is held, with the path that it fails at. Pure.
 */
export function anchorChange(change: Change, base: BaseFiles): Anchored {
  const made = madeTexts(change, base);
  if (typeof made === 'string') return { state: 'held', reason: made };
  const files: AnchoredFile[] = [];
  const merged: string[] = [];
  for (const claim of change.files) {
    const result = anchorFile(claim, made, base);
    if (typeof result === 'string') return { state: 'held', reason: result };
    if (result.file !== undefined) files.push(result.file);
    if (result.isMerged) merged.push(claim.path);
  }
  return { state: 'anchored', files, merged };
}

interface MadeTexts {
  readonly before: (path: string) => string | null;
  readonly after: (path: string) => string | null | undefined;
}

/** The texts on both sides of the change, proven by their hashes; else what is wrong. */
function madeTexts(change: Change, base: BaseFiles): MadeTexts | string {
  const before = new Map<string, string | null>();
  for (const claim of change.files) {
    const text = textWhenMade(claim, change.baseCommit, base);
    if (typeof text === 'object' && text !== null) return text.wrong;
    before.set(claim.path, text);
  }
  const contained = change.files.every((claim) => hashOf(base.textOf(claim.path)) === claim.after);
  const after = contained ? undefined : patched(change, before);
  if (typeof after === 'string') return after;
  return { before: (path) => before.get(path) ?? null, after: (path) => after?.get(path) };
}

function textWhenMade(
  { path, before, after }: FileClaim,
  commit: string,
  base: BaseFiles,
): string | null | { readonly wrong: string } {
  if (before === null) return null;
  const now = base.textOf(path);
  const hash = hashOf(now);
  if (hash === before) return now as string;
  // The base has the result already: what it was made from is not read, and only needed where other files need it.
  const older = base.madeOn(commit, path);
  if (hash === after && hashOf(older) !== before) return null;
  if (hashOf(older) === before) return older as string;
  return { wrong: `${path} can't be found as it was at commit ${commit.slice(0, 12)}` };
}

function patched(
  change: Change,
  before: ReadonlyMap<string, string | null>,
): ReadonlyMap<string, string | null> | string {
  try {
    const after = applyPatch(change.patch, (path) => before.get(path) ?? undefined);
    const wrong = change.files.find((file) => hashOf(after.get(file.path) ?? null) !== file.after);
    return wrong === undefined ? after : `${wrong.path} does not come out as the change says`;
  } catch (error) {
    return messageOf(error);
  }
}

type FileResult = { readonly file?: AnchoredFile; readonly isMerged: boolean };

/** One file on the base; a text says why it can't be. */
function anchorFile(claim: FileClaim, made: MadeTexts, base: BaseFiles): FileResult | string {
  const { path } = claim;
  const kind = kindProblem(path, base);
  if (kind !== undefined) return `${path} ${kind}`;
  const now = base.textOf(path);
  if (isUnreadable(now)) return `${path} can't be read: ${now.unreadable}`;
  if (hashOf(now) === claim.after) return { isMerged: false };
  const mode = base.entryOf(path)?.mode === '100755' ? '100755' : now === null ? claim.mode : '100644';
  const after = made.after(path);
  if (after === undefined) return `${path} is not in the patch`;
  if (hashOf(now) === claim.before) return { file: { path, mode, before: now, after }, isMerged: false };
  const before = made.before(path);
  if (before === null) return `${path} was added to the base by somebody else`;
  if (now === null) return `${path} was removed from the base`;
  if (after === null) return `${path} was changed on the base, and the change removes it`;
  const joined = mergeTexts(before, after, now);
  if (joined === undefined) return `${path} was changed on the base at the same lines`;
  return joined === now ? { isMerged: false } : { file: { path, mode, before: now, after: joined }, isMerged: true };
}

function isUnreadable(text: SeenText): text is { readonly unreadable: string } {
  return typeof text === 'object' && text !== null;
}

/** What stands at a path, or on the way to it, that is no plain file or folder. */
function kindProblem(path: string, base: BaseFiles): string | undefined {
  const mode = base.entryOf(path)?.mode;
  if (mode === '120000') return 'is a symbolic link';
  if (mode === '160000') return 'is a submodule';
  if (mode !== undefined && mode !== '100644' && mode !== '100755') return `has the mode ${mode}`;
  if (base.entries.some((entry) => entry.path.startsWith(`${path}/`))) return 'is a folder on the base';
  const segments = path.split('/');
  const above = segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
  const inTheWay = above.find((folder) => base.entryOf(folder) !== undefined);
  return inTheWay === undefined ? undefined : `lies below ${inTheWay}, which is no folder on the base`;
}
