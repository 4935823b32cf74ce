import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { commitAll, projectRoot } from '../support/journey.ts';
import { readWorkflowText, workflowFiles } from './our-workflows.ts';

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
  /** When act first and last said something of it, ISO 8601 in whole seconds. */
  readonly began: string;
  readonly ended: string;
}

export interface ActRun {
  readonly code: number | null;
  /** By job id; a job that did not run is not there. */
  readonly jobs: ReadonlyMap<string, Job>;
  /** The jobs of the matrix, by the name of their leg. */
  readonly legs: ReadonlyMap<string, Job>;
  /** Values that steps had the runner hide. */
  readonly hidden: readonly string[];
  /** All that act said, but for debugging and for the commands that hide values: those no runner shows. */
  readonly log: string;
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
  readonly time?: string;
  readonly matrix?: Readonly<Record<string, string>>;
}

export interface ActOrder {
  readonly cwd: string;
  readonly event: string;
  readonly workflow: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Environment of every step. */
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  /** Who starts it. */
  readonly actor?: string;
  /** Payload of the event, beside what act makes itself. */
  readonly payload?: Readonly<Record<string, unknown>>;
  /** Where repositories are: a server of git, as GitHub's own address stands before the name of a repository. */
  readonly server?: string;
  /** Folders of repositories whose workflows are called, by `owner/name@commit`. */
  readonly called?: Readonly<Record<string, string>>;
  /** Whether the log shows secrets as a step says them, where act would put stars: for who looks whether a step does. */
  readonly showsSecrets?: boolean;
}

const limitMs = 240_000;
const noResult = 'none';

/** The job of that id. Throws with those that ran. */
export function jobNamed(run: ActRun, id: string): Job {
  const job = run.jobs.get(id);
  if (job) return job;
  throw new Error(`the job ${id} did not run; there are ${[...run.jobs.keys()].join(', ')}`);
}

/** How each job ended, in the order in which they began. Of one that calls a workflow act says nothing itself. */
export function resultsOf(run: ActRun): readonly string[] {
  return [...run.jobs].flatMap(([id, { result }]) => (result === noResult ? [] : [`${id}: ${result}`]));
}

/**
 * Runs a workflow under act: jobs are processes of this machine, with this Node first on PATH and a home of their own. What a
 * step checks out beside the repository itself comes from `server`, by a checkout of ours in the place of GitHub's.
 */
export async function runAct(order: ActOrder): Promise<ActRun> {
  const home = mkdtempSync(join(tmpdir(), 'cortex-act-'));
  try {
    const child = spawn('act', [order.event, '--json', ...placeOf(order, home), ...givenTo(order, home)], {
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
    return { code, ...readLog(`${stdout}\n${stderr}`) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** The workflow without what act does not know, its runners, and where actions come from. */
function placeOf(order: ActOrder, home: string): readonly string[] {
  const workflow = join(home, basename(order.workflow));
  writeFileSync(workflow, knownToAct(readFileSync(join(order.cwd, order.workflow), 'utf8')));
  const checkout = join(home, 'checkout');
  cpSync(join(projectRoot, 'test', 'support', 'actions', 'checkout'), checkout, { recursive: true });
  commitAll(checkout);
  const server = order.server ?? 'https://github.com';
  const local = {
    ...Object.fromEntries(checkoutPins().map((pin) => [`${server}/actions/checkout@${pin}`, checkout])),
    ...order.called,
  };
  return [
    '--workflows',
    workflow,
    '--platform',
    'ubuntu-latest=-self-hosted',
    '--no-cache-server',
    ...(order.showsSecrets ? ['--insecure-secrets'] : []),
    ...Object.entries(local).flatMap(([name, folder]) => ['--local-repository', `${name}=${folder}`]),
  ];
}

/**
 * Concurrency may say `queue` since May 2026; act 0.2.89 refuses a workflow that does. Of a matrix GitHub runs all jobs at a
 * time, act four unless it is told how many.
 */
export function knownToAct(workflow: string): string {
  return workflow.replace(/^ +queue: max\n/gm, '').replace(/^( +)fail-fast: false\n/gm, '$&$1max-parallel: 7\n');
}

/** Every commit of GitHub's checkout that our own workflows name, called ones included. */
function checkoutPins(): readonly string[] {
  const pins = workflowFiles.flatMap((file) => [
    ...readWorkflowText(file).matchAll(/actions\/checkout@([0-9a-f]{40})/g),
  ]);
  return [...new Set(pins.map(([, pin = '']) => pin))];
}

function givenTo(order: ActOrder, home: string): readonly string[] {
  const pairs = (flag: string, values: Readonly<Record<string, string>> = {}): readonly string[] =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  const server = order.server === undefined ? {} : { GITHUB_SERVER_URL: order.server };
  return [
    ...pairs('--input', order.inputs),
    ...pairs('--env', { ...server, ...order.env }),
    ...pairs('--secret', order.secrets),
    ...pairs('--var', order.vars),
    ...(order.actor === undefined ? [] : ['--actor', order.actor]),
    ...(order.payload === undefined ? [] : ['--eventpath', payloadFile(order.payload, home)]),
  ];
}

function payloadFile(payload: Readonly<Record<string, unknown>>, home: string): string {
  const file = join(home, 'event.json');
  writeFileSync(file, JSON.stringify(payload));
  return file;
}

function readLog(text: string): Omit<ActRun, 'code'> {
  const read = text.split('\n').map((line) => ({ line, said: line.startsWith('{') ? (JSON.parse(line) as Line) : {} }));
  const lines = read.map(({ said }) => said);
  const unseen = new Set(['add-mask', 'debug']);
  return {
    jobs: jobsBy(lines, ({ jobID }) => jobID),
    legs: jobsBy(lines, ({ matrix }) => matrix?.['leg']),
    hidden: lines.flatMap(({ command, arg = '' }) => (command === 'add-mask' ? [arg] : [])),
    log: read.flatMap(({ line, said }) => (unseen.has(said.command ?? '') ? [] : [line])).join('\n'),
  };
}

function jobsBy(lines: readonly Line[], keyOf: (line: Line) => string | undefined): ReadonlyMap<string, Job> {
  const keys = new Set(lines.flatMap((line) => keyOf(line) ?? []));
  return new Map([...keys].map((key) => [key, jobOf(lines.filter((line) => keyOf(line) === key))]));
}

function jobOf(lines: readonly Line[]): Job {
  const commands = (name: string): readonly Line[] => lines.filter(({ command }) => command === name);
  const times = lines.flatMap(({ time }) => time ?? []).toSorted();
  return {
    result: lines.find(({ jobResult }) => jobResult !== undefined)?.jobResult ?? noResult,
    outputs: Object.fromEntries(commands('set-output').map(({ name = '', arg = '' }) => [name, arg])),
    said: lines.flatMap(({ raw_output: raw, msg = '' }) => (raw ? [msg] : [])).join(''),
    errors: commands('error').map(({ arg = '', kvPairs: at }) =>
      at?.['file'] ? `${at['file']}:${at['line']}: ${arg}` : arg,
    ),
    summary: commands('summary')
      .map(({ content = '' }) => content)
      .join(''),
    matrix: lines.find(({ matrix }) => matrix?.['leg'] !== undefined)?.matrix ?? {},
    began: times[0] ?? '',
    ended: times.at(-1) ?? '',
  };
}
