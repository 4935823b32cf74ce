import { githubSignature, signedText, type Commit } from '../git/commits.ts';
import type { TreeEntry } from '../git/trees.ts';
import type { Json } from '../routes.ts';
import { nodeId, type Repository, type World } from '../world.ts';
import { pageUrl, repositoryUrl } from './repositories.ts';

export function commitJson(world: World, repository: Repository, commit: Commit): Json {
  const { sha, tree, parents, author, committer, message } = commit;
  const git = (path: string): string => repositoryUrl(world, repository, `/git/${path}`);
  return {
    sha,
    node_id: commitNodeId(repository, sha),
    url: git(`commits/${sha}`),
    html_url: pageUrl(world, repository, `/commit/${sha}`),
    author,
    committer,
    tree: { sha: tree, url: git(`trees/${tree}`) },
    message: message.replace(/\n+$/, ''),
    parents: parents.map((parent) => ({
      sha: parent,
      url: git(`commits/${parent}`),
      html_url: pageUrl(world, repository, `/commit/${parent}`),
    })),
    verification: commit.isSigned
      ? {
          verified: true,
          reason: 'valid',
          signature: githubSignature,
          payload: signedText(commit),
          verified_at: committer.date,
        }
      : { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
  };
}

export function commitNodeId({ id }: Repository, sha: string): string {
  return nodeId('C', id, sha);
}

export function refJson(
  world: World,
  repository: Repository,
  { ref, sha }: { readonly ref: string; readonly sha: string },
): Json {
  const type = repository.git.objects.read(sha)?.type ?? 'commit';
  return {
    ref,
    node_id: nodeId('REF', repository.id, ref),
    url: repositoryUrl(world, repository, `/git/${ref}`),
    object: { sha, type, url: repositoryUrl(world, repository, `/git/${type}s/${sha}`) },
  };
}

export function entryJson(world: World, repository: Repository, { path, mode, sha }: TreeEntry): Json {
  const type = entryType(mode);
  if (type === 'commit') return { path, mode, type, sha };
  const url = repositoryUrl(world, repository, `/git/${type}s/${sha}`);
  const size = type === 'blob' ? { size: repository.git.objects.read(sha)?.bytes.length ?? 0 } : {};
  return { path, mode, type, sha, ...size, url };
}

export function entryType(mode: string): 'blob' | 'tree' | 'commit' {
  if (mode === '040000') return 'tree';
  return mode === '160000' ? 'commit' : 'blob';
}
