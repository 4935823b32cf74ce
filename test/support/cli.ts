import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.mjs');

export interface CliOutcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliPlace {
  readonly cwd: string;
  /** Added to a bare environment: `PATH`, and a `HOME` that holds no settings. */
  readonly env?: Readonly<Record<string, string>>;
  /** A module that is loaded before the program. */
  readonly preload?: string;
}

/** Runs the built command line as its users do: its own process, nothing of ours inherited. */
export async function runCli(args: readonly string[], place: CliPlace): Promise<CliOutcome> {
  if (!existsSync(program)) throw new Error('dist/cli.mjs is not there: run `npm run build`');
  const preload = place.preload === undefined ? [] : ['--import', place.preload];
  const child = spawn(process.execPath, [...preload, program, ...args], {
    cwd: place.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: place.cwd, ...place.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<Pick<CliOutcome, 'code' | 'signal'>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const [stdout, stderr, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { ...end, stdout, stderr };
}
