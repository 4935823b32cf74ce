import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { cliExit } from '../../protocol/words.ts';
import { systemClock } from '../../shared/clock.ts';
import { readTextIfPresent } from '../../shared/files.ts';
import { createMasker } from '../../shared/mask.ts';
import type { CommandLine } from '../arguments.ts';
import { bundledWorker } from '../bundle.ts';
import type { Environment } from '../environment.ts';
import { openDoors } from '../run/doors.ts';
import { endOnSignals } from '../run/interrupt.ts';
import { findPlace, newOrder, readOrder, type Order, type Place } from '../run/order.ts';
import { runExecution, type RunEnd } from '../run/run-execution.ts';
import { routePlan } from '../run/start.ts';
import { stateWriter } from '../run/state-writer.ts';
import { createProgress, type Progress } from '../terminal/progress.ts';
import { summarise } from '../terminal/summary.ts';
import { retryWait, wholeNumber } from '../values.ts';
import type { Io, RunCommandLine } from './commands.ts';

/** `cortex run`: starts an execution, or goes on with one, and follows it to its end. */
export const runCommand: RunCommandLine = async (args, { io, environment }) => {
  const place = await findPlace(args, environment);
  const order = args.text('resume') === undefined ? await newOrder(args, place, io) : readOrder(args, place);
  if (order.endedWith !== undefined) return sayEnded(order, args, io);
  const mask = createMasker(environment.secrets);
  const progress = progressFor(args, io, environment);
  const end = await execute({ args, environment, place, order, mask, progress });
  if (args.has('json')) io.out(mask(`${JSON.stringify(end.report, null, 2)}\n`));
  else io.out(mask(summarise(end, { paths: order.paths, cwd: process.cwd() })));
  return end.exitCode;
};

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
    slots: Math.min(order.plan.parallel.workers, wholeNumber(args, 'parallel-workers') ?? availableParallelism()),
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
        leftOut: order.leftOut,
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

function sayEnded(order: Order, args: CommandLine, io: Io): number {
  const { status, exitCode, reason } = order.endedWith ?? { status: 'complete', exitCode: cliExit.success, reason: '' };
  if (args.has('json')) io.out(readTextIfPresent(order.paths.results) ?? '');
  else io.out(`${order.id} has ended already: ${status} (${reason}). Its report: ${order.paths.report}\n`);
  return exitCode;
}
