import { z } from 'zod';
import { isOwnOrBot, type HostIdentity, type HostIssue, type HostView } from '../../../protocol/code-host.ts';
import { sha256Schema } from '../../../protocol/finding.ts';
import type { Json } from '../../../shared/canonical.ts';
import { readMarkers, writeMarker } from '../../../shared/marker.ts';
import { readTicks, type Tick } from './boxes.ts';
import { lessonSchema } from '../lessons.ts';

/** The label that the dashboard issue is found by. */
export const dashboardLabel = 'cortex-dashboard';
const kind = 'dashboard';

/** Characters of the hidden state; beyond it, the oldest entries go. */
const maxState = 20_000;
const maxRuns = 10;

const runSchema = z.strictObject({
  execution: z.string(),
  plan: z.string(),
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
  /** Since when a fix waits in the queue, by its id. */
  since: z.record(z.string(), z.string()),
  ignored: z.array(ignoredSchema),
  /** Pull requests whose people were told that Cortex keeps its hands off. */
  told: z.array(z.int()),
  /** Pull requests that were given their labels and reviewers once: what people take off stays off. */
  dressed: z.array(z.int()),
  /** Words of people that the results branch does not have yet. */
  lessons: z.array(lessonSchema),
});
export type DashboardState = z.infer<typeof dashboardStateSchema>;

export const emptyState: DashboardState = { runs: [], since: {}, ignored: [], told: [], dressed: [], lessons: [] };

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
    ticks: readTicks(issue.body),
    duplicates: ours.slice(1).filter((each) => each.state === 'open'),
  };
}

function readState(body: string): DashboardState | undefined {
  const markers = readMarkers(body, kind);
  const [first] = markers;
  if (first === undefined || first === 'damaged' || markers.length > 1) return undefined;
  const parsed = dashboardStateSchema.safeParse(first.data);
  return parsed.success ? parsed.data : undefined;
}

/** The state as hidden text, with its oldest entries left out until it fits. */
export function writeState(state: DashboardState): string {
  for (let cut = { ...state, runs: state.runs.slice(0, maxRuns) }; ;) {
    const text = writeMarker(kind, cut as unknown as Json);
    const next = text.length <= maxState ? undefined : shorter(cut);
    if (next === undefined) return text;
    cut = next;
  }
}

function shorter(state: DashboardState): DashboardState | undefined {
  const half = <T>(list: readonly T[]): T[] => list.slice(Math.ceil(list.length / 2));
  const since = Object.entries(state.since);
  if (state.ignored.length > 0) return { ...state, ignored: half(state.ignored) };
  if (since.length > 0) return { ...state, since: Object.fromEntries(half(since)) };
  if (state.lessons.length > 0) return { ...state, lessons: half(state.lessons) };
  if (state.dressed.length + state.told.length === 0) return undefined;
  return { ...state, dressed: half(state.dressed), told: half(state.told) };
}
