import { renderProblems } from '../../plan/render-problems.ts';
import { cliExit } from '../../protocol/words.ts';
import { problem } from '../../shared/errors.ts';
import { loadPlan } from '../run/load-plan.ts';
import { chooseFormat } from './format.ts';
import type { RunCommandLine } from './commands.ts';

/** `cortex validate`: judges each plan; 2 when any may not run. Warnings are shown and leave the exit code alone. */
export const validateCommand: RunCommandLine = async (args, { io }) => {
  const files = args.positionals;
  if (files.length === 0)
    throw problem('no-plan', 'No plan was named', { hint: 'Name one or more, as in `cortex validate plans/*.yaml`.' });
  const format = chooseFormat(args.text('format'), ['text', 'json', 'github']);
  const judged = await Promise.all(files.map(async (file) => ({ file, ...(await loadPlan(file)) })));
  const problems = judged.flatMap(({ outcome }) => ('problems' in outcome ? outcome.problems : outcome.warnings));
  const sources = Object.fromEntries(judged.map(({ file, text }) => [file, text]));
  io.out(renderProblems(problems, format, sources));
  const refused = judged.filter(({ outcome }) => 'problems' in outcome);
  if (format === 'text') {
    for (const { file, outcome } of judged)
      if (!('problems' in outcome)) io.out(`${file}: valid, digest ${outcome.digest}\n`);
  }
  return refused.length > 0 ? cliExit.problem : cliExit.success;
};
