import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A job as act ran it. */
export interface Job {
  readonly result: string;
  /** Of all its steps; later ones win. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What its steps said, without the commands to the runner. */
  readonly said: string;
  /** What the runner took as errors, each as `<file>:<line>: <message>` where it has a place. */
  readonly errors: readonly string[];
  readonly summary: string;
  readonly matrix: Readonly<Record<string, string>>;
}

export interface ActRun {
  readonly code: number | null;
  /** By job id; a job that did not run is not there. */
  readonly jobs: ReadonlyMap<string, Job>;
}

/** A line of act's JSON log, as far as it matters here. */
interface Line {
  readonly jobID?: string;
  readonly jobResult?: string;
  readonly command?: string;
  readonly name?: string;
  readonly arg?: string;
  readonly content?: string;
  readonly kvPairs?: Readonly<Record<string, string>>;
  readonly raw_output?: boolean;
  readonly msg?: string;
  readonly matrix?: Readonly<Record<string, string>>;
}

export interface ActOrder {
  readonly cwd: string;
  readonly event: string;
  readonly workflow: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Environment of every step. */
  readonly env?: Readonly<Record<string, string>>;
}

const limitMs = 240_000;

/** The job of that id. Throws with those that ran. */
export function jobNamed(run: ActRun, id: string): Job {
  const job = run.jobs.get(id);
  if (job) return job;
  throw new Error(`the job ${id} did not run; there are ${[...run.jobs.keys()].join(', ')}`);
}

/** How each job ended, in the order in which they began. */
export function resultsOf(run: ActRun): readonly string[] {
  return [...run.jobs].map(([id, { result }]) => `${id}: ${result}`);
}

/** Runs a workflow under act: jobs are processes of this machine, with this Node first on PATH and a home of their own. */
export async function runAct(order: ActOrder): Promise<ActRun> {
  const home = mkdtempSync(join(tmpdir(), 'cortex-act-'));
  const inputs = Object.entries(order.inputs ?? {}).flatMap(([name, value]) => ['--input', `${name}=${value}`]);
  const env = Object.entries(order.env ?? {}).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const place = ['--workflows', order.workflow, '--platform', 'ubuntu-latest=-self-hosted', '--no-cache-server'];
  try {
    const child = spawn('act', [order.event, ...place, '--json', ...inputs, ...env], {
      cwd: order.cwd,
      env: { PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`, HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, jobs: readJobs(`${stdout}\n${stderr}`) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function readJobs(log: string): ReadonlyMap<string, Job> {
  const lines = log.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []));
  const ids = new Set(lines.flatMap(({ jobID }) => jobID ?? []));
  return new Map([...ids].map((id) => [id, jobOf(lines.filter(({ jobID }) => jobID === id))]));
}

function jobOf(lines: readonly Line[]): Job {
  const commands = (name: string): readonly Line[] => lines.filter(({ command }) => command === name);
  return {
    result: lines.find(({ jobResult }) => jobResult !== undefined)?.jobResult ?? 'none',
    outputs: Object.fromEntries(commands('set-output').map(({ name = '', arg = '' }) => [name, arg])),
    said: lines.flatMap(({ raw_output: raw, msg = '' }) => (raw ? [msg] : [])).join(''),
    errors: commands('error').map(({ arg = '', kvPairs: at }) =>
      at?.['file'] ? `${at['file']}:${at['line']}: ${arg}` : arg,
    ),
    summary: commands('summary')
      .map(({ content = '' }) => content)
      .join(''),
    matrix: lines.find(({ matrix }) => matrix?.['leg'] !== undefined)?.matrix ?? {},
  };
}
