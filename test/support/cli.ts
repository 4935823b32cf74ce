import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.mjs');

export interface CliOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliPlace {
  readonly cwd: string;
  /** Added to a bare environment: `PATH`, and a `HOME` that holds no settings. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the built command line as its users do: its own process, nothing of ours inherited. */
export async function runCli(args: readonly string[], place: CliPlace): Promise<CliOutcome> {
  if (!existsSync(program)) throw new Error('dist/cli.mjs is not there: run `npm run build`');
  const child = spawn(process.execPath, [program, ...args], {
    cwd: place.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: place.cwd, ...place.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}
