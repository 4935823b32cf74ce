import { resolve } from 'node:path';
import { followLog } from '../../coordination/file/follow-log.ts';
import { isHeld } from '../../coordination/file/lock.ts';
import type { ExecutionState } from '../../execution/execution-state.ts';
import { applyEvent, emptyState } from '../../execution/state.ts';
import type { Event } from '../../protocol/event.ts';
import { cliExit } from '../../protocol/words.ts';
import { systemClock } from '../../shared/clock.ts';
import { createMasker } from '../../shared/mask.ts';
import type { CommandLine } from '../arguments.ts';
import type { Environment } from '../environment.ts';
import { timeLimitFlag } from '../values.ts';
import { checkExecutionId } from '../run/execution-id.ts';
import { runPaths } from '../run/paths.ts';
import { stateWriter } from '../run/state-writer.ts';
import { terminalProgress } from '../terminal/progress.ts';
import type { RunCommandLine } from './commands.ts';
import { latestExecution, namesStore, openStored } from './stored-execution.ts';

/** `cortex watch`: follows an execution until it ends or is cut off; exits as the execution did. */
export const watchCommand: RunCommandLine = async (args, { io, environment }) => {
  const mask = createMasker(environment.secrets);
  const progress = terminalProgress(environment, {
    kind: args.has('json') ? 'lines' : 'tree',
    write: (text) => io.out(mask(text)),
    now: systemClock.now,
  });
  const source = await (namesStore(args, environment)
    ? sharedSource(args, environment)
    : folderSource(args, environment));
  const state = emptyState(source.id);
  try {
    for await (const event of source.events) {
      applyEvent(state, event);
      if (args.has('json')) io.out(source.mask(`${JSON.stringify(event)}\n`));
      else progress.onEvent(event, state);
      source.onEvent(event, state);
      if (event.type === 'execution.ended') break;
    }
  } finally {
    progress.stop();
    await source.close();
  }
  if (!state.ended) io.err(`cortex: ${source.id} was cut off. Go on with: cortex run --resume ${source.id}\n`);
  return state.ended?.exitCode ?? cliExit.outside;
};

/** Where the events come from, and what is done with each beside showing it. */
interface Source {
  readonly id: string;
  readonly events: AsyncIterable<Event>;
  readonly mask: (text: string) => string;
  readonly onEvent: (event: Event, state: ExecutionState) => void;
  readonly close: () => Promise<void>;
}

async function folderSource(args: CommandLine, environment: Environment): Promise<Source> {
  const stored = await openStored(args, args.positionals[0], environment);
  const { log, lock } = stored.paths;
  return {
    id: stored.id,
    events: followLog(log, () => isHeld(lock)),
    mask: createMasker(environment.secrets),
    onEvent: () => undefined,
    close: stored.close,
  };
}

/** From anywhere: with `--out` the state files there are kept current, without it nothing is written. */
async function sharedSource(args: CommandLine, environment: Environment): Promise<Source> {
  const { connect } = await import('../run/shared-store.ts');
  const { followExecution } = await import('../run/follow-execution.ts');
  const out = args.text('out');
  const [wanted] = args.positionals;
  const id = wanted === undefined ? latestExecution(resolve(out ?? 'coordination')) : checkExecutionId(wanted);
  const connection = await connect(args, environment);
  const writer = out === undefined ? undefined : stateWriter(runPaths(resolve(out), id), connection.mask);
  return {
    id,
    events: followExecution(connection, id, timeLimitFlag(args, 'lease', '30s')),
    mask: connection.mask,
    onEvent: (event, state) => writer?.onEvent(event, state),
    close: async () => {
      writer?.flush();
      await connection.client.close();
    },
  };
}
