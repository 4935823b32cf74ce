import { resolve } from 'node:path';
import { cliExit } from '../../protocol/words.ts';
import { problem } from '../../shared/errors.ts';
import { growingMasker } from '../../shared/mask.ts';
import { publishExecution, type Published } from '../publish/publish-execution.ts';
import type { RunCommandLine } from './commands.ts';
import { openStored } from './stored-execution.ts';

/** `cortex publish`: brings what an execution has found to GitHub, or shows what would be brought. */
export const publishCommand: RunCommandLine = async (args, { io, environment }) => {
  const [id] = args.positionals;
  const minted: string[] = [];
  const mask = growingMasker(() => [...environment.secrets, ...minted]);
  const stored = await openStored(args, id, environment);
  try {
    const published = await publishExecution(stored, {
      environment,
      out: resolve(args.text('out') ?? 'coordination'),
      mode: readMode(args.text('mode')),
      target: args.text('repository'),
      withFindings: args.has('code-scanning'),
      mask,
      onToken: (token) => minted.push(token),
    });
    io.out(mask(args.has('json') ? `${JSON.stringify(published, null, 2)}\n` : published.markdown));
    return cliExit.success;
  } finally {
    await stored.close();
  }
};

function readMode(text: string | undefined): Published['mode'] {
  if (text === undefined || text === 'staged') return 'staged';
  if (text === 'apply') return 'apply';
  throw problem('unknown-mode', `There is no mode ${JSON.stringify(text.slice(0, 60))} of publishing`, {
    hint: 'Choose staged, which writes nothing, or apply.',
  });
}
