import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitIn } from './scratch-repository.ts';

export const projectRoot = join(import.meta.dirname, '..', '..');
export const programs = join(import.meta.dirname, 'programs');

const author = { name: 'Fixture', email: 'fixture@example.com' };

/** Git in a folder, with fixed dates and author: the same commit on every machine. */
export function git(cwd: string, ...args: readonly string[]): string {
  return gitIn(cwd, author)(...args);
}

/** Commits everything in a folder, as its first commit. */
export function commitAll(path: string): void {
  git(path, 'init', '--quiet', '--initial-branch=main');
  git(path, 'add', '--all', '--force');
  git(path, 'commit', '--quiet', '--message=First commit');
}

/** The results document of an execution. */
export function readResults(out: string, id: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(out, 'execution-plans', `${id}-results.json`), 'utf8')) as Record<
    string,
    unknown
  >;
}
