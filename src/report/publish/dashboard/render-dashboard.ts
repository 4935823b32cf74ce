import { plain } from '../../markdown/escape.ts';
import { formatNumber } from '../../markdown/format.ts';
import * as item from './dashboard-lists.ts';
import { writeState, type DashboardState } from '../world/dashboard-state.ts';
import { actsOf, type Decision } from '../decide/decision.ts';
import { named } from '../text/foreign.ts';
import type { PublishLimits } from '../limits.ts';
import type { LessonFromPerson } from '../lessons.ts';
import type { OpenQuestion } from './questions.ts';

export interface DashboardContent {
  /** Decisions as they came out, with the pull request that each has now. */
  readonly decisions: readonly Decision[];
  readonly state: DashboardState;
  readonly questions: readonly OpenQuestion[];
  readonly lessons: readonly LessonFromPerson[];
  readonly stays: item.StaysTicked;
  readonly notes: readonly string[];
  readonly mask: (text: string) => string;
}

interface Part {
  readonly title: string;
  readonly intro: string;
  readonly items: readonly string[];
  /** Smaller is more urgent: it is kept longer where not all fits. */
  readonly urgency: number;
  readonly separator?: string;
}

/**
 * The text of the dashboard within the limit: what is least urgent is shortened first, and each part says how much it
 * leaves out. Its memory stands hidden at the end.
 */
export function renderDashboard(content: DashboardContent, limits: PublishLimits): string {
  const memory = writeState(content.state);
  const room = limits.used - memory.length - 2;
  for (const patchRoom of [limits.patch, Math.floor(limits.patch / 8), 0]) {
    const text = content.mask(textOf(partsOf(content, patchRoom), undefined));
    if (text.length <= room) return `${text}\n\n${memory}`;
  }
  const parts = partsOf(content, 0);
  for (let cut = new Map(parts.map((part) => [part.title, part.items.length])); ;) {
    const text = content.mask(textOf(parts, cut));
    const longest = leastUrgent(parts, cut);
    if (text.length <= room || longest === undefined) return `${text}\n\n${memory}`;
    cut = new Map([...cut, [longest, Math.floor((cut.get(longest) ?? 0) / 2)]]);
  }
}

function leastUrgent(parts: readonly Part[], cut: ReadonlyMap<string, number>): string | undefined {
  const left = parts.filter((part) => (cut.get(part.title) ?? 0) > 0);
  return left.toSorted((a, b) => b.urgency - a.urgency)[0]?.title;
}

const head = [
  '# Cortex dashboard',
  'What Cortex has proposed for this repository, and what waits for a person. Tick a box, and the next run acts on it and clears it.',
].join('\n\n');

function textOf(parts: readonly Part[], cut: ReadonlyMap<string, number> | undefined): string {
  const shown = parts
    .filter((part) => part.items.length > 0)
    .map(({ title, intro, items, separator = '\n' }) => {
      const kept = items.slice(0, cut?.get(title) ?? items.length);
      const left = items.length - kept.length;
      const more = left > 0 ? `and ${formatNumber(left)} more` : '';
      return [`## ${title}`, intro, kept.join(separator), more].filter((line) => line !== '').join('\n\n');
    });
  const nothing = shown.length === 0 ? ['Nothing waits.'] : [];
  return [head, ...shown, ...nothing].join('\n\n');
}

function partsOf(content: DashboardContent, patchRoom: number): readonly Part[] {
  const { decisions, state, questions, lessons, stays, notes } = content;
  const isOpen = (each: Decision): boolean => ['open', 'reopen', 'update', 'keep', 'leave'].includes(each.action);
  const open = decisions.flatMap((each) =>
    isOpen(each) && each.pullRequest ? [item.openItem(each, each.pullRequest.number)] : [],
  );
  return [
    { title: 'Questions', intro: 'Asked in the comments below.', items: questions.map(questionItem), urgency: 0 },
    { title: 'Noticed', intro: '', items: notes.map((note) => `- ${plain(note, 400)}`), urgency: 1 },
    { title: 'Open', intro: '', items: open, urgency: 5 },
    {
      title: 'Queue',
      intro: 'Ready, and held back so that reviews keep up.',
      items: actsOf(decisions, 'queue').map((each) => item.queueItem(each, stays)),
      urgency: 4,
    },
    {
      title: 'Held',
      intro: '',
      items: actsOf(decisions, 'hold').map((each) => item.holdItem(each, patchRoom)),
      urgency: 2,
    },
    {
      title: 'Handed over',
      intro: 'Somebody else has pushed to these: Cortex leaves them alone.',
      items: actsOf(decisions, 'hand-over').map((each) => item.handedItem(each, stays)),
      urgency: 3,
    },
    {
      title: 'Ignored',
      intro: 'Closed by a person without merging. Why? What is ticked is learned.',
      items: state.ignored.map((each) => item.ignoredItem(each, lessons, stays)),
      urgency: 6,
    },
    {
      title: 'Last runs',
      intro: item.runHead,
      items: state.runs.map(item.runRow),
      urgency: 7,
    },
  ].map((part) => (part.title === 'Last runs' ? joinTable(part) : part));
}

/** A table's rows follow its head without a gap. */
function joinTable(part: Part): Part {
  const [first, ...rest] = part.items;
  return first === undefined ? part : { ...part, intro: '', items: [`${part.intro}\n${first}`, ...rest] };
}

function questionItem({ severity, master, question, issue }: OpenQuestion): string {
  return `- **${severity}** ${master} asks ${named(question, 80)}: ${plain(issue, 300)}`;
}
