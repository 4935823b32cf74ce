import type { Objects } from './objects.ts';

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** ISO 8601, whole seconds. */
  readonly date: string;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
  /** Whether GitHub has signed it. */
  readonly isSigned: boolean;
}

export type Uncommitted = Omit<Commit, 'sha'>;

/** Stands for GitHub's own signature, which nobody here has the key for. */
export const githubSignature = [
  '-----BEGIN PGP SIGNATURE-----',
  '',
  'wsFcBAABCAAQBQJlY29ydGV4CRC1aQ7uu5UhlAAA',
  '-----END PGP SIGNATURE-----',
].join('\n');

export function writeCommit(objects: Objects, commit: Uncommitted): string {
  return objects.write('commit', Buffer.from(commitText(commit, commit.isSigned)));
}

/** What a signature is made over: the commit without it. */
export function signedText(commit: Uncommitted): string {
  return commitText(commit, false);
}

/** Histories are walked again and again: each commit is taken apart once. */
const parsed = new WeakMap<Objects, Map<string, Commit>>();

export function readCommit(objects: Objects, sha: string): Commit | undefined {
  const known = parsed.get(objects) ?? new Map<string, Commit>();
  parsed.set(objects, known);
  const commit = known.get(sha) ?? parseCommit(objects, sha);
  if (commit) known.set(sha, commit);
  return commit;
}

function parseCommit(objects: Objects, sha: string): Commit | undefined {
  const object = objects.read(sha);
  if (object?.type !== 'commit') return undefined;
  const text = object.bytes.toString('utf8');
  const end = text.indexOf('\n\n');
  const lines = text.slice(0, end).split('\n');
  const values = (key: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  return {
    sha,
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    author: signatureOf(values('author')[0] ?? ''),
    committer: signatureOf(values('committer')[0] ?? ''),
    message: text.slice(end + 2),
    isSigned: values('gpgsig').length > 0,
  };
}

function commitText(commit: Uncommitted, withSignature: boolean): string {
  const signature = withSignature ? [`gpgsig ${githubSignature.split('\n').join('\n ')}`] : [];
  return [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${written(commit.author)}`,
    `committer ${written(commit.committer)}`,
    ...signature,
    '',
    commit.message,
  ].join('\n');
}

function written({ name, email, date }: Signature): string {
  return `${name} <${email}> ${Math.floor(Date.parse(date) / 1000)} +0000`;
}

function signatureOf(line: string): Signature {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<(.*?)> (\d+)/.exec(line) ?? [];
  return { name, email, date: new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z') };
}
