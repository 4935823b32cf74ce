import type { Report } from '../../protocol/report.ts';
import { nounFor } from '../../shared/noun.ts';
import { bullets, fenced, resultsLink, section } from './blocks.ts';
import { code, isShellSafe, plain, sentence } from './escape.ts';
import { byUrgency, placeOf } from './findings.ts';
import { formatCount, formatNumber, shortHash } from './format.ts';

/** Patches that one command block lists; the rest are in the table of changes. */
const maxPatches = 20;

/** What a person can do now, the most pressing first, with commands that can be pasted as they stand. */
export function nextStepsSection(report: Report): string | undefined {
  const steps = [criteriaSteps, openEscalations, failedTasks, topFinding, missingDoors, readMore].flatMap((derive) =>
    derive(report),
  );
  return section('What to do next', [applyPatches(report), bullets(steps, { report, items: 30 })]);
}

function applyPatches(report: Report): string | undefined {
  const folder = `coordination/archives/${report.execution_id}/changes`;
  const proven = report.changes.filter((change) => change.verdict === 'proven');
  const paths = proven.map((change) => `${folder}/${change.patch}`).filter(isShellSafe);
  const [first] = proven;
  if (!first || paths.length === 0) return undefined;
  const shown = paths.slice(0, maxPatches);
  const rest = proven.length - shown.length;
  const more = rest > 0 ? `\n\nand ${formatNumber(rest)} more, in ${resultsLink(report)}` : '';
  const intro = `Review and apply ${formatCount(proven.length, 'proven change')}, from the root of the repository at commit ${code(shortHash(first.base_commit))}:`;
  return `${intro}\n\n${fenced('sh', shown.map((path) => `git apply ${path}`).join('\n'))}${more}`;
}

function criteriaSteps(report: Report): readonly string[] {
  const wanting = report.criteria.filter(
    (criterion) => criterion.outcome === 'failed' || (criterion.outcome === 'unknown' && criterion.level === 'gate'),
  );
  return wanting.map(
    (criterion) =>
      `See why the ${criterion.level} ${code(criterion.id, 80)} is ${criterion.outcome}${command('explain', criterion.id)}.`,
  );
}

function openEscalations(report: Report): readonly string[] {
  const open = report.escalations.filter((escalation) => escalation.answer === null);
  return open.map(
    (escalation) =>
      `Answer the escalation ${code(escalation.escalation, 80)}: ${sentence(escalation.issue, 200)} Recommended: ${sentence(escalation.recommendation, 200)}`,
  );
}

function failedTasks(report: Report): readonly string[] {
  const failed = report.tasks.filter((task) => task.status === 'failed');
  const again = report.tasks.some((task) => task.status === 'failed' || task.status === 'blocked');
  const looks = failed.map(
    (task) => `See why task ${code(task.task_id, 80)} failed${command('explain', task.task_id)}.`,
  );
  return again ? [...looks, `Once that is settled, run the plan again${command('run', report.plan.file)}.`] : looks;
}

/** The worst finding that no proven change makes go away. */
function topFinding(report: Report): readonly string[] {
  const fixed = new Set(
    report.changes.filter((change) => change.verdict === 'proven').flatMap((change) => change.findings_gone),
  );
  const top = byUrgency(report.findings).find((finding) => !fixed.has(finding.fingerprint));
  if (!top) return [];
  const silence = `or silence it with a reason in ${code('.cortexignore')}`;
  return [
    `Fix the worst open finding that no change here fixes, ${silence}: **${top.severity}** ${placeOf(top)} ${sentence(top.message, 200)} More${command('explain', shortHash(top.fingerprint))}.`,
  ];
}

function missingDoors(report: Report): readonly string[] {
  const skipped = report.tasks.filter((task) => task.status === 'skipped' && task.missing !== null);
  return [...new Set(skipped.map((task) => task.missing ?? ''))].map((door) => {
    const count = skipped.filter((task) => task.missing === door).length;
    return `Run again where there is a ${plain(door, 40)}, to do ${formatCount(count, 'task')} that ${nounFor(count, 'was', 'were')} skipped without it${command('run', report.plan.file)}.`;
  });
}

function readMore(report: Report): readonly string[] {
  return [`Read this report again${command('report', report.execution_id)}.`];
}

/** `: cortex <verb> <argument>` as code, or nothing where the argument could mean something to a shell. */
function command(verb: 'explain' | 'report' | 'run', argument: string): string {
  return isShellSafe(argument) ? `: ${code(`cortex ${verb} ${argument}`, 320)}` : '';
}
