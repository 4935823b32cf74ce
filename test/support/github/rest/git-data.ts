import { writeCommit, type Signature } from '../git/commits.ts';
import { commitAt } from '../git/repository.ts';
import {
  changeTree,
  emptyTree,
  entryAt,
  readTree,
  walkTree,
  type Mode,
  type TreeChange,
  type TreeEntry,
} from '../git/trees.ts';
import { commitJson, entryJson, entryType } from '../json/git.ts';
import { repositoryUrl } from '../json/repositories.ts';
import { authorOf, githubCommitter } from '../people/signatures.ts';
import { isWorkflow } from '../pulls.ts';
import { invalid, notAccessible, notFound, refusal } from '../refusals.ts';
import {
  created,
  ok,
  reads,
  repositoryRoute,
  text,
  writes,
  type Json,
  type RepositoryCall,
  type Route,
} from '../routes.ts';
import { mayWriteWorkflows } from '../tokens.ts';
import { nodeId } from '../world.ts';

const base = '/repos/{owner}/{repo}/git';

export const gitDataRoutes: readonly Route[] = [
  repositoryRoute(['GET', `${base}/commits/{commit_sha}`], reads('contents'), ({ world, repository, params }) => {
    const commit = commitAt(repository.git, params['commit_sha'] ?? '');
    if (!commit) throw notFound();
    return ok(commitJson(world, repository, commit));
  }),
  repositoryRoute(['POST', `${base}/commits`], writes('contents'), createCommit),
  repositoryRoute(['GET', `${base}/trees/{tree_sha}`], reads('contents'), readOneTree),
  repositoryRoute(['POST', `${base}/trees`], writes('contents'), createTree),
  repositoryRoute(['GET', `${base}/blobs/{file_sha}`], reads('contents'), ({ world, repository, params }) => {
    const sha = params['file_sha'] ?? '';
    const object = repository.git.objects.read(sha);
    if (object?.type !== 'blob') throw notFound();
    return ok({
      sha,
      node_id: nodeId('B', repository.id, sha),
      size: object.bytes.length,
      url: repositoryUrl(world, repository, `/git/blobs/${sha}`),
      content: object.bytes.toString('base64').replaceAll(/.{60}(?=.)/g, '$&\n'),
      encoding: 'base64',
    });
  }),
  repositoryRoute(['POST', `${base}/blobs`], writes('contents'), createBlob),
];

function createBlob({ world, repository, body }: RepositoryCall): ReturnType<Route['handle']> {
  const bytes = Buffer.from(text(body, 'content'), body['encoding'] === 'base64' ? 'base64' : 'utf8');
  if (bytes.length > world.limits.blobBytes) {
    throw refusal(422, 'Sorry, your input was too large to process', {
      errors: [{ resource: 'Blob', field: 'data', code: 'too_large', message: 'input too large' }],
    });
  }
  const sha = repository.git.objects.write('blob', bytes);
  return created({ sha, url: repositoryUrl(world, repository, `/git/blobs/${sha}`) });
}

/** A commit is signed by GitHub where a bot makes it and names neither author nor committer. */
function createCommit(call: RepositoryCall): ReturnType<Route['handle']> {
  const { world, repository, body, token, actor } = call;
  const { objects } = repository.git;
  const tree = text(body, 'tree');
  const parents = (Array.isArray(body['parents']) ? body['parents'] : []).map(String);
  if (readTree(objects, tree) === undefined) throw refusal(422, 'Tree SHA does not exist');
  if (parents.some((parent) => !commitAt(repository.git, parent))) {
    throw refusal(422, 'Parent SHA does not exist or is not a commit object');
  }
  const date = world.clock.stamp();
  const isSigned = token?.kind !== 'user' && !body['author'] && !body['committer'];
  const author = given(body['author'], date) ?? authorOf(actor, date);
  const committer = given(body['committer'], date) ?? (isSigned ? githubCommitter(date) : author);
  const sha = writeCommit(objects, { tree, parents, author, committer, message: text(body, 'message'), isSigned });
  const commit = commitAt(repository.git, sha);
  if (!commit) throw notFound();
  return created(commitJson(world, repository, commit));
}

function given(value: unknown, date: string): Signature | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const all = value as Json;
  const at = text(all, 'date');
  return { name: text(all, 'name'), email: text(all, 'email'), date: at === '' ? date : at };
}

/** `recursive` counts whatever its value is. Past the limits the answer is cut off, and says so. */
function readOneTree({ world, repository, params, query }: RepositoryCall): ReturnType<Route['handle']> {
  const { objects, refs } = repository.git;
  const name = params['tree_sha'] ?? '';
  const sha = refs.get(`refs/heads/${name}`) ?? name;
  const tree = commitAt(repository.git, sha)?.tree ?? sha;
  const top = readTree(objects, tree);
  if (!top) throw notFound();
  const all = query.has('recursive') ? walkTree(objects, tree, { withFolders: true }) : top;
  const entries: TreeEntry[] = [];
  let bytes = 0;
  let truncated = false;
  for (const entry of all) {
    // About what an entry takes in the answer beside its path and address.
    bytes += entry.path.length + 200;
    truncated = entries.length >= world.limits.treeEntries || bytes > world.limits.treeBytes * 4;
    if (truncated) break;
    entries.push(entry);
  }
  return ok({
    sha: tree,
    url: repositoryUrl(world, repository, `/git/trees/${tree}`),
    tree: entries.map((each) => entryJson(world, repository, each)),
    truncated,
  });
}

function createTree(call: RepositoryCall): ReturnType<Route['handle']> {
  const { world, repository, body } = call;
  const { git } = repository;
  const entries = (Array.isArray(body['tree']) ? body['tree'] : []) as readonly Json[];
  if (entries.length > world.limits.treeRequestEntries) throw refusal(502, 'Server Error');
  const name = text(body, 'base_tree');
  const base = name === '' ? null : (commitAt(git, name)?.tree ?? name);
  if (base !== null && readTree(git.objects, base) === undefined)
    throw refusal(422, 'base_tree is not a valid tree oid');
  if (entries.length === 0 && base === null) throw refusal(422, 'Invalid tree info');
  const changes = entries.map((entry) => changeOf(call, base, entry));
  const sha = changeTree(git.objects, base, changes);
  if (sha === emptyTree && entries.length > 0 && base === null) throw refusal(422, 'Invalid tree info');
  return created({
    sha,
    url: repositoryUrl(world, repository, `/git/trees/${sha}`),
    tree: (readTree(git.objects, sha) ?? []).map((each) => entryJson(world, repository, each)),
    truncated: false,
  });
}

function changeOf({ world, repository, token }: RepositoryCall, base: string | null, entry: Json): TreeChange {
  const { objects } = repository.git;
  const path = text(entry, 'path');
  const mode = text(entry, 'mode') as Mode;
  const { sha, content } = entry;
  if (!isTreePath(path)) throw refusal(422, 'tree.path contains a malformed path component');
  if ((sha === undefined) === (content === undefined)) {
    throw refusal(422, 'Must supply either tree.sha or tree.content. Request will be rejected if both are present.');
  }
  const before = base === null ? undefined : entryAt(objects, base, path);
  if (sha === null && !before) throw refusal(422, 'GitRPC::BadObjectState');
  if (typeof sha === 'string' && mode !== '160000' && objects.read(sha)?.type !== entryType(mode)) {
    throw refusal(422, `tree.sha ${sha} is not a valid ${entryType(mode)}`);
  }
  if (typeof content === 'string' && Buffer.byteLength(content) > world.limits.blobBytes) {
    throw invalid({ resource: 'Tree', field: 'content', code: 'too_large' });
  }
  const after = typeof content === 'string' ? objects.write('blob', Buffer.from(content)) : (sha as string | null);
  const isSame = before?.sha === after && before?.mode === mode;
  if (isWorkflow(path) && !isSame && token && !mayWriteWorkflows(token)) throw notAccessible();
  return { path, mode, sha: after };
}

function isTreePath(path: string): boolean {
  const parts = path.split('/');
  return (
    path !== '' && parts.every((part) => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git')
  );
}
