import { digestOfCheck } from '../../plan/check.ts';
import { renderCheck } from '../../plan/check-markdown.ts';
import { renderPreview } from '../../plan/preview.ts';
import { renderProblems } from '../../plan/render-problems.ts';
import { problem } from '../../shared/errors.ts';
import { checkPlans, type PlanCheck } from '../check/check-plans.ts';
import { readPastReports } from '../check/past-reports.ts';
import { chooseFormat } from './format.ts';
import type { RunCommandLine } from './commands.ts';

/** `cortex check`: what a pull request that edits plans gets to see: problems, effects, forecast. Runs nothing. */
export const checkCommand: RunCommandLine = async (args, { io, environment }) => {
  const files = args.positionals;
  if (files.length === 0)
    throw problem('no-plan', 'No plan was named', { hint: 'Name one or more, as in `cortex check plans/*.yaml`.' });
  const format = chooseFormat(args.text('format'), ['text', 'md', 'json']);
  const history = readPastReports(args.text('history') ?? 'coordination/execution-plans');
  const readHistory = (): typeof history => history;
  const check = await checkPlans({ files, base: args.text('base'), readHistory, path: environment.path });
  if (format === 'json') io.out(`${JSON.stringify(plainCheck(check), null, 2)}\n`);
  else if (format === 'md') io.out(renderCheck(check.plans).comment);
  else io.out(textOf(check));
  return check.exitCode;
};

function textOf({ plans, problems, sources }: PlanCheck): string {
  const said = plans.flatMap((plan) => {
    if (plan.state === 'removed') return [`${plan.file} is removed\n`];
    if (!('preview' in plan)) return [];
    return plan.state === 'unchanged'
      ? [`${plan.file} runs as before\n`]
      : [`${plan.file} (${plan.state})\n${renderPreview(plan.preview, 'text')}`];
  });
  const wrong = problems.length === 0 ? [] : [renderProblems(problems, 'text', sources)];
  return [...wrong, ...said, `digest of this check ${digestOfCheck(plans)}\n`].join('\n');
}

function plainCheck({ plans, problems, exitCode }: PlanCheck): unknown {
  const plain = plans.map((plan) =>
    'preview' in plan
      ? { ...plan, preview: { ...plan.preview, routed: Object.fromEntries(plan.preview.routed ?? []) } }
      : plan,
  );
  return { exitCode, digest: digestOfCheck(plans), problems, plans: plain };
}
