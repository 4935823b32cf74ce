import type { ParsedPlan } from '../../plan/parse.ts';
import type { Plan } from '../../plan/plan.ts';
import { renderPreview } from '../../plan/preview.ts';
import { renderProblems } from '../../plan/render-problems.ts';
import { cliExit } from '../../protocol/words.ts';
import { readHead } from '../../repository/local-repository.ts';
import { systemClock } from '../../shared/clock.ts';
import { createMasker } from '../../shared/mask.ts';
import { readArguments } from '../arguments.ts';
import { examine, exitCodeOf } from '../doctor/examine.ts';
import { renderSections } from '../doctor/render.ts';
import { checkExecutionId, clockId } from '../run/execution-id.ts';
import { loadPlan } from '../run/load-plan.ts';
import { furtherTarget } from '../publish/target-host.ts';
import { previewOf } from '../run/preview-of.ts';
import { requireValidPlan } from '../run/require-plan.ts';
import { onlyMasters } from '../run/start.ts';
import { masterList } from '../values.ts';
import { admit, type AdmittedRun } from './admission.ts';
import { bringAnswers } from './answers.ts';
import { flagsOf, readPlan } from './inputs.ts';
import { legsOf } from './legs.ts';
import { withoutStore, type RunStep, type Step } from './step.ts';

/** Everything before a run: the plan is proven and shown, who starts it is checked, the doors are asked, legs are named. */
export const planStep: RunStep = async (step) => {
  const file = readPlan(step.read);
  const proven = await provePlan(step, file);
  const chosen = choose(step, proven.plan);
  await step.summarise(show(proven, chosen));
  const { repository: own } = await step.event();
  const repository = furtherTarget(step.read('target-repository'), proven.plan, own)?.repository ?? own;
  const admission = await admit(step, { plan: proven.plan, file, isElsewhere: repository !== own });
  const isShared = sharesStore(step, chosen, proven.plan);
  const exitCode = await preflight(step, { file, isShared, mode: admission.mode });
  if (exitCode !== cliExit.success) return exitCode;
  if (isShared && admission.mode !== 'preview') await bringAnswers(step, proven.plan);
  await handOn(step, { file, proven, chosen, admission, isShared, repository });
  return cliExit.success;
};

/** Throws `plan-invalid`, each problem marked in its file before. */
async function provePlan(step: Step, file: string): Promise<ParsedPlan> {
  const loaded = await loadPlan(file, { tokenBudget: step.read('token-budget') || undefined });
  if ('problems' in loaded.outcome)
    step.annotate(renderProblems(loaded.outcome.problems, 'github', { [file]: loaded.text }));
  return requireValidPlan(loaded, file, { ...step.io, err: () => undefined });
}

function choose({ read }: Step, plan: Plan): Plan {
  const wanted = masterList(read('masters'));
  return wanted.length === 0 ? plan : onlyMasters(plan, wanted);
}

function show({ digest }: ParsedPlan, plan: Plan): string {
  return renderPreview(previewOf({ plan, digest }), 'md');
}

/** Over a shared store an execution has all masters of its plan: some of them alone keep their state in a folder. */
function sharesStore({ environment }: Step, chosen: Plan, plan: Plan): boolean {
  return environment.store !== undefined && chosen.masters.length === plan.masters.length;
}

/** Asks the doors that the run will take. A preview opens none. */
async function preflight(
  step: Step,
  run: { readonly file: string; readonly isShared: boolean; readonly mode: AdmittedRun['mode'] },
): Promise<number> {
  if (run.mode === 'preview') return cliExit.success;
  const { read, io } = step;
  const environment = run.isShared ? step.environment : withoutStore(step.environment);
  const own = [`--plan=${run.file}`, `--launcher=${read('launcher') || 'process'}`];
  const sections = await examine(readArguments('doctor', [...flagsOf('doctor', read), ...own]), environment);
  const secrets = sections.flatMap((section) => section.secrets ?? []);
  io.out(createMasker([...environment.secrets, ...secrets])(renderSections(sections, { columns: 100, color: false })));
  return exitCodeOf(sections);
}

interface Start {
  readonly file: string;
  readonly proven: ParsedPlan;
  readonly chosen: Plan;
  readonly admission: AdmittedRun;
  readonly isShared: boolean;
  /** That it works on. */
  readonly repository: string;
}

async function handOn({ read, setOutput, environment }: Step, start: Start): Promise<void> {
  const { file, proven, chosen, admission, isShared, repository } = start;
  const commitOf = async (folder: string): Promise<string> => (await readHead(folder, environment.path)).head.commit;
  const wanted = read('resume') || read('execution-id');
  const outputs = {
    plan: file,
    digest: proven.digest,
    mode: admission.mode,
    commit: await commitOf('.'),
    'target-commit': await commitOf(read('target') || '.'),
    matrix: JSON.stringify({ include: legsOf(chosen, isShared) }),
    environment: admission.environment ?? '',
    repository,
    shared: String(isShared),
    'execution-id': wanted === '' ? clockId(systemClock.now()) : checkExecutionId(wanted),
  };
  for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
}
