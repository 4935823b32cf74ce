import type { Snapshot } from '../protocol/workspace.ts';
import { canonicalJson, compareText } from '../shared/canonical.ts';
import { bug } from '../shared/errors.ts';
import { globMatcher } from '../shared/glob.ts';
import type { Git } from './git.ts';
import type { Head } from './local-repository.ts';

interface TreeEntry {
  readonly mode: string;
  readonly object: string;
  readonly size: number;
  readonly path: string;
}

/** Files above this size are named and left out: no rule of ours reads them. */
const fileLimitBytes = 8 * 1024 * 1024;
const chunkBytes = 4 * 1024 * 1024;

const leaveOut: readonly { readonly matches: (path: string) => boolean; readonly reason: string }[] = [
  { matches: globMatcher(['coordination/**']), reason: 'state and results of Cortex itself' },
  {
    matches: globMatcher([
      '**/node_modules/**',
      '**/vendor/**',
      '**/third_party/**',
      '**/.venv/**',
      '**/bower_components/**',
      '**/.yarn/releases/**',
    ]),
    reason: 'vendored tree',
  },
];

/** The tree of HEAD in chunks by hash. The manifest is the same for the same commit, wherever it is made. */
export async function takeSnapshot(
  source: { readonly git: Git; readonly head: Head },
  putBlob: (content: string | Uint8Array) => Promise<string>,
): Promise<{ readonly manifest: string; readonly snapshot: Snapshot; readonly bytes: number }> {
  const { wanted, leftOut } = chooseEntries(
    parseTree(await source.git(['ls-tree', '-r', '-z', '-l', '--full-tree', source.head.commit])),
  );
  const contents = await readObjects(source.git, wanted);
  const { files, chunks } = packChunks(wanted, contents);
  const hashes: string[] = [];
  for (const chunk of chunks) hashes.push(await putBlob(chunk));
  const { commit, committedAt, repository } = source.head;
  const snapshot: Snapshot = { v: 1, commit, committedAt, repository, chunks: hashes, files, leftOut };
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return { manifest: await putBlob(canonicalJson(snapshot)), snapshot, bytes };
}

function chooseEntries(entries: readonly TreeEntry[]): { wanted: readonly TreeEntry[]; leftOut: Snapshot['leftOut'] } {
  const judged = entries.map((entry) => ({ entry, reason: reasonToLeaveOut(entry) }));
  return {
    wanted: judged.filter(({ reason }) => reason === undefined).map(({ entry }) => entry),
    leftOut: judged.flatMap(({ entry, reason }) => (reason === undefined ? [] : [{ path: entry.path, reason }])),
  };
}

function reasonToLeaveOut(entry: TreeEntry): string | undefined {
  if (entry.mode === '160000') return 'submodule';
  if (entry.path.includes('\ufffd')) return 'its name is not UTF-8';
  if (entry.size > fileLimitBytes) return `larger than ${fileLimitBytes} bytes`;
  return leaveOut.find(({ matches }) => matches(entry.path))?.reason;
}

/** `<mode> SP <type> SP <object> SP+ <size or -> TAB <path> NUL` (git-ls-tree(1), -l -z). */
function parseTree(output: Buffer): readonly TreeEntry[] {
  const entries = output.toString('utf8').split('\0').filter(Boolean);
  return entries
    .map((entry) => {
      const tab = entry.indexOf('\t');
      const [mode = '', , object = '', size = '-'] = entry.slice(0, tab).split(/ +/);
      return { mode, object, size: size === '-' ? 0 : Number(size), path: entry.slice(tab + 1) };
    })
    .sort((a, b) => compareText(a.path, b.path));
}

/** `git cat-file --batch`: a header line `<object> <type> <size>`, the bytes, a newline, for each object asked. */
async function readObjects(git: Git, entries: readonly TreeEntry[]): Promise<readonly Buffer[]> {
  if (entries.length === 0) return [];
  const output = await git(['cat-file', '--batch'], entries.map((entry) => `${entry.object}\n`).join(''));
  let at = 0;
  return entries.map((entry) => {
    const lineEnd = output.indexOf(0x0a, at);
    const size = Number(output.subarray(at, lineEnd).toString('latin1').split(' ')[2]);
    if (lineEnd < 0 || size !== entry.size)
      throw bug('snapshot-broken', `git did not give the content of ${entry.path}`);
    const content = output.subarray(lineEnd + 1, lineEnd + 1 + size);
    at = lineEnd + 1 + size + 1;
    return content;
  });
}

function packChunks(
  entries: readonly TreeEntry[],
  contents: readonly Buffer[],
): { files: Snapshot['files']; chunks: readonly Buffer[] } {
  const groups: Buffer[][] = [];
  const files: Snapshot['files'] = [];
  let filled = Number.POSITIVE_INFINITY;
  entries.forEach((entry, index) => {
    const content = contents[index] ?? Buffer.alloc(0);
    if (filled + content.length > chunkBytes) {
      groups.push([]);
      filled = 0;
    }
    groups.at(-1)?.push(content);
    files.push({
      path: entry.path,
      mode: modeOf(entry.mode),
      size: content.length,
      chunk: groups.length - 1,
      offset: filled,
    });
    filled += content.length;
  });
  return { files, chunks: groups.map((group) => Buffer.concat(group)) };
}

function modeOf(mode: string): '100644' | '100755' | '120000' {
  return mode === '100755' || mode === '120000' ? mode : '100644';
}
