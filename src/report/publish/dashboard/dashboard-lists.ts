import { plain } from '../../markdown/escape.ts';
import { formatUtc } from '../../markdown/format.ts';
import { box } from '../world/boxes.ts';
import type { DashboardRun, IgnoredPull } from '../world/dashboard-state.ts';
import type { Decision } from '../decide/decision.ts';
import { fencedText, named } from '../text/foreign.ts';
import { lastWord, type LessonFromPerson } from '../lessons.ts';
import type { PlanItems, Waiting } from '../world/waiting.ts';
import { runLink } from '../text/text.ts';

/** What an item needs to know of ticks that wait. */
export type StaysTicked = (kind: string, id: string) => boolean;

export function openItem(decision: Decision, number: number): string {
  const why = decision.action === 'leave' ? `: ${plain(decision.reason, 240)}` : '';
  return `- #${number} ${plain(decision.title, 120)}${why}`;
}

/** An item with the plan that it waits for, and what else its line says. */
export interface WaitingLine {
  readonly item: Waiting;
  readonly plan: PlanItems;
  /** Whether the plan is named: where several have something that waits. */
  readonly isNamed: boolean;
}

function about({ item, plan, isNamed }: WaitingLine): string {
  const base = plan.base === null ? '' : ` on ${named(plan.base, 60)}`;
  return `${plain(item.title, 120)}${isNamed ? `, of plan ${named(plan.name, 60)}${base}` : ''}`;
}

export function queueItem(line: WaitingLine): string {
  const { item, plan } = line;
  const since = plain((plan.since[item.id] ?? plan.at).slice(0, 10));
  const text = `open now: **${item.severity}** ${about(line)} (${plain(item.reason, 200)}, waits since ${since})`;
  return box(`open ${item.id}`, text, item.isTicked);
}

export function holdItem(line: WaitingLine, patchRoom: number): string {
  const { item, plan } = line;
  const { patch, severity, reason } = item;
  const where = item.paths.map((path) => named(path)).join(', ');
  const text = `- **${severity}** ${about(line)} (${where}): ${plain(reason, 400)}`;
  if (patch === null) return text;
  const place = `on the results branch, in ${named(`coordination/archives/${plan.execution}/changes/`, 200)}`;
  if (patch.text === '' || patchRoom === 0) return `${text} Its patch is ${place}.`;
  const isCut = !patch.isWhole || patch.text.length > patchRoom;
  return `${text}${isCut ? ` Its first lines; the whole is ${place}.` : ''}\n\n${fencedText('diff', patch.text, patchRoom)}\n`;
}

export function handedItem(line: WaitingLine): string {
  const { id, pullRequest, reason, isTicked } = line.item;
  const text = `take over again, with a commit on top: #${pullRequest ?? 0} ${about(line)} (${plain(reason, 200)})`;
  return box(`take-over ${id}`, text, isTicked);
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
