import { cliExit } from '../../protocol/words.ts';
import { problem } from '../../shared/errors.ts';
import { publishExecution, type Published } from '../publish/publish-execution.ts';
import type { RunCommandLine } from './commands.ts';

/**
 * `cortex publish`: brings what an execution has found to GitHub, or shows what would be brought. Ends with 1 where GitHub could
 * not be reached to the end.
 */
export const publishCommand: RunCommandLine = async (args, { io, environment }) => {
  const [id] = args.positionals;
  const published = await publishExecution(args, { id, mode: readMode(args.text('mode')), environment });
  const { stopped } = published.changes;
  io.out(args.has('json') ? `${JSON.stringify(published, null, 2)}\n` : published.markdown);
  return stopped === null ? cliExit.success : cliExit.outside;
};

function readMode(text: string | undefined): Published['mode'] {
  if (text === undefined || text === 'staged') return 'staged';
  if (text === 'apply') return 'apply';
  throw problem('unknown-mode', `There is no mode ${JSON.stringify(text.slice(0, 60))} of publishing`, {
    hint: 'Choose staged, which writes nothing, or apply.',
  });
}
