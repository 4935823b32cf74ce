import { renderPreview } from '../../plan/preview.ts';
import { cliExit } from '../../protocol/words.ts';
import { problem } from '../../shared/errors.ts';
import { loadPlan } from '../run/load-plan.ts';
import { previewOf } from '../run/preview-of.ts';
import { planAt } from '../run/plan-at.ts';
import { chooseFormat } from './format.ts';
import type { RunCommandLine } from './commands.ts';
import { requireValidPlan } from '../run/require-plan.ts';

/** `cortex preview`: what a plan would run, and what that changes against a revision. Runs nothing. */
export const previewCommand: RunCommandLine = async (args, { io, environment }) => {
  const [file] = args.positionals;
  if (file === undefined) {
    throw problem('no-plan', 'No plan was named', {
      hint: 'Name one, as in `cortex preview plans/full-orchestration.yaml`.',
    });
  }
  const format = chooseFormat(args.text('format'), ['text', 'md', 'json']);
  const { plan, digest } = requireValidPlan(await loadPlan(file), file, io);
  const base = args.text('base');
  const before = base === undefined ? undefined : await planAt(file, base, environment.path);
  io.out(renderPreview(previewOf({ plan, digest, before }), format));
  return cliExit.success;
};
