import { cliExit } from '../../protocol/words.ts';
import { explain } from '../../report/explain.ts';
import { problem } from '../../shared/errors.ts';
import { createMasker } from '../../shared/mask.ts';
import type { RunCommandLine } from './commands.ts';
import { openStored, storedReport } from './stored-execution.ts';

/** `cortex explain`: where a finding, change, task or number comes from, down to the evidence. */
export const explainCommand: RunCommandLine = async (args, { io, environment }) => {
  const [question, id] = args.positionals;
  if (question === undefined) {
    throw problem('no-question', 'Nothing to explain was named', {
      hint: 'Name a finding, change, task or number, as in `cortex explain findings.total`.',
    });
  }
  const stored = await openStored(args, id, environment);
  await stored.close();
  const mask = createMasker(environment.secrets);
  const answer = explain(question, { report: storedReport(stored), events: stored.events });
  io.out(mask(args.has('json') ? `${JSON.stringify(answer, null, 2)}\n` : `${answer.lines.join('\n')}\n`));
  return cliExit.success;
};
