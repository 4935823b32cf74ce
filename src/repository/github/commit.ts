import { z } from 'zod';
import type { HostCommit, HostFile } from '../../protocol/code-host.ts';
import { problem } from '../../shared/errors.ts';
import { isRefusal, statusOf } from './answer.ts';
import { ask, type Client } from './client.ts';
import { strictText, pathsThere } from './texts.ts';
import { repeatable } from './transport.ts';

/** A commit to be made: `files` over the tree of `tree` (a tree or a commit; null = an empty one). */
export interface CommitOrder {
  readonly parents: readonly string[];
  readonly tree: string | null;
  readonly files: readonly HostFile[];
  /** The message, given the hash of the tree that came about. */
  readonly message: (tree: string) => string;
}

interface Entry {
  readonly path: string;
  readonly mode: HostFile['mode'];
  readonly type: 'blob';
  readonly content?: string;
  readonly sha?: string | null;
}

/**
 * Makes a commit that no branch shows yet: its tree in pieces below the limits, each over the one before, then the commit, without an
 * author, so that GitHub signs it for an App. All of it may be sent twice: objects are named by their content.
 * Throws `file-too-large`, `github-workflows-forbidden`.
 */
export async function makeCommit(client: Client, order: CommitOrder): Promise<HostCommit> {
  for (const file of order.files) checkSize(client, file);
  try {
    const tree = await makeTree(client, order);
    const { data } = await client.rest('POST /repos/{owner}/{repo}/git/commits', {
      ...client.place,
      message: order.message(tree),
      tree,
      parents: [...order.parents],
      request: repeatable,
    });
    const parents = data.parents.map(({ sha }) => sha);
    return { sha: data.sha, tree: data.tree.sha, parents, message: data.message };
  } catch (error) {
    throw asWorkflowRefusal(error, order.files);
  }
}

async function makeTree(client: Client, { tree, files }: CommitOrder): Promise<string> {
  if (files.length === 0 && tree !== null) return treeOf(client, tree);
  let base = tree;
  let bytes = 0;
  let piece: Entry[] = [];
  const { treeEntries, treeBytes } = client.limits;
  const send = async (): Promise<void> => {
    if (piece.length > 0) base = await sendTree(client, base, piece);
    piece = [];
    bytes = 0;
  };
  for (const file of files) {
    if (file.content === null && tree === null) continue;
    const entry = await entryOf(client, file);
    const size = Buffer.byteLength(entry.content ?? '');
    if (piece.length >= treeEntries || (piece.length > 0 && bytes + size > treeBytes)) await send();
    piece.push(entry);
    bytes += size;
  }
  await send();
  if (base !== null) return base;
  throw problem('empty-commit', 'A commit without any file can’t be made through GitHub', {
    hint: 'Give it at least one file.',
  });
}

/** GitHub refuses to remove what is not there; that it is gone is what was wanted. */
async function sendTree(client: Client, base: string | null, entries: readonly Entry[]): Promise<string> {
  const isGone = ({ sha }: Entry): boolean => sha === null;
  try {
    return await postTree(client, base, entries);
  } catch (error) {
    if (base === null || !entries.some(isGone) || statusOf(error) !== 422) throw error;
    const there = new Set(
      await pathsThere(
        client,
        base,
        entries.filter(isGone).map(({ path }) => path),
      ),
    );
    const left = entries.filter((entry) => !isGone(entry) || there.has(entry.path));
    if (left.length === entries.length) throw error;
    return left.length === 0 ? treeOf(client, base) : postTree(client, base, left);
  }
}

async function postTree(client: Client, base: string | null, entries: readonly Entry[]): Promise<string> {
  const { data } = await client.rest('POST /repos/{owner}/{repo}/git/trees', {
    ...client.place,
    tree: entries.map((entry) => ({ ...entry })),
    ...(base === null ? {} : { base_tree: base }),
    request: repeatable,
  });
  return data.sha;
}

/** Text goes along with the tree; bytes, and what is large, are requests of their own. */
async function entryOf(client: Client, { path, mode, content }: HostFile): Promise<Entry> {
  const entry = { path, mode, type: 'blob' } as const;
  if (content === null) return { ...entry, sha: null };
  const text = typeof content === 'string' ? content : strictText(content);
  const isInline = text !== undefined && !text.includes('\0') && Buffer.byteLength(text) <= client.limits.inlineBytes;
  if (isInline) return { ...entry, content: text };
  const { data } = await client.rest('POST /repos/{owner}/{repo}/git/blobs', {
    ...client.place,
    content: Buffer.from(content).toString('base64'),
    encoding: 'base64',
    request: repeatable,
  });
  return { ...entry, sha: data.sha };
}

function checkSize({ limits }: Client, { path, content }: HostFile): void {
  const size = content === null ? 0 : Buffer.byteLength(content);
  if (size <= limits.blobBytes) return;
  throw problem('file-too-large', `${path} has ${size} bytes, and GitHub takes ${limits.blobBytes} at most`, {
    hint: 'Leave the file out of what is published, or keep it in Git LFS.',
  });
}

const objectShape = z.object({
  repository: z.object({
    object: z.object({ oid: z.string(), tree: z.object({ oid: z.string() }).optional() }).nullable(),
  }),
});

/** The tree of a commit; a tree itself. */
async function treeOf(client: Client, sha: string): Promise<string> {
  const query = `query($owner: String!, $repo: String!, $sha: String!) {
  repository(owner: $owner, name: $repo) {
    object(expression: $sha) { oid ... on Commit { tree { oid } } }
  }
}`;
  const { repository } = await ask(client, { query, variables: { ...client.place, sha }, schema: objectShape });
  return repository.object?.tree?.oid ?? repository.object?.oid ?? sha;
}

/** Without the right to workflow files GitHub says no more than that it finds nothing, or that the token may not. */
function asWorkflowRefusal(error: unknown, files: readonly HostFile[]): unknown {
  const workflow = files.find(({ path }) => path.startsWith('.github/workflows/'));
  const isVague = isRefusal(error, [404]) || isRefusal(error, [403], /not accessible/i);
  if (!workflow || !isVague) return error;
  return problem('github-workflows-forbidden', `GitHub did not take ${workflow.path}, a workflow file`, {
    hint: 'Only a GitHub App, or a user, with `workflows: write` may push workflow files: set CORTEX_APP_ID and CORTEX_APP_PRIVATE_KEY.',
    cause: (error as { cause?: unknown }).cause,
  });
}
