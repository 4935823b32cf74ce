import { renderProblems } from '../../plan/render-problems.ts';
import type { ParsedPlan } from '../../plan/parse.ts';
import { problem } from '../../shared/errors.ts';
import type { LoadedPlan } from './load-plan.ts';
import type { Io } from '../commands/commands.ts';

/** The plan, where it may run; else prints every problem and throws `plan-invalid`. */
export function requireValidPlan(loaded: LoadedPlan, file: string, io: Io): ParsedPlan {
  const { outcome, text } = loaded;
  if (!('problems' in outcome)) return outcome;
  io.err(renderProblems(outcome.problems, 'text', { [outcome.problems[0]?.file ?? file]: text }));
  const errors = outcome.problems.filter((each) => each.severity === 'error').length;
  throw problem('plan-invalid', `${file} may not run: ${errors === 1 ? '1 error' : `${errors} errors`}`, {
    hint: 'Correct what is listed above; `cortex validate` shows it again.',
  });
}
