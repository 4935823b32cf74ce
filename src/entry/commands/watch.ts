import { isHeld } from '../../coordination/file/lock.ts';
import { followLog } from '../../coordination/file/follow-log.ts';
import { applyEvent, emptyState } from '../../execution/state.ts';
import { cliExit } from '../../protocol/words.ts';
import { systemClock } from '../../shared/clock.ts';
import { createMasker } from '../../shared/mask.ts';
import { createProgress } from '../terminal/progress.ts';
import type { RunCommandLine } from './commands.ts';
import { openStored } from './stored-execution.ts';

/** `cortex watch`: follows an execution of this machine until it ends or is cut off; exits as the execution did. */
export const watchCommand: RunCommandLine = async (args, { io, environment }) => {
  const [id] = args.positionals;
  const stored = openStored(args, id);
  const mask = createMasker(environment.secrets);
  const progress = createProgress({
    kind: environment.isTerminal && !args.has('json') ? 'tree' : 'lines',
    color: !environment.noColor,
    columns: () => process.stdout.columns || environment.columns,
    rows: () => process.stdout.rows || 50,
    write: (text) => io.out(mask(text)),
    now: systemClock.now,
  });
  const state = emptyState(stored.id);
  for await (const event of followLog(stored.paths.log, () => isHeld(stored.paths.lock))) {
    applyEvent(state, event);
    if (args.has('json')) io.out(mask(`${JSON.stringify(event)}\n`));
    else progress.onEvent(event, state);
    if (event.type === 'execution.ended') break;
  }
  progress.stop();
  if (!state.ended) io.err(`cortex: ${stored.id} was cut off. Go on with: cortex run --resume ${stored.id}\n`);
  return state.ended?.exitCode ?? cliExit.outside;
};
