import type { FixableWorkflowRule } from '../../../protocol/capabilities.ts';
import type { Change } from '../../../protocol/change.ts';
import type { Finding } from '../../../protocol/finding.ts';
import { compareText } from '../../../shared/canonical.ts';
import type { FixedFile } from './fixed-file.ts';

interface RuleText {
  readonly adds: string;
  readonly risk: string;
}

const ruleTexts: { readonly [rule in FixableWorkflowRule]: RuleText } = {
  'no-timeout': {
    adds: 'time limits',
    risk: 'A job that needs longer than its new limit is cancelled: compare the limit with the longest good run.',
  },
  'missing-permissions': {
    adds: 'least permissions',
    risk: 'A script that writes with the job’s token, without showing it in the workflow, loses that right: give its job the scope it needs.',
  },
  'no-concurrency': {
    adds: 'a concurrency group',
    risk: 'A new push to a pull request cancels the run of the push before it; runs of other events are left alone.',
  },
};

/** Title, branch and body of the pull request: problem, change, evidence, tests, risk, undo, engine. */
export function pullRequestText(file: FixedFile, proof: Change['proof']): Change['pullRequest'] {
  const rules = [...new Set(file.fix.applied.map((each) => each.rule))].toSorted(compareText);
  const name = file.path.split('/').at(-1) ?? file.path;
  const sections = [
    ['Problem', problem(file, proof)],
    ['What changes', additions(file)],
    ['Evidence', evidence(proof)],
    ['How it was tested', tested],
    ['Risk', rules.map((rule) => `- ${ruleTexts[rule].risk}`).join('\n')],
    ['Left to a person', leftToAPerson(file)],
    ['Undo', 'Revert the commit: it adds lines to this one file and touches nothing else.'],
    ['Engine', 'deterministic: the rule-made capability `fix-workflows`, without a model, at no cost.'],
  ];
  return {
    branchSlug: `workflows-${slug(name)}`,
    title: `ci: add ${listed(rules.map((rule) => ruleTexts[rule].adds))} to ${name.slice(0, 60)}`,
    body: sections.map(([heading, text]) => `## ${heading}\n\n${text}\n`).join('\n'),
  };
}

const tested = [
  '- The new file was read again: it says what the old one said, with the added keys and nothing else.',
  '- The same tool looked at the changed tree: the findings above are gone, and none came.',
  '- The workflow itself was not run: the checks of this pull request are its first run, where its triggers include them.',
].join('\n');

function problem(file: FixedFile, proof: Change['proof']): string {
  const gone = new Set(proof.gone);
  const rows = file.findings.before.filter((finding) => gone.has(finding.fingerprint)).map(findingRow);
  return [
    `${code(file.path)} has ${rows.length} finding${rows.length === 1 ? '' : 's'} that a rule can fix.`,
    '',
    '| rule | line | finding |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}

function findingRow(finding: Finding): string {
  return `| ${code(finding.ruleId)} | ${finding.location?.line ?? ''} | ${finding.message.replaceAll('|', '\\|')} |`;
}

function additions(file: FixedFile): string {
  const blocks = [...new Set(file.fix.applied.map((each) => each.lines.join('\n')))];
  return ['Lines are added; no line that stands there is changed.', '', '```yaml', ...blocks, '```'].join('\n');
}

function evidence(proof: Change['proof']): string {
  return [
    `| ${proof.tool} on this file | findings | artefact (SHA-256) |`,
    '|---|---|---|',
    `| before | ${proof.before.findings} | ${code(proof.before.evidence)} |`,
    `| after | ${proof.after.findings} | ${code(proof.after.evidence)} |`,
  ].join('\n');
}

function leftToAPerson(file: FixedFile): string {
  if (file.fix.refused.length === 0) return 'Nothing that these rules look for.';
  return file.fix.refused
    .map((each) => `- ${code(each.subject)} (${code(each.rule)}): ${code(each.reason)}`)
    .join('\n');
}

/** A code span: what stands in it, text of the repository too, is shown and not obeyed. */
function code(text: string): string {
  return `\`${text.replaceAll('`', "'").replace(/\s+/g, ' ')}\``;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

function slug(name: string): string {
  const plain = name
    .replace(/\.ya?ml$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return plain.replace(/^-|-$/g, '') || 'file';
}
