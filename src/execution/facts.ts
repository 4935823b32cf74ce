import type { Facts } from '../protocol/facts.ts';
import type { ExecutionState, MasterState, TaskState } from './execution-state.ts';
import { tokensUsed } from './state-files.ts';
import { clusterFacts } from './utilisation.ts';

/** Attempts that were ended from outside, not by the worker's own doing. */
const disruptions = new Set<string>(['disruption', 'out-of-memory']);

/** The facts that an execution's events amount to. A fact that was not seen is absent, never 0. */
export function factsOf(state: ExecutionState): Facts {
  const { totals } = state;
  return {
    execution: executionFacts(state),
    masters: masterFacts(state),
    tasks: taskFacts(state),
    workers: workerFacts(state),
    tokens: tokenFacts(state),
    money: moneyFacts(state),
    budgets: { overrun: overruns(state), unsettled: state.reservations.size },
    escalations: {
      raised: state.escalations.size,
      open: [...state.escalations.values()].filter((escalation) => !escalation.answer).length,
    },
    results: totals ? totals.results : {},
    findings: totals ? findingFacts(totals.findings) : {},
    vulnerabilities: totals?.vulnerabilities ?? {},
    assets: totals ? totals.assets : {},
    changes: totals ? totals.changes : {},
    workflows: totals?.workflows ?? {},
    tests: testFacts(state),
    coverage: coverageFacts(state),
    cluster: clusterFacts(state),
    redis: redisFacts(state),
    catalog: {},
    doors: state.started?.doors ?? {},
    capabilities: capabilityFacts(state),
  };
}

function executionFacts(state: ExecutionState): Facts['execution'] {
  const until = state.aggregatedAt ?? state.lastAt;
  return {
    ...(state.startedAt && until ? { minutes: (Date.parse(until) - Date.parse(state.startedAt)) / 60_000 } : {}),
    ...(state.started ? { target_minutes: state.started.deadlineMs / 60_000 } : {}),
    resumed: state.resumed,
    phases_overrun: [...state.phases.values()].filter((phase) => phase.overran).length,
    lost_events: state.gaps,
  };
}

function masterFacts(state: ExecutionState): Facts['masters'] {
  const masters = [...state.masters.values()];
  return {
    planned: masters.length,
    activated: masters.filter((master) => master.activatedAt !== undefined).length,
    reported: masters.filter((master) => master.reportedAt !== undefined).length,
    failed: masters.filter((master) => master.status === 'failed').length,
    overlapping: mostAtOnce(masters),
  };
}

/** The most masters whose working intervals (activation to report) share a moment. */
function mostAtOnce(masters: readonly MasterState[]): number {
  const edges = masters.flatMap((master) =>
    master.activatedAt === undefined
      ? []
      : [
          { at: master.activatedAt, step: 1 },
          { at: master.reportedAt ?? '9999', step: -1 },
        ],
  );
  edges.sort((a, b) => (a.at === b.at ? b.step - a.step : a.at < b.at ? -1 : 1));
  let now = 0;
  let most = 0;
  for (const edge of edges) {
    now += edge.step;
    most = Math.max(most, now);
  }
  return most;
}

function taskFacts(state: ExecutionState): Facts['tasks'] {
  const withStatus = countTasks(state);
  return {
    planned: state.tasks.size,
    complete: withStatus('complete'),
    failed: withStatus('failed'),
    blocked: withStatus('blocked'),
    skipped: withStatus('skipped'),
  };
}

function workerFacts(state: ExecutionState): Facts['workers'] {
  const workers = [...state.workers.values()];
  const lost = workers.filter((worker) => worker.failure !== undefined);
  return {
    planned: state.tasks.size - countTasks(state)('skipped'),
    started: new Set(workers.map((worker) => worker.task)).size,
    done: workers.filter((worker) => worker.status === 'completed').length,
    failed: lost.filter((worker) => !disruptions.has(worker.failure?.class ?? '')).length,
    disrupted: lost.filter((worker) => disruptions.has(worker.failure?.class ?? '')).length,
    unexplained: lost.filter(
      ({ failure }) => disruptions.has(failure?.class ?? '') && (failure?.cause ?? 'unknown') === 'unknown',
    ).length,
    retried: workers.filter((worker) => worker.attempt > 1).length,
  };
}

function countTasks(state: ExecutionState): (status: TaskState['status']) => number {
  const tasks = [...state.tasks.values()];
  return (status) => tasks.filter((task) => task.status === status).length;
}

function moneyFacts(state: ExecutionState): Facts['money'] {
  const used = [...state.masters.values()].reduce((sum, master) => sum + master.usedMicroDollars, 0);
  const budget = state.started ? { budget_usd: state.started.budget.microDollars / 1_000_000 } : {};
  return { ...budget, used_usd: used / 1_000_000 };
}

function tokenFacts(state: ExecutionState): Facts['tokens'] {
  const budget = state.started ? { budget: state.started.budget.tokens } : {};
  return { ...budget, used: tokensUsed(state), reserved: openReservations(state) };
}

function openReservations(state: ExecutionState): number {
  return [...state.reservations.values()].reduce((sum, reservation) => sum + reservation.tokens, 0);
}

function overruns(state: ExecutionState): number {
  return [...state.masters.values()].filter(
    (master) => master.usedTokens > master.tokens || master.usedMicroDollars > master.microDollars,
  ).length;
}

function findingFacts(findings: { readonly [name: string]: number }): Facts['findings'] {
  const { info: _info, ...counted } = findings;
  return counted;
}

function testFacts(state: ExecutionState): Facts['tests'] {
  if (!state.totals?.tests) return {};
  const { added, ...counted } = state.totals.tests;
  return { ...counted, ...(added === undefined ? {} : { added }) };
}

function coverageFacts(state: ExecutionState): Facts['coverage'] {
  const coverage = state.totals?.coverage;
  return coverage
    ? { before: coverage.before, ...(coverage.after === undefined ? {} : { after: coverage.after }) }
    : {};
}

/** The mean over all commands of all processes, as each measured its own. */
function redisFacts(state: ExecutionState): Facts['redis'] {
  const measured = [...state.measured.values()];
  const commands = measured.reduce((sum, each) => sum + each.commands, 0);
  if (commands === 0) return {};
  return { latency_ms: measured.reduce((sum, each) => sum + each.meanMs * each.commands, 0) / commands };
}

function capabilityFacts(state: ExecutionState): Facts['capabilities'] {
  const tasks = [...state.tasks.values()];
  const named = (status: TaskState['status']): string[] => [
    ...new Set(
      tasks.filter((task) => task.status === status).map((task) => `${task.declared.kind}/${task.declared.capability}`),
    ),
  ];
  return { used: named('complete').sort(), missing: named('skipped').sort() };
}
