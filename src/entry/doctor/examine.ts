import { unasked, type CheckLine } from '../../cluster/kubernetes/doctor/check.ts';
import { cliExit } from '../../protocol/words.ts';
import type { CommandLine } from '../arguments.ts';
import { readLauncher } from '../cluster/launcher-kind.ts';
import type { Environment } from '../environment.ts';
import { clusterSection } from './cluster.ts';
import { bundleCheck, nodeCheck, repositoryCheck } from './machine.ts';
import { budgetCheck, modelCheck, readPlan, type AskedPlan } from './plan.ts';
import { githubSection } from './github.ts';
import type { Section, Visit } from './section.ts';
import { storeSection } from './store.ts';

/** Everything that a run would need, checked as far as it can be without running anything. Throws `bad-launcher`. */
export async function examine(args: CommandLine, environment: Environment): Promise<readonly Section[]> {
  const cluster = readWish(args);
  const asked = await readPlan(args.text('plan'));
  const { line: repository, name } = await repositoryCheck(args, environment);
  const visit: Visit = { args, environment, plan: asked.plan, cluster, repository: name ?? 'unknown' };
  const sections = await Promise.all([clusterSection(visit), storeSection(visit), githubSection(visit)]);
  return [
    { title: 'This machine', lines: [nodeCheck(process.versions.node), bundleCheck(), repository] },
    { title: 'Plan', lines: planLines(asked, environment) },
    ...sections,
    { title: 'Other doors', lines: absentDoors },
  ];
}

/** 2 where the user can fix something, 1 where only the world outside did not answer, 0 where nothing failed. */
export function exitCodeOf(sections: readonly Section[]): number {
  const failed = sections.flatMap(({ lines }) => lines).filter(({ ok }) => ok === false);
  if (failed.some(({ isOutside }) => !isOutside)) return cliExit.problem;
  return failed.length === 0 ? cliExit.success : cliExit.outside;
}

function planLines(asked: AskedPlan, environment: Environment): readonly CheckLine[] {
  return [asked.line, budgetCheck(asked), modelCheck(asked, environment)];
}

const absentDoors: readonly CheckLine[] = [
  unasked('catalog', 'there is no service: the baseline of assets comes from the archives of earlier executions'),
];

const wishes = { kubernetes: 'yes', process: 'no' } as const;

function readWish(args: CommandLine): Visit['cluster'] {
  const launcher = readLauncher(args);
  return launcher === undefined ? 'if-any' : wishes[launcher];
}
