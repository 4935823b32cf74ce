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

/** A command line that runs. */
export interface RunningCli {
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<CliOutcome>;
  /** Resolves once it has printed what fits, or has ended. */
  readonly printed: (pattern: RegExp) => Promise<void>;
}

/** Starts the built command line as its users do: its own process, nothing of ours inherited. */
export function startCli(args: readonly string[], place: CliPlace): RunningCli {
  if (!existsSync(program)) throw new Error('dist/cli.mjs is not there: run `npm run build`');
  const preload = place.preload === undefined ? [] : ['--import', place.preload];
  const child = spawn(process.execPath, [...preload, program, ...args], {
    cwd: place.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: place.cwd, ...place.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (stdout += piece));
  const ended = new Promise<Pick<CliOutcome, 'code' | 'signal'>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const outcome = Promise.all([text(child.stderr), ended]).then(([stderr, end]) => ({ ...end, stdout, stderr }));
  const printed = (pattern: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (pattern.test(stdout)) resolve();
      };
      child.stdout.on('data', look);
      void ended.then(() => resolve());
      look();
    });
  return { signal: (signal) => void child.kill(signal), ended: outcome, printed };
}

/** Runs the built command line to its end. */
export function runCli(args: readonly string[], place: CliPlace): Promise<CliOutcome> {
  return startCli(args, place).ended;
}
