import { z } from 'zod';
import { isOwnOrBot, type HostIdentity, type HostIssue, type HostView } from '../../../protocol/code-host.ts';
import { sha256Schema } from '../../../protocol/finding.ts';
import { compareText, type Json } from '../../../shared/canonical.ts';
import { readMarkers, writeMarker } from '../../../shared/marker.ts';
import { hasBox, parseTick, readTicks, type Tick } from './boxes.ts';
import { lessonSchema } from '../lessons.ts';
import { fitWaiting, planItemsSchema, tickedBoxes } from './waiting.ts';

/** The label that the dashboard issue is found by. */
export const dashboardLabel = 'cortex-dashboard';
const kind = 'dashboard';
/** What stands in the text of every dashboard of ours: it is known by it where somebody has taken its label off. */
export const dashboardMark = `<!-- cortex:${kind} `;

/** Characters of the hidden state but for what waits; beyond it, the oldest entries go. */
const maxState = 20_000;
const maxRuns = 10;

const runSchema = z.strictObject({
  execution: z.string(),
  plan: z.string(),
  /** The branch that its changes go into; null = the default branch. */
  base: z.string().nullable().default(null),
  /** When the execution began; null where an older version wrote it. */
  startedAt: z.string().nullable().default(null),
  at: z.string(),
  url: z.string().nullable(),
  opened: z.int().min(0),
  updated: z.int().min(0),
  closed: z.int().min(0),
  held: z.int().min(0),
  queued: z.int().min(0),
});
export type DashboardRun = z.infer<typeof runSchema>;

const ignoredSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  /** The plan that proposed it; null where that is not known. */
  plan: z.string().nullable().default(null),
  /** The branch that it was to go into, where that is not the default one. */
  base: z.string().optional(),
  branch: z.string(),
  pullRequest: z.int().min(1),
  at: z.string(),
  members: z.array(
    z.strictObject({
      change: sha256Schema,
      task: z.string(),
      findings: z.array(sha256Schema),
      rules: z.array(z.string()),
    }),
  ),
});
/** A pull request that a person closed without merging it. */
export type IgnoredPull = z.infer<typeof ignoredSchema>;

/** What the dashboard remembers that nothing else on the host tells. */
export const dashboardStateSchema = z.strictObject({
  /** Newest first. */
  runs: z.array(runSchema),
  /** What waits of each plan, that of the newest run first. */
  plans: z.array(planItemsSchema),
  ignored: z.array(ignoredSchema),
  /** Pull requests whose people were told that Cortex keeps its hands off. */
  told: z.array(z.int()),
  /** Pull requests that were given their labels and reviewers once: what people take off stays off. */
  dressed: z.array(z.int()),
  /** Words of people that the results branch does not have yet. */
  lessons: z.array(lessonSchema),
});
export type DashboardState = z.infer<typeof dashboardStateSchema>;

export const emptyState: DashboardState = { runs: [], plans: [], ignored: [], told: [], dressed: [], lessons: [] };

export interface DashboardSeen {
  /** Null where there is none. */
  readonly issue: HostIssue | null;
  /** `damaged` where its memory can't be read: then it is built anew from what the host shows. */
  readonly memory: 'kept' | 'damaged' | 'none';
  readonly state: DashboardState;
  readonly ticks: readonly Tick[];
  /** Open dashboards of ours beside the oldest one. */
  readonly duplicates: readonly HostIssue[];
}

/** The dashboard among the issues that carry its label: the oldest one that we wrote. */
export function seenDashboard(view: Pick<HostView, 'issues'>, identity: HostIdentity): DashboardSeen {
  const ours = view.issues
    .filter((issue) => readMarkers(issue.body, kind).length > 0 && isOwnOrBot(issue.author, identity))
    .toSorted((a, b) => a.number - b.number);
  const [issue] = ours;
  if (issue === undefined) return { issue: null, memory: 'none', state: emptyState, ticks: [], duplicates: [] };
  const state = readState(issue.body);
  return {
    issue,
    memory: state === undefined ? 'damaged' : 'kept',
    state: state ?? emptyState,
    ticks: ticksOf(issue.body, state ?? emptyState),
    duplicates: ours.slice(1).filter((each) => each.state === 'open'),
  };
}

function readState(body: string): DashboardState | undefined {
  const markers = readMarkers(body, kind);
  const [first] = markers;
  if (first === undefined || first === 'damaged' || markers.length > 1) return undefined;
  const parsed = dashboardStateSchema.safeParse(upgraded(first.data));
  return parsed.success ? parsed.data : undefined;
}

const oldSchema = z.looseObject({
  since: z.record(z.string(), z.string()),
  runs: z.array(z.looseObject({ plan: z.string(), execution: z.string(), at: z.string() })),
});

/** A memory from before plans had their own: what was in the queue then was of the run that wrote it. */
function upgraded(data: Json): unknown {
  const old = oldSchema.safeParse(data);
  if (!old.success) return data;
  const { since, ...rest } = old.data;
  const [last] = old.data.runs.toSorted((a, b) => compareText(b.at, a.at));
  if (last === undefined) return { ...rest, plans: [] };
  const { plan: name, execution, at } = last;
  return { ...rest, plans: [{ name, base: null, execution, at, since, waiting: [], asked: [], left: 0 }] };
}

/** What is ticked in the text; of a box that had no room there, what the memory says. */
function ticksOf(body: string, { plans }: DashboardState): readonly Tick[] {
  const unseen = plans.flatMap(tickedBoxes).filter((name) => !hasBox(body, name));
  return [...readTicks(body), ...[...new Set(unseen)].flatMap((name) => parseTick(name) ?? [])];
}

/** The state as hidden text, with its oldest entries left out until it fits. */
export function writeState(state: DashboardState): string {
  const { plans, length } = fitWaiting(state.plans);
  for (let cut: DashboardState = { ...state, plans: [...plans], runs: newestRuns(state.runs) }; ;) {
    const text = writeMarker(kind, cut as unknown as Json);
    const next = text.length <= maxState + length ? undefined : shorter(cut);
    if (next === undefined) return text;
    cut = next;
  }
}

/** Of every plan at least the newest one into each branch: it tells what comes late. */
function newestRuns(runs: readonly DashboardRun[]): DashboardRun[] {
  const isSame = (a: DashboardRun, b: DashboardRun): boolean => a.plan === b.plan && a.base === b.base;
  return runs.filter((run, index) => index < maxRuns || runs.findIndex((each) => isSame(each, run)) === index);
}

function shorter(state: DashboardState): DashboardState | undefined {
  const half = <T>(list: readonly T[]): T[] => list.slice(Math.ceil(list.length / 2));
  const { ignored, plans, lessons, dressed, told, runs } = state;
  if (ignored.length > 0) return { ...state, ignored: half(ignored) };
  const most = plans.toSorted((a, b) => sizeOf(b.since) - sizeOf(a.since))[0];
  if (most !== undefined && sizeOf(most.since) > 0) {
    const since = Object.fromEntries(half(Object.entries(most.since)));
    return { ...state, plans: plans.map((each) => (each === most ? { ...each, since } : each)) };
  }
  if (lessons.length > 0) return { ...state, lessons: half(lessons) };
  if (dressed.length + told.length > 0) return { ...state, dressed: half(dressed), told: half(told) };
  return runs.length > maxRuns ? { ...state, runs: runs.slice(0, maxRuns) } : undefined;
}

function sizeOf(record: Readonly<Record<string, string>>): number {
  return Object.keys(record).length;
}
