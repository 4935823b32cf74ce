import { plain } from '../../markdown/escape.ts';
import { formatCount, formatNumber } from '../../markdown/format.ts';
import * as item from './dashboard-lists.ts';
import { writeState, type DashboardState } from '../world/dashboard-state.ts';
import { severityRank } from '../fix/candidates.ts';
import type { Decision } from '../decide/decision.ts';
import { named } from '../text/foreign.ts';
import type { PublishLimits } from '../limits.ts';
import type { LessonFromPerson } from '../lessons.ts';
import type { PlanItems, Waiting } from '../world/waiting.ts';
import type { OpenQuestion } from './questions.ts';

export interface DashboardContent {
  /** Decisions as they came out, with the pull request that each has now: those of open ones are shown. */
  readonly decisions: readonly Decision[];
  readonly state: DashboardState;
  readonly questions: readonly OpenQuestion[];
  readonly lessons: readonly LessonFromPerson[];
  /** Whether a box of what people closed stays ticked. */
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
  const waiting = waitingLines(state.plans);
  const handed = new Set(waiting['hand-over'].map((line) => line.item.pullRequest));
  const isOpen = (each: Decision): boolean => ['open', 'reopen', 'update', 'keep', 'leave'].includes(each.action);
  const open = decisions.flatMap((each) =>
    isOpen(each) && each.pullRequest && !handed.has(each.pullRequest.number)
      ? [item.openItem(each, each.pullRequest.number)]
      : [],
  );
  return [
    { title: 'Questions', intro: 'Asked in the comments below.', items: questions.map(questionItem), urgency: 0 },
    {
      title: 'Noticed',
      intro: '',
      items: [...notes, ...leftNotes(state.plans)].map((note) => `- ${plain(note, 400)}`),
      urgency: 1,
    },
    { title: 'Open', intro: '', items: open, urgency: 5 },
    {
      title: 'Queue',
      intro: 'Ready, and held back so that reviews keep up.',
      items: waiting.queue.map(item.queueItem),
      urgency: 4,
    },
    {
      title: 'Held',
      intro: '',
      items: waiting.hold.map((line) => item.holdItem(line, patchRoom)),
      urgency: 2,
    },
    {
      title: 'Handed over',
      intro: 'Somebody else has pushed to these: Cortex leaves them alone.',
      items: waiting['hand-over'].map(item.handedItem),
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

type Lines = Readonly<Record<Waiting['kind'], readonly item.WaitingLine[]>>;

/**
 * What waits of all plans, each box once, by the plan that ran last: first what is ticked, then what is most severe, of all
 * plans in turn.
 */
function waitingLines(plans: readonly PlanItems[]): Lines {
  const isNamed = plans.filter(({ waiting }) => waiting.length > 0).length > 1;
  const all = plans.flatMap((plan) => plan.waiting.map((each, at) => ({ item: each, plan, isNamed, at })));
  const first = new Map<string, Placed>();
  for (const line of all) {
    const name = `${line.item.kind} ${line.item.id}`;
    if (!first.has(name)) first.set(name, line);
  }
  const once = [...first.values()].toSorted(byUrgency);
  const of = (kind: Waiting['kind']): item.WaitingLine[] => once.filter((line) => line.item.kind === kind);
  return { queue: of('queue'), hold: of('hold'), 'hand-over': of('hand-over') };
}

type Placed = item.WaitingLine & { readonly at: number };

function byUrgency(one: Placed, other: Placed): number {
  const [a, b] = [one.item, other.item];
  const byTick = Number(b.isTicked) - Number(a.isTicked);
  return byTick || severityRank(a.severity) - severityRank(b.severity) || one.at - other.at;
}

function leftNotes(plans: readonly PlanItems[]): readonly string[] {
  return plans
    .filter(({ left }) => left > 0)
    .map(
      ({ name, left }) => `Of plan ${name} ${formatCount(left, 'more item')} had no room here: its next run names all.`,
    );
}

/** A table's rows follow its head without a gap. */
function joinTable(part: Part): Part {
  const [first, ...rest] = part.items;
  return first === undefined ? part : { ...part, intro: '', items: [`${part.intro}\n${first}`, ...rest] };
}

function questionItem({ severity, master, question, issue }: OpenQuestion): string {
  return `- **${severity}** ${master} asks ${named(question, 80)}: ${plain(issue, 300)}`;
}
