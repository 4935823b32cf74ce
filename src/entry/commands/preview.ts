import { dirname, relative, resolve } from 'node:path';
import { diffPlans } from '../../plan/diff.ts';
import { forecast } from '../../plan/forecast.ts';
import { matrixOf } from '../../plan/matrix.ts';
import { parsePlan } from '../../plan/parse.ts';
import type { Plan } from '../../plan/plan.ts';
import { renderPreview } from '../../plan/preview.ts';
import { cliExit } from '../../protocol/words.ts';
import type { Git } from '../../repository/git.ts';
import { readHead } from '../../repository/local-repository.ts';
import { problem } from '../../shared/errors.ts';
import { loadPlan } from '../run/load-plan.ts';
import { routePlan } from '../run/start.ts';
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
  const { plan, digest } = requireValidPlan(loadPlan(file), file, io);
  const base = args.text('base');
  const before = base === undefined ? undefined : await planAt(file, base, environment.path);
  const { routes } = routePlan(plan);
  const preview = {
    plan,
    digest,
    forecast: forecast(plan),
    matrix: matrixOf(plan),
    routed: new Map([...routes].map(([task, route]) => [task, route.master])),
    ...(before ? { diff: diffPlans(before, plan) } : {}),
  };
  io.out(renderPreview(preview, format));
  return cliExit.success;
};

/** The plan as it was at a revision; undefined where that revision had none. */
async function planAt(file: string, revision: string, path: string): Promise<Plan | undefined> {
  const { git, head } = await readHead(dirname(resolve(file)), path);
  const name = relative(head.root, resolve(file));
  const commit = await commitOf(git, revision);
  const listed = await git(['ls-tree', '--name-only', commit, '--', name]);
  if (listed.length === 0) return undefined;
  const outcome = parsePlan(await git(['show', `${commit}:${name}`]), `${name} at ${revision}`);
  if (!('problems' in outcome)) return outcome.plan;
  throw problem('base-plan-invalid', `${name} is not a valid plan at ${revision}`, {
    hint: 'Compare with a revision whose plan is valid, or leave --base away.',
  });
}

async function commitOf(git: Git, revision: string): Promise<string> {
  try {
    const found = await git(['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`]);
    return found.toString('utf8').trim();
  } catch (error) {
    throw problem('base-unknown', `There is no revision ${JSON.stringify(revision)} in this repository`, {
      hint: 'Name a branch, tag or commit with --base; a shallow clone may have to fetch it first.',
      cause: error,
    });
  }
}
