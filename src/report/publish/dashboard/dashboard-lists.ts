import { plain } from '../../markdown/escape.ts';
import { formatUtc } from '../../markdown/format.ts';
import { box } from '../world/boxes.ts';
import type { DashboardRun, IgnoredPull } from '../world/dashboard-state.ts';
import type { Decision } from '../decide/decision.ts';
import { fencedText, named } from '../text/foreign.ts';
import { lastWord, type LessonFromPerson } from '../lessons.ts';
import { runLink } from '../text/text.ts';

type Of<A extends Decision['action']> = Extract<Decision, { readonly action: A }>;

/** What an item needs to know of ticks that wait. */
export type StaysTicked = (kind: string, id: string) => boolean;

export function openItem(decision: Decision, number: number): string {
  const why = decision.action === 'leave' ? `: ${plain(decision.reason, 240)}` : '';
  return `- #${number} ${plain(decision.title, 120)}${why}`;
}

export function queueItem({ id, title, severity, reason, since, isAskedFor }: Of<'queue'>, stays: StaysTicked): string {
  const text = `open now: **${severity}** ${plain(title, 120)} (${plain(reason, 200)}, waits since ${plain(since.slice(0, 10))})`;
  return box(`open ${id}`, text, isAskedFor || stays('open', id));
}

export function holdItem({ title, severity, reason, paths, patch }: Of<'hold'>, patchRoom: number): string {
  const where = paths
    .slice(0, 3)
    .map((path) => named(path))
    .join(', ');
  const line = `- **${severity}** ${plain(title, 120)} (${where}): ${plain(reason, 400)}`;
  if (patch === null || patchRoom === 0) return line;
  const cut = patch.length > patchRoom ? ' Its first lines; the whole is on the results branch.' : '';
  return `${line}${cut}\n\n${fencedText('diff', patch, patchRoom)}\n`;
}

export function handedItem({ id, title, seen, reason }: Of<'hand-over'>, stays: StaysTicked): string {
  const text = `take over again, with a commit on top: #${seen.pull.number} ${plain(title, 120)} (${plain(reason, 200)})`;
  return box(`take-over ${id}`, text, stays('take-over', id));
}

const reasonWords = {
  wrong: 'it is wrong',
  'not-wanted': 'not wanted',
  duplicate: 'a duplicate',
  later: 'later',
} as const;

export function ignoredItem(
  { id, pullRequest, branch, members }: IgnoredPull,
  lessons: readonly LessonFromPerson[],
  stays: StaysTicked,
): string {
  const word = members.map((member) => lastWord(lessons, member.change)).find((each) => each !== undefined);
  const said = word === undefined || word.reason === 'reopened' ? '' : `, ${reasonWords[word.reason]}`;
  const boxes = Object.entries(reasonWords).map(
    ([reason, words]) => `  ${box(`reason ${id} ${reason}`, words, stays(`reason ${reason}`, id))}`,
  );
  return [box(`reopen ${id}`, `reopen: #${pullRequest} ${named(branch)}${said}`, stays('reopen', id)), ...boxes].join(
    '\n',
  );
}

export function runRow(run: DashboardRun): string {
  const name = runLink(named(run.execution, 60), run.url);
  return `| ${name} | ${named(run.plan, 60)} | ${formatUtc(run.at)} | ${run.opened} | ${run.updated} | ${run.closed} | ${run.held} | ${run.queued} |`;
}

export const runHead = [
  '| Execution | Plan | Published | Opened | Updated | Closed | Held | Queued |',
  '| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |',
].join('\n');
