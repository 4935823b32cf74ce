import { sha256 } from '../../shared/canonical.ts';
import { nounFor } from '../../shared/noun.ts';
import { countLines, type FilePatch } from '../../shared/unified-diff.ts';
import { gateResult, type ChangeUnderReview, type Gate } from './gate.ts';

type FileClaim = ChangeUnderReview['change']['files'][number];

/** The change was made for this tree: the same commit, and every file as it was. */
export const baseUnchanged: Gate = ({ change, workspace }) => {
  const moved =
    change.baseCommit === workspace.commit ? [] : [`made on ${change.baseCommit}, the tree is ${workspace.commit}`];
  const different = change.files.filter((file) => file.before !== hashInTree(workspace, file.path));
  return gateResult(
    'base-unchanged',
    [...moved, ...different.map((file) => `${file.path} is not what it was`)],
    'the tree is the one named',
  );
};

/** The patch is read in full and applies exactly. */
export const patchApplies: Gate = ({ unapplied, files }) =>
  gateResult(
    'patch-applies',
    unapplied === undefined ? [] : [unapplied],
    `${files.length} ${nounFor(files.length, 'file')} patched exactly`,
  );

/** The list of files says what the patch does: the same paths, kinds and numbers of lines. */
export const filesMatchPatch: Gate = ({ change, files, unreadable }) => {
  const claims = new Map(change.files.map((file) => [file.path, file]));
  const paths = new Set(files.map((file) => file.path));
  const wrong = [
    ...(unreadable === undefined ? [] : [unreadable]),
    ...(claims.size === change.files.length ? [] : ['a path is listed twice']),
    ...change.files
      .filter((file) => !paths.has(file.path))
      .map((file) => `${file.path} is listed but not in the patch`),
    ...files
      .filter((file) => !agrees(file, claims.get(file.path)))
      .map((file) => `${file.path} is not listed as it is patched`),
  ];
  return gateResult('files-match-patch', wrong, 'the list of files says what the patch does');
};

/** Each patched file has the content that the change promises, by hash. */
export const resultMatches: Gate = ({ change, after, unapplied }) => {
  const resultOf = (path: string): string | null | undefined => {
    const text = after?.get(path);
    return typeof text === 'string' ? sha256(text) : text;
  };
  const different = change.files
    .filter((file) => resultOf(file.path) !== file.after)
    .map((file) => `${file.path} comes out different`);
  const wrong = after === undefined ? [unapplied ?? 'not applied'] : different;
  return gateResult('result-matches', wrong, 'every result has the hash promised');
};

/** Plain files only, and none changes its mode. */
export const plainModes: Gate = ({ change, files, workspace, unreadable }) => {
  const claims = new Map(change.files.map((file) => [file.path, file.mode]));
  const modes = new Map(workspace.files.map((file) => [file.path, file.mode]));
  const wrong = files.flatMap(({ path, kind, mode }) => {
    if (modes.get(path) === '120000') return [`${path} is a symbolic link`];
    const expected = kind === 'create' ? mode : modes.get(path);
    const fits = claims.get(path) === expected && (mode ?? expected) === expected;
    return fits ? [] : [`${path} would change its mode`];
  });
  return gateResult(
    'plain-modes',
    unreadable === undefined ? wrong : [unreadable],
    'plain files that keep their modes',
  );
};

/** Small enough for a person to read. */
export const size: Gate = ({ files, policy, unreadable }) => {
  const lines = files.map(countLines).reduce((sum, { added, removed }) => sum + added + removed, 0);
  const seen = `${files.length} ${nounFor(files.length, 'file')} and ${lines} changed ${nounFor(lines, 'line')}`;
  const fits = files.length <= policy.maxFiles && lines <= policy.maxChangedLines;
  const wrong = fits ? [] : [`${seen}, over the limit of ${policy.maxFiles} and ${policy.maxChangedLines}`];
  return gateResult('size', unreadable === undefined ? wrong : [unreadable], seen);
};

function hashInTree(workspace: ChangeUnderReview['workspace'], path: string): string | null {
  const bytes = workspace.readBytes(path);
  return bytes === undefined ? null : sha256(bytes);
}

function agrees(file: FilePatch, claim: FileClaim | undefined): boolean {
  if (claim === undefined) return false;
  const { added, removed } = countLines(file);
  const sameKind =
    (claim.before === null) === (file.kind === 'create') && (claim.after === null) === (file.kind === 'delete');
  return sameKind && claim.addedLines === added && claim.removedLines === removed;
}
