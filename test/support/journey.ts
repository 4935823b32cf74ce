import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const projectRoot = join(import.meta.dirname, '..', '..');
export const programs = join(import.meta.dirname, 'programs');
const cli = join(projectRoot, 'dist', 'cli.mjs');

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line as its users would, with a bare environment. */
export function cortex(
  args: readonly string[],
  options: { readonly cwd: string; readonly preload?: string; readonly env?: Record<string, string> },
): Promise<Ran> {
  const preload = options.preload === undefined ? [] : ['--import', options.preload];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...preload, cli, ...args], {
      cwd: options.cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: options.cwd, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** A folder with files, committed with fixed dates and author: the same commit on every machine. */
export function committedFolder(files: Readonly<Record<string, string>>): {
  readonly path: string;
  readonly remove: () => void;
} {
  const path = mkdtempSync(join(tmpdir(), 'cortex-journey-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  commitAll(path);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Commits everything in a folder, as its first commit. */
export function commitAll(path: string): void {
  git(path, 'init', '--quiet', '--initial-branch=main');
  git(path, 'add', '--all', '--force');
  git(path, 'commit', '--quiet', '--message=First commit');
}

export function git(cwd: string, ...args: readonly string[]): string {
  const date = '2026-01-02T03:04:05Z';
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: cwd,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Fixture',
    GIT_AUTHOR_EMAIL: 'fixture@example.com',
    GIT_COMMITTER_NAME: 'Fixture',
    GIT_COMMITTER_EMAIL: 'fixture@example.com',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  };
  const outcome = spawnSync('git', [...args], { cwd, env, encoding: 'utf8' });
  if (outcome.status !== 0) throw new Error(`git ${args.join(' ')}: ${outcome.stderr}`);
  return outcome.stdout;
}

/** The results document of an execution. */
export function readResults(out: string, id: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(out, 'execution-plans', `${id}-results.json`), 'utf8')) as Record<
    string,
    unknown
  >;
}
