import { existsSync } from 'node:fs';
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
import { findPlace, type Order, type Place } from '../run/order.ts';
import { runExecution, type RunEnd } from '../run/run-execution.ts';
import { routePlan } from '../run/start.ts';
import type { SharedStore } from '../run/shared-store.ts';
import { stateWriter } from '../run/state-writer.ts';
import { takeOrder } from '../run/take-order.ts';
import { terminalProgress, type Progress } from '../terminal/progress.ts';
import { summarise } from '../terminal/summary.ts';
import { durationFlag, timeLimitFlag, wholeNumber } from '../values.ts';
import type { Io, RunCommandLine } from './commands.ts';

/** `cortex run`: starts an execution, or goes on with one, and follows it to its end. */
export const runCommand: RunCommandLine = async (args, { io, environment }) => {
  const place = await findPlace(args, environment);
  const { order, shared } = await takeOrder({ args, place, io, environment });
  if (order.endedWith !== undefined) {
    await shared?.close();
    return sayEnded(order, args, io);
  }
  const mask = createMasker([...environment.secrets, ...(shared?.secrets ?? [])]);
  const progress = terminalProgress(environment, {
    kind: args.has('json') ? 'silent' : 'tree',
    write: (text) => io.out(mask(text)),
    now: shared?.now ?? systemClock.now,
  });
  const end = await execute({ args, environment, place, order, shared, mask, progress });
  if (args.has('json')) io.out(mask(`${JSON.stringify(end.of === 'execution' ? end.report : end, null, 2)}\n`));
  else io.out(mask(summarise(end, { paths: order.paths, cwd: process.cwd() })));
  return end.exitCode;
};

async function execute(run: {
  readonly args: CommandLine;
  readonly environment: Environment;
  readonly place: Place;
  readonly order: Order;
  readonly shared: SharedStore | undefined;
  readonly mask: (text: string) => string;
  readonly progress: Progress;
}): Promise<RunEnd> {
  const { args, environment, place, order, shared, mask, progress } = run;
  const { paths } = order;
  const workerProgram = resolve(args.text('worker') ?? bundledWorker());
  const doors = openDoors({
    paths,
    shared,
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
        own: order.own,
        leftOut: order.leftOut,
        leaseMs: timeLimitFlag(args, 'lease', '30s'),
        patienceMs: durationFlag(args, 'leg-wait', '60s'),
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
  } finally {
    stop.abort();
    writer.flush();
    progress.stop();
    unhook();
    await doors.close();
  }
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
