import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readCommit, type Commit } from './commits.ts';
import { looseObjects, type Objects } from './objects.ts';
import { looseRefs, type Refs } from './refs.ts';

/** A bare repository on disk. Forks share the objects of what they were forked from, as they do at GitHub. */
export interface GitRepository {
  readonly directory: string;
  readonly objects: Objects;
  readonly refs: Refs;
}

const config = [
  '[core]',
  'repositoryformatversion = 0',
  'bare = true',
  '[gc]',
  'auto = 0',
  '[http]',
  'receivepack = true',
  // Whatever is pushed stays loose, so that it is read without a process.
  '[transfer]',
  'unpackLimit = 1000000',
  '[receive]',
  'autogc = false',
  '[uploadpack]',
  'allowAnySHA1InWant = true',
  '',
].join('\n');

export function initRepository(
  directory: string,
  options: { readonly shares?: GitRepository; readonly defaultBranch?: string } = {},
): GitRepository {
  for (const folder of ['refs/heads', 'refs/tags', 'hooks']) mkdirSync(join(directory, folder), { recursive: true });
  const objectsFolder = join(directory, 'objects');
  if (options.shares) {
    symlinkSync(join(options.shares.directory, 'objects'), objectsFolder);
  } else {
    for (const folder of ['info', 'pack']) mkdirSync(join(objectsFolder, folder), { recursive: true });
  }
  writeFileSync(join(directory, 'HEAD'), `ref: refs/heads/${options.defaultBranch ?? 'main'}\n`);
  writeFileSync(join(directory, 'config'), config);
  writeFileSync(join(directory, 'hooks', 'pre-receive'), workflowGuard, { mode: 0o755 });
  const objects = options.shares?.objects ?? looseObjects(objectsFolder);
  objects.write('tree', Buffer.alloc(0));
  return { directory, objects, refs: looseRefs(directory) };
}

/** Takes over branches and tags of a repository on disk, with what they reach. */
export function takeOver(repository: GitRepository, from: string): void {
  const fetch = [
    'fetch',
    '--quiet',
    '--no-write-fetch-head',
    from,
    '+refs/heads/*:refs/heads/*',
    '+refs/tags/*:refs/tags/*',
  ];
  git(repository, fetch);
  repository.refs.reread();
}

export function commitAt(repository: GitRepository, sha: string): Commit | undefined {
  return readCommit(repository.objects, sha);
}

/** A commit by branch, whole ref name or hash. */
export function resolveCommit(repository: GitRepository, name: string): Commit | undefined {
  const { refs, objects } = repository;
  const sha = refs.get(`refs/heads/${name}`) ?? refs.get(`refs/tags/${name}`) ?? refs.get(name) ?? name;
  return readCommit(objects, sha);
}

/** The tree of two sides merged, or the paths in which they conflict; by git itself. */
export async function mergeTrees(
  repository: GitRepository,
  ours: string,
  theirs: string,
): Promise<{ readonly tree: string } | { readonly conflicts: readonly string[] }> {
  const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', ours, theirs];
  try {
    const { stdout } = await promisify(execFile)('git', args, { cwd: repository.directory, env: gitEnvironment });
    return { tree: stdout.split('\0')[0] ?? '' };
  } catch (error) {
    const { code, stdout = '' } = error as { readonly code?: unknown; readonly stdout?: string };
    if (code !== 1) throw error;
    return {
      conflicts: stdout
        .split('\0')
        .slice(1)
        .filter((each) => each !== ''),
    };
  }
}

function git(repository: GitRepository, args: readonly string[]): string {
  return execFileSync('git', args, { cwd: repository.directory, env: gitEnvironment, encoding: 'utf8' });
}

/** Git without the settings of whoever runs the tests. */
export const gitEnvironment = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  LC_ALL: 'C',
};

/** Refuses, at a push, what GitHub refuses: workflow files by a token that may not write them, and refs of its own. */
const workflowGuard = `#!/bin/sh
while read -r old new ref; do
  case "$ref" in refs/pull/*) echo "deny updating a hidden ref"; exit 1;; esac
  case "$new" in *[!0]*) ;; *) continue;; esac
  [ "$MAY_WRITE_WORKFLOWS" = yes ] && continue
  for commit in $(git rev-list "$new" --not --all); do
    path=$(git diff-tree -r -c --root --no-commit-id --name-only "$commit" -- .github/workflows | head -n 1)
    [ -z "$path" ] && continue
    echo "refusing to allow a GitHub App to create or update workflow \\\`$path\\\` without \\\`workflows\\\` permission"
    exit 1
  done
done
`;
