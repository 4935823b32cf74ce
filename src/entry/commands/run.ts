import { resolve, join, relative, isAbsolute } from 'node:path';
import { existsSync } from 'node:fs';
import { readEventLog } from '../../coordination/file/event-log.ts';
import { fileBlobs } from '../../coordination/file/blobs.ts';
import { parsePlan } from '../../plan/parse.ts';
import type { Plan } from '../../plan/plan.ts';
import type { EventData } from '../../protocol/event.ts';
import { cliExit } from '../../protocol/words.ts';
import { readHead, type Head } from '../../repository/local-repository.ts';
import type { Git } from '../../repository/git.ts';
import { systemClock } from '../../shared/clock.ts';
import { problem } from '../../shared/errors.ts';
import { createMasker } from '../../shared/mask.ts';
import type { CommandLine } from '../arguments.ts';
import { bundledWorker } from '../bundle.ts';
import type { Environment } from '../environment.ts';
import { openDoors } from '../run/doors.ts';
import { checkExecutionId, claimExecutionId } from '../run/execution-id.ts';
import { endOnSignals } from '../run/interrupt.ts';
import { loadPlan } from '../run/load-plan.ts';
import { runPaths, type RunPaths } from '../run/paths.ts';
import { runExecution, type RunEnd } from '../run/run-execution.ts';
import { onlyMasters, routePlan } from '../run/start.ts';
import { stateWriter } from '../run/state-writer.ts';
import { createProgress, type Progress } from '../terminal/progress.ts';
import { summarise } from '../terminal/summary.ts';
import type { Io, RunCommandLine } from './commands.ts';
import { requireValidPlan } from './require-plan.ts';

/** `cortex run`: starts an execution, or goes on with one, and follows it to its end. */
export const runCommand: RunCommandLine = async (args, { io, environment }) => {
  const place = await findPlace(args, environment);
  const order = args.text('resume') === undefined ? await newOrder(args, place, io) : readOrder(args, place);
  if (order.endedWith !== undefined) return sayEnded(order, io);
  const mask = createMasker(environment.secrets);
  const progress = progressFor(args, io, environment);
  const end = await execute({ args, environment, place, order, mask, progress });
  if (args.has('json')) io.out(mask(`${JSON.stringify(end.report, null, 2)}\n`));
  else io.out(mask(summarise(end, { paths: order.paths, cwd: process.cwd() })));
  return end.exitCode;
};

interface Place {
  readonly head: Head;
  readonly git: Git;
  readonly out: string;
}

/** What is to be run: a fresh plan, or the one that a log began with. */
interface Order {
  readonly id: string;
  readonly plan: Plan;
  readonly planFacts: Omit<EventData<'execution.started'>['plan'], 'blob'>;
  readonly planText: string;
  readonly commit: string;
  readonly paths: RunPaths;
  /** Set when the execution has ended before. */
  readonly endedWith?: EventData<'execution.ended'>;
}

async function findPlace(args: CommandLine, environment: Environment): Promise<Place> {
  const target = resolve(args.text('target') ?? '.');
  if (!existsSync(target))
    throw problem('target-missing', `The folder ${target} does not exist`, {
      hint: 'Name a git repository with --target.',
    });
  const { head, git } = await readHead(target, environment.path);
  return { head, git, out: resolve(args.text('out') ?? join(head.root, 'coordination')) };
}

async function newOrder(args: CommandLine, place: Place, io: Io): Promise<Order> {
  const [file] = args.positionals;
  if (file === undefined) {
    throw problem('no-plan', 'No plan was named', {
      hint: 'Name one, as in `cortex run plans/full-orchestration.yaml`.',
    });
  }
  const loaded = loadPlan(file, {
    tokenBudget: args.text('token-budget'),
    emergencyReserve: args.text('emergency-reserve'),
    executionTimeout: args.text('execution-timeout'),
  });
  const parsed = requireValidPlan(loaded, file, io);
  const plan = chosenMasters(args, parsed.plan);
  checkParallelMasters(args, plan);
  const executions = runPaths(place.out, 'x').executions;
  const id = await claimExecutionId(executions, args.text('id'), systemClock.now);
  const planFacts = { name: plan.name, file: shownPath(file, place.head.root), digest: parsed.digest };
  return { id, plan, planFacts, planText: loaded.text, commit: place.head.commit, paths: runPaths(place.out, id) };
}

/** The order of an execution that was cut off, from its own log: neither the plan file nor HEAD is looked at again. */
function readOrder(args: CommandLine, place: Place): Order {
  const id = checkExecutionId(args.text('resume') ?? '');
  const paths = runPaths(place.out, id);
  const { events } = readEventLog(paths.log);
  const started = events.find((event) => event.type === 'execution.started')?.data;
  if (!started)
    throw problem('nothing-to-resume', `There is no execution ${id} below ${place.out} that has started`, {
      hint: 'Start it anew, without --resume.',
    });
  const planText = readBlobText(paths, started.plan.blob);
  const parsed = parsePlan(planText, started.plan.file);
  if ('problems' in parsed) {
    throw problem('plan-outdated', `The plan of ${id} is not valid for this version of Cortex`, {
      hint: 'Start it anew, without --resume.',
    });
  }
  const plan = onlyMasters(
    parsed.plan,
    started.masters.map((master) => master.name),
  );
  const { name, file, digest } = started.plan;
  const ended = events.find((event) => event.type === 'execution.ended')?.data;
  return {
    id,
    plan,
    planFacts: { name, file, digest },
    planText,
    commit: started.commit,
    paths,
    ...(ended ? { endedWith: ended } : {}),
  };
}

async function execute(run: {
  readonly args: CommandLine;
  readonly environment: Environment;
  readonly place: Place;
  readonly order: Order;
  readonly mask: (text: string) => string;
  readonly progress: Progress;
}): Promise<RunEnd> {
  const { args, environment, place, order, mask, progress } = run;
  const { paths } = order;
  const workerProgram = resolve(args.text('worker') ?? bundledWorker());
  const doors = openDoors({
    paths,
    environment,
    mask,
    workerProgram,
    parallelWorkers: wholeNumber(args, 'parallel-workers'),
  });
  const writer = stateWriter(paths, mask);
  const stop = new AbortController();
  const unhook = endOnSignals(doors, { progress, id: order.id });
  try {
    const blob = await doors.store.putBlob(order.planText);
    return await runExecution(
      {
        id: order.id,
        routed: routePlan(order.plan),
        planFacts: { ...order.planFacts, blob },
        head: { ...place.head, commit: order.commit },
        git: place.git,
        doors,
        paths,
        workerProgram,
        now: systemClock.now,
        retryBaseMs: retryWait(args),
        mask,
        onEvent: (event, state) => {
          writer.onEvent(event, state);
          progress.onEvent(event, state);
        },
      },
      stop.signal,
    );
  } finally {
    stop.abort();
    writer.flush();
    progress.stop();
    unhook();
    await doors.launcher.close();
    await doors.store.close();
  }
}

function chosenMasters(args: CommandLine, plan: Plan): Plan {
  const text = args.text('masters');
  if (text === undefined) return plan;
  const wanted = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (wanted.length > 0) return onlyMasters(plan, wanted);
  throw problem('no-master', '--masters names no master', {
    hint: 'Name one or more, as in --masters security-master.',
  });
}

/** The first Cortex let people say how many masters they expect; a plan that has others is refused, not bent. */
function checkParallelMasters(args: CommandLine, plan: Plan): void {
  const wanted = wholeNumber(args, 'parallel-masters');
  if (wanted === undefined || wanted === plan.masters.length) return;
  throw problem(
    'masters-differ',
    `--parallel-masters ${wanted} does not fit the plan: ${plan.masters.length} masters would run`,
    {
      hint: 'All masters of a plan run side by side. Choose some with --masters, or change the plan.',
    },
  );
}

function wholeNumber(args: CommandLine, flag: string): number | undefined {
  const text = args.text(flag);
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw problem('bad-number', `--${flag} expects a whole number from 1, found ${JSON.stringify(text)}`, {
    hint: `Write --${flag} 16.`,
  });
}

function retryWait(args: CommandLine): number {
  const text = args.text('retry-wait') ?? '30s';
  const match = /^(\d{1,4})(ms|s|m)$/.exec(text);
  if (match) return Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] as 'ms' | 's' | 'm'];
  throw problem('bad-duration', `--retry-wait expects a duration, found ${JSON.stringify(text)}`, {
    hint: 'Write --retry-wait 30s.',
  });
}

function progressFor(args: CommandLine, io: Io, environment: Environment): Progress {
  const kind = args.has('json') ? 'silent' : environment.isTerminal ? 'tree' : 'lines';
  return createProgress({
    kind,
    color: !environment.noColor,
    columns: () => process.stdout.columns || environment.columns,
    rows: () => process.stdout.rows || 50,
    write: createMaskedWriter(io, environment),
    now: systemClock.now,
  });
}

function createMaskedWriter(io: Io, environment: Environment): (text: string) => void {
  const mask = createMasker(environment.secrets);
  return (text) => io.out(mask(text));
}

function sayEnded(order: Order, io: Io): number {
  const { status, exitCode, reason } = order.endedWith ?? { status: 'complete', exitCode: cliExit.success, reason: '' };
  io.out(`${order.id} has ended already: ${status} (${reason}). Its report: ${order.paths.report}\n`);
  return exitCode;
}

function readBlobText(paths: RunPaths, hash: string): string {
  return Buffer.from(fileBlobs(paths.blobs).readBlob(hash)).toString('utf8');
}

function shownPath(file: string, root: string): string {
  const path = relative(root, resolve(file));
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}
