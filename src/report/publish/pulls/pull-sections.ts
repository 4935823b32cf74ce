import type { Finding } from '../../../protocol/finding.ts';
import { changeFile } from '../../build-report.ts';
import { plain, sentence } from '../../markdown/escape.ts';
import { formatCount, formatNumber, shortHash } from '../../markdown/format.ts';
import type { Candidate } from '../fix/candidates.ts';
import type { Fix } from '../fix/fix.ts';
import { named, quoted } from '../text/foreign.ts';
import { resultsLink, runLink, type TextContext } from '../text/text.ts';

/** How much a text shows; larger texts than fit are made again with less. */
export interface Detail {
  readonly rows: number;
  /** Characters of what a worker says of its change; 0 = nothing. */
  readonly words: number;
}

/** What was found, the most severe first. */
export function findingsSection(fix: Fix, { rows }: Detail): string {
  const findings = fix.members.flatMap(({ candidate }) => candidate.findings);
  const gone = fix.members.reduce((sum, { candidate }) => sum + candidate.change.proof.gone.length, 0);
  const lines = findings.slice(0, rows).map(findingRow);
  const left = gone - lines.length;
  const table =
    lines.length === 0
      ? []
      : [['| Severity | Rule | Where | Finding |', '| --- | --- | --- | --- |', ...lines].join('\n')];
  const rest = left > 0 && lines.length > 0 ? [`and ${formatNumber(left)} more, in the results`] : [];
  const what =
    findings.length === 0
      ? `${formatCount(gone, 'finding')} of its own tool: no task of the plan reports what it finds, so that no severity is known.`
      : `${formatCount(gone, 'finding')}, of severity ${fix.severity} at most.`;
  return [`## Found\n\n${what}`, ...table, ...rest].join('\n\n');
}

function findingRow({ severity, ruleId, subject, location, message }: Finding): string {
  const where = location ? `${location.path}:${location.line}` : subject;
  return `| ${severity} | ${named(ruleId, 80)} | ${named(where, 160)} | ${plain(message, 240)} |`;
}

export function filesSection(fix: Fix, { rows }: Detail): string {
  const joined = new Set(fix.members.flatMap((member) => member.merged));
  const lines = fix.files.slice(0, rows).map(({ path, before, after }) => {
    const kind = before === null ? 'added' : after === null ? 'removed' : 'edited';
    return `- ${named(path)} ${kind}${joined.has(path) ? ', joined with what the base has become since' : ''}`;
  });
  const left = fix.files.length - lines.length;
  return ['## Changed', [...lines, ...(left > 0 ? [`- and ${formatNumber(left)} more`] : [])].join('\n')].join('\n\n');
}

/** What each worker says of its own change: somebody's words, folded away. */
export function wordsSection(fix: Fix, { words }: Detail): string {
  if (words === 0) return '';
  const each = Math.floor(words / fix.members.length);
  const parts = fix.members.map(({ candidate }) => {
    const { title, pullRequest } = candidate.change;
    const head = fix.members.length > 1 ? `**${plain(title, 120)}**\n\n` : '';
    return `${head}${quoted(pullRequest.body, each)}`;
  });
  return `<details><summary>In the words of its worker</summary>\n\n${parts.join('\n\n')}\n\n</details>`;
}

/** The same tool on the tree before and after, with its whole output on the results branch. */
export function evidenceSection(fix: Fix, { rows }: Detail, context: TextContext): string {
  const lines = fix.members.slice(0, rows).map(({ candidate: { change } }) => {
    const { tool, before, after } = change.proof;
    return `| ${plain(change.title, 100)} | ${named(tool, 80)} | ${evidence(before, context)} | ${evidence(after, context)} |`;
  });
  const commits = [...new Set(fix.members.map(({ candidate }) => shortHash(candidate.change.baseCommit)))];
  return [
    '## Evidence',
    ['| Change | Looked at by | Findings before | Findings after |', '| --- | --- | ---: | ---: |', ...lines].join(
      '\n',
    ),
    `Made and proven on commit ${commits.map((commit) => named(commit)).join(', ')}; none is new after it.`,
  ].join('\n\n');
}

function evidence(side: { readonly findings: number; readonly evidence: string }, context: TextContext): string {
  const kept = context.report.evidence.find((each) => each.sha256 === side.evidence);
  const count = formatNumber(side.findings);
  const path = `archives/${context.report.execution_id}/evidence/${kept?.file ?? ''}`;
  return `${kept ? resultsLink(count, path, context) : count} (${named(shortHash(side.evidence))})`;
}

/** What the reviews looked at. */
export function testedSection(fix: Fix, { rows }: Detail): string {
  const gates = fix.members.flatMap(({ candidate }) => candidate.gates);
  const shown = [...new Map(gates.map((gate) => [`${gate.gate}\n${gate.detail}`, gate])).values()].slice(0, rows);
  const lines = shown.map(
    ({ gate, passed, detail }) => `- ${passed ? '✅' : '❌'} ${named(gate, 60)}: ${plain(detail, 200)}`,
  );
  const reasons = [...new Set(fix.members.map(({ candidate }) => sentence(candidate.reason, 300)))].slice(0, rows);
  return ['## Tested', reasons.map((reason) => `- ${reason}`).join('\n'), lines.join('\n')]
    .filter((part) => part !== '')
    .join('\n\n');
}

export function riskSection(fix: Fix): string {
  const what = formatCount(fix.files.length, 'file');
  return `## Risk and undo\n\nIt touches ${what} and nothing else. Its worker names what could go wrong, above. To undo it after the merge, revert its commit.`;
}

export function costSection(fix: Fix, { report, runUrl, ...context }: TextContext): string {
  const candidates = fix.members.map(({ candidate }) => candidate);
  const tokens = [...new Map(candidates.map((each) => [each.task, each.tokens])).values()].reduce(
    (sum, each) => sum + each,
    0,
  );
  const engines = [...new Set(candidates.map(({ change }) => change.engine))];
  const results = resultsLink('report', `execution-plans/${report.execution_id}-FINAL-REPORT.md`, {
    report,
    runUrl,
    ...context,
  });
  return [
    '## Cost and origin',
    [
      `- Cost: ${formatCount(tokens, 'token')}`,
      `- Engine: ${engines.map((engine) => named(engine, 80)).join(', ')}`,
      `- Made by: ${fix.master}, ${tasksOf(candidates)}`,
      `- Plan: ${named(report.plan.name, 80)}, digest ${named(shortHash(report.plan.digest))}`,
      `- Execution: ${named(report.execution_id, 80)} (${runLink('run', runUrl)}, ${results})`,
      `- Patches: ${patches(candidates, { report, runUrl, ...context })}`,
    ].join('\n'),
  ].join('\n\n');
}

const maxNamed = 5;

function tasksOf(candidates: readonly Candidate[]): string {
  const tasks = [...new Set(candidates.map((each) => `task ${named(each.task, 80)}`))];
  return tasks.length > maxNamed
    ? `${tasks.slice(0, maxNamed).join(', ')} and ${tasks.length - maxNamed} more`
    : tasks.join(', ');
}

function patches(candidates: readonly Candidate[], context: TextContext): string {
  const links = candidates.slice(0, maxNamed).map(({ change }) => {
    const path = `archives/${context.report.execution_id}/changes/${changeFile(change, 'patch')}`;
    return resultsLink(shortHash(change.fingerprint), path, context);
  });
  return candidates.length > maxNamed
    ? `${links.join(', ')} and ${candidates.length - maxNamed} more`
    : links.join(', ');
}

export const footer = [
  'Cortex keeps this up to date until somebody else pushes to the branch; then it leaves it alone. Closed without merging,',
  'it stays closed: the dashboard issue has boxes to say why, and to have it back.',
].join(' ');
