import { sortTimeline, spanBetween, type TimelineEntry } from '../execution/timeline.ts';
import { mastersOf, type Report } from '../protocol/report.ts';
import { masterNames, type MasterName } from '../protocol/words.ts';
import { isoTime } from '../shared/clock.ts';
import { mermaidLabel } from './markdown/escape.ts';

/** Viewers refuse diagrams above 50,000 characters; this many bars stay far below. */
export const maxWorkerBars = 80;

type Ended = TimelineEntry & { readonly endMs: number };

/** The masters and workers of a finished run, as `timelineOf` gives them for a running one. */
export function timelineOfReport(report: Report): readonly TimelineEntry[] {
  const masters = mastersOf(report).map(({ name, master }): TimelineEntry | undefined => {
    const span = spanBetween(master.activated_at, master.reported_at, master.status === 'failed' ? 'failed' : 'done');
    return span && { kind: 'master', name, ...span };
  });
  const workers = report.workers.map((worker): TimelineEntry | undefined => {
    const status = { running: 'running', completed: 'done', failed: 'failed' } as const;
    const span = spanBetween(worker.started_at, worker.completed_at, status[worker.status]);
    const { worker_id: name, parent_master: master, task_id: task, attempt } = worker;
    return span && { kind: 'worker', name, master, task, attempt, ...span };
  });
  return sortTimeline([...masters, ...workers].filter((entry) => entry !== undefined));
}

/**
 * A Mermaid `gantt` with a section per master: its own bar, then one per worker. Bars without an end are left out, and
 * of many workers the longest stay. Undefined where no bar is left. Times read as UTC wherever they are looked at:
 * they carry no zone, and viewers neither read nor show them in one.
 */
export function renderGantt(timeline: readonly TimelineEntry[]): string | undefined {
  const bars = barsOf(timeline);
  const sections = masterNames.flatMap((master) => sectionOf(master, bars));
  if (sections.length === 0) return undefined;
  const head = [
    'gantt',
    '  title Masters and workers (UTC)',
    '  dateFormat YYYY-MM-DD HH:mm:ss.SSS',
    '  axisFormat %H:%M:%S',
  ];
  return [...head, ...sections].join('\n');
}

/** A Mermaid `pie` of the slices above zero, or undefined where there is none. */
export function renderPie(title: string, slices: readonly (readonly [string, number])[]): string | undefined {
  const shown = slices.filter(([, value]) => value > 0);
  if (shown.length === 0) return undefined;
  const lines = shown.map(([label, value]) => `  "${mermaidLabel(label)}" : ${value}`);
  return [`pie showData`, `  title ${mermaidLabel(title)}`, ...lines].join('\n');
}

function barsOf(timeline: readonly TimelineEntry[]): readonly Ended[] {
  const ended = timeline.filter((entry): entry is Ended => entry.endMs !== null && entry.kind !== 'phase');
  const workers = ended.filter((entry) => entry.kind === 'worker');
  const byLength = [...workers].sort((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs));
  const longest = new Set<Ended>(byLength.slice(0, maxWorkerBars));
  return ended.filter((entry) => entry.kind !== 'worker' || longest.has(entry));
}

function sectionOf(master: MasterName, bars: readonly Ended[]): readonly string[] {
  const own = bars.filter((bar) => bar.kind === 'master' && bar.name === master);
  const workers = bars.filter((bar) => bar.kind === 'worker' && bar.master === master);
  const lines = [...own, ...workers].map((bar, index) => barLine(bar, `${master}-${index}`));
  return lines.length === 0 ? [] : [`  section ${master}`, ...lines];
}

/** Labels open with a word of ours: a bare task id could be one of Mermaid's keywords, such as `title` or `click`. */
function barLine(bar: Ended, id: string): string {
  const again = bar.kind === 'worker' && bar.attempt > 1 ? ` attempt ${bar.attempt}` : '';
  const label = bar.kind === 'worker' ? `task ${mermaidLabel(bar.task)}${again}` : 'master';
  const tag = { done: 'done', failed: 'crit', running: 'active' }[bar.status];
  return `    ${label} :${tag}, ${id}, ${wallClock(bar.startMs)}, ${wallClock(bar.endMs)}`;
}

function wallClock(epochMs: number): string {
  return isoTime(epochMs).replace('T', ' ').replace('Z', '');
}
