import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A git repository in a folder of its own, with one commit. */
export interface ScratchRepository {
  readonly directory: string;
  readonly write: (path: string, content: string) => void;
  /** Commits everything that lies in the folder. */
  readonly commit: (message: string) => void;
  readonly git: (...args: readonly string[]) => string;
  readonly remove: () => void;
}

export interface ScratchOptions {
  readonly author?: { readonly name: string; readonly email: string };
  readonly message?: string;
}

/** Makes a repository whose first commit holds the given files. */
export function scratchRepository(
  files: Readonly<Record<string, string>>,
  options: ScratchOptions = {},
): ScratchRepository {
  const directory = mkdtempSync(join(tmpdir(), 'cortex-scratch-'));
  const git = gitIn(directory, options.author ?? { name: 'Ada', email: 'ada@example.com' });
  const repository: ScratchRepository = {
    directory,
    git,
    write: (path, content) => {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content);
    },
    commit: (message) => {
      git('add', '--all');
      git('commit', '--quiet', '--message', message);
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
  git('init', '--quiet', '--initial-branch=main');
  for (const [path, content] of Object.entries(files)) repository.write(path, content);
  repository.commit(options.message ?? 'first');
  return repository;
}

/** Git without the settings of whoever runs the tests, at one moment for all commits. */
export function gitIn(
  directory: string,
  author: { readonly name: string; readonly email: string },
): ScratchRepository['git'] {
  const at = '2026-11-01T12:00:00Z';
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: at,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
    GIT_COMMITTER_DATE: at,
  };
  return (...args) => execFileSync('git', args, { cwd: directory, env, encoding: 'utf8' });
}
