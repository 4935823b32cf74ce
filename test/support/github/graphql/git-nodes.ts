import type { Commit, Signature } from '../git/commits.ts';
import { reached } from '../git/history.ts';
import { commitAt, resolveCommit } from '../git/repository.ts';
import { entryAt, readTree, type TreeEntry } from '../git/trees.ts';
import { commitNodeId, entryType } from '../json/git.ts';
import { pageUrl } from '../json/repositories.ts';
import { nodeId, type Repository, type World } from '../world.ts';
import { accountNode } from './account-nodes.ts';
import { connectionOf, type PageArguments } from './connection.ts';

/** A blob, tree or commit by hash; null where there is none. */
export function objectNode(world: World, repository: Repository, sha: string): unknown {
  const object = repository.git.objects.read(sha);
  if (object?.type === 'commit') return commitNode(world, repository, commitAt(repository.git, sha));
  if (object?.type === 'tree') return treeNode(world, repository, { sha, path: '' });
  return object?.type === 'blob' ? blobNode(world, repository, { sha, bytes: object.bytes }) : null;
}

/** What an expression names: a branch, a ref or a hash, or either with `:path`. */
export function expressed(world: World, repository: Repository, expression: string): unknown {
  const [name = '', ...rest] = expression.split(':');
  const commit = resolveCommit(repository.git, name === 'HEAD' ? repository.defaultBranch : name);
  if (rest.length === 0) return objectNode(world, repository, commit?.sha ?? name);
  const tree = commit?.tree ?? (readTree(repository.git.objects, name) ? name : undefined);
  const entry = tree === undefined ? undefined : entryAt(repository.git.objects, tree, rest.join(':'));
  if (!entry) return null;
  return entry.mode === '040000' ? treeNode(world, repository, entry) : objectNode(world, repository, entry.sha);
}

export function commitNode(world: World, repository: Repository, commit: Commit | undefined): unknown {
  if (!commit) return null;
  const { sha, message, author, committer, parents } = commit;
  const text = message.replace(/\n+$/, '');
  const [headline = '', ...rest] = text.split('\n\n');
  const write = (each: Commit): unknown => commitNode(world, repository, each);
  return {
    __typename: 'Commit',
    ...identity(commitNodeId(repository, sha), sha),
    url: pageUrl(world, repository, `/commit/${sha}`),
    message: text,
    messageHeadline: headline,
    messageBody: rest.join('\n\n'),
    author: gitActor(world, author),
    committer: gitActor(world, committer),
    authoredDate: author.date,
    committedDate: committer.date,
    tree: () => treeNode(world, repository, { sha: commit.tree, path: '' }),
    parents: (page: PageArguments) => {
      const all = parents.flatMap((each) => commitAt(repository.git, each) ?? []);
      return connectionOf('parents', { all, ...page }, write);
    },
    history: (page: PageArguments) =>
      connectionOf('history', { all: [...reached(repository.git.objects, [sha])], ...page }, write),
    signature: commit.isSigned
      ? { __typename: 'GpgSignature', isValid: true, state: 'VALID', wasSignedByGitHub: true }
      : null,
  };
}

function treeNode(world: World, repository: Repository, { sha, path }: Pick<TreeEntry, 'sha' | 'path'>): unknown {
  const entries = (): readonly TreeEntry[] => readTree(repository.git.objects, sha) ?? [];
  const under = path === '' ? '' : `${path}/`;
  return {
    __typename: 'Tree',
    ...identity(nodeId('T', repository.id, sha), sha),
    entries: () => entries().map((each) => entryNode(world, repository, { ...each, path: `${under}${each.path}` })),
  };
}

function entryNode(world: World, repository: Repository, entry: TreeEntry): unknown {
  const { path, mode, sha } = entry;
  const type = entryType(mode);
  return {
    name: path.split('/').at(-1),
    path,
    mode: Number.parseInt(mode, 8),
    oid: sha,
    type,
    size: () => (type === 'blob' ? (repository.git.objects.read(sha)?.bytes.length ?? 0) : 0),
    object: () => (type === 'tree' ? treeNode(world, repository, entry) : objectNode(world, repository, sha)),
  };
}

/** Of a large text only the beginning comes, and of what is no text nothing. */
function blobNode(
  world: World,
  repository: Repository,
  { sha, bytes }: { readonly sha: string; readonly bytes: Buffer },
): unknown {
  const most = world.limits.blobTextBytes;
  const isBinary = bytes.subarray(0, 8_000).includes(0);
  return {
    __typename: 'Blob',
    ...identity(nodeId('B', repository.id, sha), sha),
    byteSize: bytes.length,
    isBinary,
    isTruncated: bytes.length > most,
    text: isBinary ? null : bytes.subarray(0, most).toString('utf8'),
  };
}

function identity(
  id: string,
  sha: string,
): { readonly id: string; readonly oid: string; readonly abbreviatedOid: string } {
  return { id, oid: sha, abbreviatedOid: sha.slice(0, 7) };
}

function gitActor(world: World, { name, email, date }: Signature): unknown {
  const login = /^\d+\+(.+)@users\.noreply\.github\.com$/.exec(email)?.[1];
  const account = login === undefined ? undefined : world.accounts.get(login.toLowerCase());
  return { name, email, date, user: account?.type === 'User' ? accountNode(world, account) : null };
}
