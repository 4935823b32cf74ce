import type { Effect } from './diff.ts';
import { allTasks } from './plan.ts';
import type { History, Spread } from './history.ts';
import type { Preview } from './preview.ts';
import { showBytes, showCount, showCpu, showDollars, showDuration } from './quantities.ts';

/** A table of a preview: rows of plain text, as wide as the head. */
export interface PreviewTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a preview, in the order in which people ask: what changes, what it costs, who works, on what. */
export function previewTables(preview: Preview): readonly PreviewTable[] {
  const { history } = preview;
  const tables = [
    forecastTable(preview),
    ...(history === undefined ? [] : [historyTable(history)]),
    mastersTable(preview),
    tasksTable(preview),
    criteriaTable(preview),
  ];
  return preview.diff === undefined ? tables : [effectsTable(preview.diff), ...tables];
}

function effectsTable(diff: readonly Effect[]): PreviewTable {
  return {
    title: diff.length === 0 ? 'Changes nothing' : 'What changes',
    head: ['reach', 'what', 'subject', 'before', 'after'],
    rows: diff.map(({ reach, kind, subject, before, after }) => [
      reach,
      kind,
      subject,
      before ?? 'none',
      after ?? 'none',
    ]),
  };
}

function forecastTable({ forecast }: Preview): PreviewTable {
  const { atMost, budget, workers, time, peakResources } = forecast;
  const path = time.criticalPath.length === 0 ? 'no tasks' : time.criticalPath.join(' → ');
  return {
    title: 'Forecast, as declared',
    head: ['of', 'at most', 'note'],
    rows: [
      ['tokens', showCount(atMost.tokens), `of a budget of ${showCount(budget.tokens)}`],
      [
        'money',
        showDollars(atMost.microDollars),
        `of ${showDollars(budget.microDollars)}, at list prices of ${forecast.prices.date}`,
      ],
      ['time', showDuration(time.deadlineMs), `phases take ${showDuration(time.phasesMs)}`],
      ['slowest chain', showDuration(time.criticalPathMs), path],
      ['workers', showCount(workers.total), `${workers.needModel} of them only with a model, ${workers.peak} at once`],
      [
        'resources',
        `${showCpu(peakResources.cpuMillicores)} cpu`,
        `${showBytes(peakResources.memoryBytes)} of memory at once`,
      ],
    ],
  };
}

function historyTable({ runs, newest, tokens, usd, minutes, peakWorkers }: History): PreviewTable {
  const row = (what: string, { median, p90 }: Spread, show: (value: number) => string): readonly string[] => [
    what,
    show(median),
    show(p90),
  ];
  return {
    title: `Forecast, from ${runs} earlier executions (the newest of ${newest.slice(0, 10)})`,
    head: ['of', 'half of them at most', 'nine of ten at most'],
    rows: [
      row('tokens', tokens, showCount),
      row('money', usd, (dollars) => showDollars(Math.round(dollars * 1e6))),
      row('time', minutes, (value) => `${value.toFixed(1)} min`),
      row('workers at once', peakWorkers, showCount),
    ],
  };
}

function mastersTable({ plan, matrix }: Preview): PreviewTable {
  const legs = new Map(matrix.include.map((leg) => [leg.master, leg] as const));
  return {
    title: 'Masters',
    head: ['master', 'workers', 'tokens', 'dollars', 'job ends after', 'runner'],
    rows: plan.masters.map(({ name, tasks, budget }) => [
      name,
      showCount(tasks.length),
      showCount(budget.tokens),
      showDollars(budget.microDollars),
      `${legs.get(name)?.timeoutMinutes ?? 0} min`,
      legs.get(name)?.runner ?? '',
    ]),
  };
}

function tasksTable({ plan, routed }: Preview): PreviewTable {
  return {
    title: 'Tasks',
    head: ['task', 'master', 'capability', 'needs', 'tokens', 'time limit'],
    rows: allTasks(plan).map((task) => [
      task.id,
      task.master ?? (routed?.has(task.id) === true ? `${routed.get(task.id)} (routed)` : 'nobody yet'),
      `${task.worker}/${task.capability}${task.needsModel ? ' (model)' : ''}`,
      task.needs.join(', '),
      showCount(task.tokens * (1 + task.retries)),
      showDuration(task.timeoutMs),
    ]),
  };
}

function criteriaTable({ plan }: Preview): PreviewTable {
  return {
    title: 'Success criteria',
    head: ['criterion', 'level', 'scope', 'check', 'when'],
    rows: plan.success.map(({ id, level, scope, check, when }) => [id, level, scope, check, when ?? 'always']),
  };
}
