import type { Change } from '../protocol/change.ts';
import { nounFor } from '../shared/noun.ts';
import { changeFile } from './build-report.ts';
import { fenced } from './markdown/blocks.ts';
import { code, oneLine, plain, sentence } from './markdown/escape.ts';
import { formatNumber, shortHash } from './markdown/format.ts';
import { tamed } from './markdown/tame.ts';
import { verdictWords } from './markdown/words.ts';

export interface PullRequestContext {
  readonly executionId: string;
  readonly verdict: { readonly verdict: 'proven' | 'rejected' | 'unjudged'; readonly reason: string };
  /** The name of an artefact's file below `archives/{id}/evidence/`. */
  readonly evidenceFile: (sha256: string) => string;
}

/** Files that the text lists; the patch has them all. */
const maxFiles = 50;

/**
 * The Markdown text of the pull request that would bring a change: its title, what its worker says of it, the findings
 * before and after with their artefacts, the verdict of the review, and how to apply and undo it.
 */
export function renderPullRequest(change: Change, context: PullRequestContext): string {
  const parts = [
    `# ${plain(change.pullRequest.title, 120)}`,
    tamed(change.pullRequest.body),
    `## Files\n\n${filesTable(change)}`,
    `## Proof\n\n${proofTable(change, context)}`,
    `## Review\n\n${verdictWords[context.verdict.verdict]}: ${sentence(context.verdict.reason, 1000)}`,
    `## Apply and undo\n\n${commands(change, context)}`,
    origin(change, context),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function filesTable(change: Change): string {
  const rows = change.files.slice(0, maxFiles).map((file) => {
    const kind = file.before === null ? 'added' : file.after === null ? 'removed' : 'edited';
    return `| ${code(file.path)} | ${kind} | +${formatNumber(file.addedLines)} −${formatNumber(file.removedLines)} |`;
  });
  const left = change.files.length - rows.length;
  const rest = left > 0 ? [`\nand ${formatNumber(left)} more, in the patch`] : [];
  return ['| File | What | Lines |', '| --- | --- | ---: |', ...rows, ...rest].join('\n');
}

function proofTable(change: Change, context: PullRequestContext): string {
  const { tool, before, after, gone } = change.proof;
  const row = (when: string, side: typeof before): string => {
    const file = `coordination/archives/${context.executionId}/evidence/${context.evidenceFile(side.evidence)}`;
    return `| ${when} | ${formatNumber(side.findings)} | ${code(side.evidence)} | ${code(file, 300)} |`;
  };
  return [
    `${code(tool, 80)} looked at the tree before and after: ${formatNumber(gone.length)} ${nounFor(gone.length, 'finding')} gone, none introduced.`,
    '',
    '| Tree | Findings | SHA-256 of the output | File |',
    '| --- | ---: | --- | --- |',
    row('before', before),
    row('after', after),
  ].join('\n');
}

/** An execution id is ours, and a patch is named by its slug and fingerprint: nothing here means anything to a shell. */
function commands(change: Change, context: PullRequestContext): string {
  const patch = `coordination/archives/${oneLine(context.executionId, 80)}/changes/${changeFile(change, 'patch')}`;
  const apply = `git apply ${patch}`;
  return [
    `From the root of the repository at commit ${code(shortHash(change.baseCommit))}:`,
    fenced('sh', apply),
    'To take it back before it is committed (afterwards, revert the commit):',
    fenced('sh', apply.replace('git apply', 'git apply --reverse')),
  ].join('\n\n');
}

function origin(change: Change, context: PullRequestContext): string {
  return `Proposed by Cortex in ${code(context.executionId, 80)}, engine ${code(change.engine, 80)}, capability ${code(change.capability, 80)}, change ${code(change.fingerprint)}.`;
}
