import { sha256, sortedSet } from '../../../shared/canonical.ts';
import { formatCount } from '../../markdown/format.ts';
import { membersLine, titleOf } from '../decide/about.ts';
import type { Fix } from '../fix/fix.ts';
import { titleText } from '../text/foreign.ts';
import type { PublishLimits } from '../limits.ts';
import { commitMessage } from '../world/own-commit.ts';
import { writePullMarker, type Closing, type PullMarker } from '../world/pull-marker.ts';
import * as part from './pull-sections.ts';
import { cutToLines, type TextContext } from '../text/text.ts';

/** From all of it to what is surely short. */
const details: readonly part.Detail[] = [
  { rows: 100, words: 20_000 },
  { rows: 50, words: 5_000 },
  { rows: 20, words: 0 },
];

export interface PullText {
  /** Text and marker, as they stand between our two marks. */
  readonly block: string;
  /** Digest of the text without what differs from run to run. */
  readonly digest: string;
}

/** The body of a pull request within a number of characters; `after` is the one that came before it. */
export function renderPull(
  fix: Fix,
  asked: { readonly room: number; readonly after: number | null; readonly limits: PublishLimits },
  context: TextContext,
): PullText {
  const digest = textDigest(fix, asked.after, context);
  const marker = writePullMarker(markerOf(fix, digest, context));
  const note = `The rest did not fit: it is in ${archive(context)}.`;
  const room = Math.min(asked.room, asked.limits.used) - marker.length - 1;
  const texts = details.map((detail) => context.mask(visibleText(fix, { ...asked, detail }, context)));
  const fitting = texts.find((text) => text.length <= room) ?? cutToLines(texts.at(-1) ?? '', room, note);
  const isWhole = fitting === texts[0];
  return { block: `${isWhole || fitting.endsWith(note) ? fitting : fitted(fitting, note, room)}\n${marker}`, digest };
}

/** A shortened text says so where there is room for it. */
function fitted(text: string, note: string, room: number): string {
  return text.length + note.length + 2 <= room ? `${text}\n\n${note}` : text;
}

function archive({ report }: TextContext): string {
  return `\`coordination/archives/${report.execution_id}/changes/\` on the results branch`;
}

function visibleText(
  fix: Fix,
  { after, detail }: { readonly after: number | null; readonly detail: part.Detail },
  context: TextContext,
): string {
  const head = fix.group === null ? '' : plainLine(fix);
  const back = after === null ? '' : `Came back after #${after}.`;
  const parts = [
    head,
    back,
    part.findingsSection(fix, detail),
    part.filesSection(fix, detail),
    part.wordsSection(fix, detail),
    part.evidenceSection(fix, detail, context),
    part.testedSection(fix, detail),
    part.riskSection(fix),
    part.costSection(fix, context),
    '---',
    part.footer,
  ];
  return parts.filter((each) => each !== '').join('\n\n');
}

function plainLine(fix: Fix): string {
  return `${formatCount(fix.members.length, 'change')} of ${fix.master} in one pull request, as the plan groups them.`;
}

/**
 * What the text says but for the execution, its plan, its links and what it cost: the same digest needs no new text, though
 * two plans propose the same.
 */
export function textDigest(fix: Fix, after: number | null, context: TextContext): string {
  const { report } = context;
  const neutral = { ...report, execution_id: '', evidence: [], plan: { name: '', file: '', digest: '' } };
  const members = fix.members.map(({ candidate, ...rest }) => {
    const change = { ...candidate.change, baseCommit: '' };
    return { ...rest, candidate: { ...candidate, change, task: '', tokens: 0 } };
  });
  const text = visibleText(
    { ...fix, members },
    { after, detail: { rows: 100, words: 20_000 } },
    { ...context, runUrl: null, resultsUrl: '', resultsBranch: '', report: neutral },
  );
  return sha256(text).slice(0, 16);
}

function markerOf(fix: Fix, digest: string, { report }: TextContext): PullMarker {
  return {
    key: fix.key,
    plan: report.plan.name,
    execution: report.execution_id,
    startedAt: report.started_at,
    master: fix.master,
    ...(fix.base === null ? {} : { base: fix.base }),
    members: fix.members.map(({ candidate }) => ({
      change: candidate.change.fingerprint,
      task: candidate.task,
      findings: [...candidate.change.proof.gone],
      rules: sortedSet(candidate.findings.map((finding) => finding.ruleId)),
    })),
    paths: fix.files.map((file) => file.path),
    text: digest,
  };
}

const closingWords: Readonly<Record<Closing, string>> = {
  gone: 'Closed by Cortex: what it mends is no longer found.',
  empty: 'Closed by Cortex: the base has all of it already.',
  superseded: 'Closed by Cortex: another change mends the same findings now.',
};

/** Our text on a pull request that Cortex closes. */
export function renderClosed(marker: PullMarker, why: Closing): string {
  return `${closingWords[why]}\n\n${writePullMarker({ ...marker, closed: why })}`;
}

/** Credentials are taken out before a text is cut: a half of one would pass. */
function shownTitle(title: string, { mask }: TextContext): string {
  return titleText(mask(title)) || 'Fix';
}

export function renderTitle(fix: Fix, context: TextContext): string {
  return shownTitle(titleOf(fix), context);
}

/** The message of the commit, given the tree that it has in the end. */
export function renderCommit(fix: Fix, base: string, context: TextContext): (tree: string) => string {
  const { report } = context;
  const lines = [
    shownTitle(titleOf(fix), context),
    '',
    ...(fix.group === null ? [] : [shownTitle(membersLine(fix), context), '']),
    `Made by Cortex, ${fix.master}, in ${report.execution_id} of plan ${report.plan.name}.`,
  ];
  const words = { change: fix.key, plan: report.plan.name, base, content: fix.content };
  return (tree) => commitMessage(lines.join('\n'), words, tree);
}
