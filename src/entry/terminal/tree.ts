import { tokensUsed } from '../../execution/state-files.ts';
import type {
  EscalationState,
  ExecutionState,
  MasterState,
  TaskState,
  WorkerState,
} from '../../execution/execution-state.ts';
import { printable } from './printable.ts';

export interface TreeOptions {
  readonly nowMs: number;
  readonly columns: number;
  readonly color: boolean;
}

/** The state of an execution as lines for a terminal: each master with its workers, elapsed time, tokens and findings. */
export function renderTree(state: ExecutionState, options: TreeOptions): readonly string[] {
  const paint = painter(options.color);
  const lines = [
    headline(state, options, paint),
    ...[...state.masters.values()].flatMap((master) => masterLines(master, { state, options, paint })),
    ...[...state.escalations.values()].flatMap((each) => questionLines(each, { state, paint })),
  ];
  return lines.map((line) => clip(line, options.columns));
}

/** Questions that wait for a person, with the words that answer them. */
function questionLines(
  { raised, answer }: EscalationState,
  { state, paint }: Pick<View, 'state' | 'paint'>,
): readonly string[] {
  if (answer || raised.answerBy === null || state.ended) return [];
  const { escalation, severity, issue, options, answerBy } = raised;
  return [
    `${paint.yellow('?')} ${paint.bold(escalation)} (${severity}) ${printable(issue)}`,
    `  ${paint.dim(`until ${answerBy.slice(11, 19)}: cortex answer ${state.id} ${escalation} ${options.join('|')}`)}`,
  ];
}

type Paint = Readonly<Record<'dim' | 'green' | 'red' | 'yellow' | 'bold', (text: string) => string>>;

interface View {
  readonly state: ExecutionState;
  readonly options: TreeOptions;
  readonly paint: Paint;
}

function headline(state: ExecutionState, options: TreeOptions, paint: Paint): string {
  const phase = [...state.phases.keys()].at(-1) ?? 'starting';
  const findings = [...state.tasks.values()].reduce((sum, task) => sum + (task.counts?.findings ?? 0), 0);
  const parts = [
    ...(state.started?.simulated ? ['SIMULATED'] : []),
    `phase ${phase}`,
    elapsed(state.startedAt, state.endedAt, options.nowMs),
    `${tokensUsed(state)} tokens`,
    findings === 1 ? '1 finding' : `${findings} findings`,
  ];
  return `${paint.bold(state.id)}  ${paint.dim(parts.join(' · '))}`;
}

function masterLines(master: MasterState, view: View): readonly string[] {
  const { state, options, paint } = view;
  const tasks = [...state.tasks.values()].filter((task) => task.master === master.name);
  const done = tasks.filter((task) => task.status === 'complete').length;
  const parts = [
    `${done}/${tasks.length} tasks`,
    elapsed(master.activatedAt, master.reportedAt, options.nowMs),
    `${master.usedTokens} tokens`,
  ];
  const head = `${masterSign(master, paint)} ${master.name.padEnd(20)} ${paint.dim(parts.filter(Boolean).join(' · '))}`;
  return [head, ...tasks.map((task, index) => taskLine(task, index === tasks.length - 1, view))];
}

function taskLine(task: TaskState, last: boolean, view: View): string {
  const { state, options, paint } = view;
  const worker = [...state.workers.values()].filter((each) => each.task === task.declared.id).at(-1);
  const time = worker ? elapsed(worker.startedAt, worker.endedAt, options.nowMs) : '';
  const place = worker?.pod ? worker.node : '';
  const detail = [task.declared.kind, place, time, findingsOf(task), noteOf(task, worker)].filter(Boolean).join(' · ');
  return `${paint.dim(last ? '  └─' : '  ├─')} ${taskSign(task, paint)} ${task.declared.id.padEnd(30)} ${paint.dim(detail)}`;
}

function findingsOf(task: TaskState): string {
  const { counts } = task;
  if (!counts) return '';
  const named: [number, string][] = [
    [counts.findings, 'findings'],
    [counts.assets, 'assets'],
    [counts.changes, 'changes'],
    [counts.reviews, 'reviews'],
  ];
  const said = named
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${count === 1 ? what.slice(0, -1) : what}`);
  return said.join(', ');
}

function noteOf(task: TaskState, worker: WorkerState | undefined): string {
  if (task.status === 'skipped' || task.status === 'blocked' || task.status === 'failed')
    return printable(task.reason ?? task.status);
  if (task.status === 'queued' && task.declared.needs.length > 0) return `waits for ${task.declared.needs.join(', ')}`;
  const wait = task.status === 'running' && worker && !worker.pod ? worker.waits.at(-1) : undefined;
  if (wait) return `waits: ${printable(`${wait.reason}: ${wait.detail}`)}`;
  return worker && worker.attempt > 1 ? `attempt ${worker.attempt}` : '';
}

function masterSign(master: MasterState, paint: Paint): string {
  if (master.status === 'failed') return paint.red('✗');
  if (master.status === 'reported') return master.report?.outcome === 'complete' ? paint.green('✓') : paint.yellow('!');
  return master.status === 'active' ? paint.yellow('●') : paint.dim('○');
}

function taskSign(task: TaskState, paint: Paint): string {
  const signs: Readonly<Record<TaskState['status'], string>> = {
    pending: paint.dim('○'),
    queued: paint.dim('○'),
    running: paint.yellow('●'),
    complete: paint.green('✓'),
    failed: paint.red('✗'),
    blocked: paint.red('⊘'),
    skipped: paint.dim('–'),
  };
  return signs[task.status];
}

function elapsed(from: string | undefined, to: string | undefined, nowMs: number): string {
  if (from === undefined) return '';
  const ms = Math.max(0, (to === undefined ? nowMs : Date.parse(to)) - Date.parse(from));
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1000)} s`;
}

function painter(color: boolean): Paint {
  const style = (code: number) => (text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { bold: style(1), dim: style(2), red: style(31), green: style(32), yellow: style(33) };
}

const escape = String.fromCharCode(27);
/** One style sequence, or one character. */
const styledCharacter = new RegExp(`${escape}\\[\\d+m|[^${escape}]`, 'gu');

/** Cuts a line that is wider than the terminal; style sequences take no room, and are all kept. */
function clip(line: string, columns: number): string {
  const parts = (line.match(styledCharacter) ?? []).map((part) => ({ part, isStyle: part.startsWith(escape) }));
  const width = parts.filter(({ isStyle }) => !isStyle).length;
  if (width <= columns) return line;
  let left = columns;
  return parts
    .map(({ part, isStyle }) => {
      if (isStyle) return part;
      left -= 1;
      return left > 0 ? part : left === 0 ? '…' : '';
    })
    .join('');
}
