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
  throw problem(
    'plan-invalid',
    `${file} may not run: ${outcome.problems.filter((each) => each.severity === 'error').length} errors`,
    {
      hint: 'Correct what is listed above; `cortex validate` shows it again.',
    },
  );
}
