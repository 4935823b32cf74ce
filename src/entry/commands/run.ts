import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { cliExit } from '../../protocol/words.ts';
import { systemClock } from '../../shared/clock.ts';
import { CortexError } from '../../shared/errors.ts';
import { readTextIfPresent } from '../../shared/files.ts';
import { growingMasker } from '../../shared/mask.ts';
import type { CommandLine } from '../arguments.ts';
import { bundledWorker } from '../bundle.ts';
import type { Environment } from '../environment.ts';
import type { ClusterLauncher, ClusterOrder } from '../cluster/launcher.ts';
import { readLauncher } from '../cluster/launcher-kind.ts';
import { readLogMode } from '../cluster/log-mode.ts';
import { openDoors, type RunDoors } from '../run/doors.ts';
import { endOnSignals } from '../run/interrupt.ts';
import { noticeRelay } from '../run/notices.ts';
import { findPlace, type Order, type Place } from '../run/order.ts';
import { runPaths } from '../run/paths.ts';
import { runExecution, type RunEnd } from '../run/run-execution.ts';
import { routePlan } from '../run/start.ts';
import type { SharedStore } from '../run/shared-store.ts';
import { stateWriter } from '../run/state-writer.ts';
import { takeOrder, type Asked } from '../run/take-order.ts';
import { printable } from '../terminal/printable.ts';
import { terminalProgress, type Progress } from '../terminal/progress.ts';
import { summarise } from '../terminal/summary.ts';
import { durationFlag, timeLimitFlag, wholeNumber } from '../values.ts';
import type { Io, RunCommandLine } from './commands.ts';

/** `cortex run`: starts an execution, or goes on with one, and follows it to its end. */
export const runCommand: RunCommandLine = async (args, { io, environment }) => {
  if (args.has('cancel')) return cancelExecution(args, { io, environment });
  const place = await findPlace(args, environment);
  const asked = { args, place, io, environment };
  const { order, shared } = await takeOrder(asked).catch((error: unknown) => salvageUnjoined(error, asked));
  if (order.endedWith !== undefined) {
    await shared?.close();
    return sayEnded(order, args, io);
  }
  const minted: (() => readonly string[])[] = [];
  const known = [...environment.secrets, ...(shared?.secrets ?? [])];
  const mask = growingMasker(() => [...known, ...minted.flatMap((each) => each())]);
  const progress = terminalProgress(environment, {
    kind: args.has('json') ? 'silent' : 'tree',
    write: (text) => io.out(mask(text)),
    now: shared?.now ?? systemClock.now,
  });
  const end = await execute({ args, io, environment, place, order, shared, mask, minted, progress });
  if (args.has('json')) io.out(mask(`${JSON.stringify(end.of === 'execution' ? end.report : end, null, 2)}\n`));
  else io.out(mask(summarise(end, { paths: order.paths, cwd: process.cwd() })));
  return end.exitCode;
};

interface Execution {
  readonly args: CommandLine;
  readonly io: Io;
  readonly environment: Environment;
  readonly place: Place;
  readonly order: Order;
  readonly shared: SharedStore | undefined;
  readonly mask: (text: string) => string;
  /** Where further values come from that must never be printed. */
  readonly minted: (() => readonly string[])[];
  readonly progress: Progress;
}

async function execute(run: Execution): Promise<RunEnd> {
  const { args, place, order, mask, progress } = run;
  const { paths } = order;
  const workerProgram = resolve(args.text('worker') ?? bundledWorker());
  const doors = await doorsOf(run, workerProgram);
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
        own: order.own,
        leftOut: order.leftOut,
        leaseMs: timeLimitFlag(args, 'lease', '30s'),
        patienceMs: durationFlag(args, 'leg-wait', '60s'),
        rehearsal: args.has('rehearse') ? { durationMs: durationFlag(args, 'rehearse', '2s') } : undefined,
        retryBaseMs: durationFlag(args, 'retry-wait', '30s'),
        mask,
        onEvent: (event, state) => {
          doors.onEvent(event, state);
          writer.onEvent(event, state);
          progress.onEvent(event, state);
        },
      },
      stop.signal,
    );
  } catch (error) {
    // Before the launcher is closed, which ends what still runs.
    if (error instanceof CortexError && error.code === 'store-lost') await salvageFrom(doors, run);
    throw error;
  } finally {
    stop.abort();
    writer.flush();
    progress.stop();
    unhook();
    await doors.close();
  }
}

/** Over a cluster the plan says how many workers run at one time; on this machine, its cores do. */
async function doorsOf(run: Execution, workerProgram: string): Promise<RunDoors> {
  const { args, io, environment, place, order, shared, mask } = run;
  const { paths, plan } = order;
  const notices = noticeRelay();
  const isCluster = readLauncher(args) === 'kubernetes';
  const wanted = wholeNumber(args, 'parallel-workers') ?? (isCluster ? plan.parallel.workers : availableParallelism());
  // With --json the output is one document, and nothing else.
  const print = args.has('json') ? io.err : io.out;
  const printLine = (worker: string, line: string): void => print(`${worker} | ${printable(line)}\n`);
  const onLine = readLogMode(args) === 'stream' ? printLine : undefined;
  const slots = Math.min(plan.parallel.workers, wanted);
  const common = { environment, shared, paths, workerProgram, mask, slots, onLine };
  const given = {
    args,
    plan,
    execution: order.id,
    repository: place.head.repository,
    onNotice: notices.tell,
  };
  try {
    const cluster = isCluster ? await openCluster({ ...common, ...given }) : undefined;
    if (cluster) run.minted.push(() => cluster.secrets);
    return openDoors({ ...common, notices, cluster });
  } catch (error) {
    await shared?.close();
    throw error;
  }
}

/** What the store has lost, the cluster may still know. */
async function salvageFrom({ cluster }: RunDoors, { order, io, mask }: Execution): Promise<void> {
  if (!cluster) return;
  const { salvage } = await import('../cluster/salvage.ts');
  await salvage(cluster, { id: order.id, paths: order.paths, say: (line) => io.err(mask(`cortex: ${line}\n`)) });
}

/** The same for a process that never came to take part, because the store had lost the execution before. */
async function salvageUnjoined(error: unknown, { args, place, io, environment }: Asked): Promise<never> {
  const id = args.text('resume') ?? args.text('id');
  const isLost = error instanceof CortexError && error.code === 'store-lost';
  if (isLost && id !== undefined && readLauncher(args) === 'kubernetes') {
    const { salvageCopy } = await import('../cluster/salvage.ts');
    const mask = growingMasker(() => environment.secrets);
    const say = (line: string): void => io.err(mask(`cortex: ${line}\n`));
    await salvageCopy({ args, environment, say }, { id, paths: runPaths(place.out, id) });
  }
  throw error;
}

async function openCluster(order: ClusterOrder): Promise<ClusterLauncher> {
  const { openClusterLauncher } = await import('../cluster/launcher.ts');
  return openClusterLauncher(order);
}

async function cancelExecution(args: CommandLine, world: Parameters<RunCommandLine>[1]): Promise<number> {
  const { cancelCommand } = await import('./cancel.ts');
  return cancelCommand(args, world);
}

function sayEnded(order: Order, args: CommandLine, io: Io): number {
  const { status, exitCode, reason } = order.endedWith ?? { status: 'complete', exitCode: cliExit.success, reason: '' };
  const { paths, id } = order;
  // Over a shared store it may have been reported elsewhere.
  const report = existsSync(paths.report) ? paths.report : `\`cortex report ${id}\` writes it`;
  const said = `${id} has ended already: ${status} (${reason}). Its report: ${report}\n`;
  const results = readTextIfPresent(paths.results);
  if (!args.has('json')) io.out(said);
  else if (results === undefined) io.err(`cortex: ${said}`);
  else io.out(results);
  return exitCode;
}
