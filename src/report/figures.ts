import { tokensUsed } from '../execution/state-files.ts';
import type { ExecutionState } from '../execution/execution-state.ts';
import type { Totals } from '../protocol/event.ts';
import type { Figure, Report } from '../protocol/report.ts';
import type { ReportInput } from './build-report.ts';

/**
 * The numbers of the report with their artefacts: what results amount to is proven by the aggregate document, what
 * happened in the run by its log. A number that was not measured has no entry.
 */
export function figuresOf(input: Pick<ReportInput, 'state' | 'aggregate' | 'artefacts'>): Report['figures'] {
  const counted = countedFigures(input.aggregate.totals);
  const logged = loggedFigures(input.state);
  return {
    ...withEvidence(counted, input.artefacts.aggregate.sha256),
    ...withEvidence(logged, input.artefacts.log.sha256),
  };
}

type Values = Readonly<Record<string, readonly [number, string] | undefined>>;

function countedFigures(totals: Totals): Values {
  const { findings, assets, changes, workflows, tests, coverage } = totals;
  return {
    'assets.before': [assets.before, 'assets'],
    'assets.after': [assets.after, 'assets'],
    'assets.discovered': [assets.discovered, 'assets'],
    'findings.total': [findings.total, 'findings'],
    'findings.critical': [findings.critical, 'findings'],
    'findings.high': [findings.high, 'findings'],
    'findings.medium': [findings.medium, 'findings'],
    'findings.low': [findings.low, 'findings'],
    'findings.info': [findings.info, 'findings'],
    'findings.silenced': [findings.silenced, 'findings'],
    'changes.proposed': [changes.proposed, 'changes'],
    'changes.proven': [changes.proven, 'changes'],
    'changes.rejected': [changes.rejected, 'changes'],
    'workflows.findings': workflows && [workflows.findings, 'findings'],
    'workflows.fixable': workflows && [workflows.fixable, 'findings'],
    'workflows.fixed': workflows && [workflows.fixed, 'findings'],
    'tests.suites': tests && [tests.suites, 'suites'],
    'tests.cases': tests && [tests.cases, 'cases'],
    'tests.skipped': tests && [tests.skipped, 'cases'],
    'coverage.before': coverage && [coverage.before, 'percent'],
  };
}

function loggedFigures(state: ExecutionState): Values {
  const workers = [...state.workers.values()];
  const masters = [...state.masters.values()];
  const tookMs = Date.parse(state.aggregatedAt ?? '') - Date.parse(state.startedAt ?? '');
  return {
    'tokens.used': [tokensUsed(state), 'tokens'],
    'money.used': [masters.reduce((sum, master) => sum + master.usedMicroDollars, 0) / 1_000_000, 'USD'],
    'duration.minutes': [Math.round(tookMs / 6) / 10_000, 'minutes'],
    'workers.started': [new Set(workers.map((worker) => worker.task)).size, 'workers'],
    'workers.completed': [workers.filter((worker) => worker.status === 'completed').length, 'workers'],
    'masters.activated': [masters.filter((master) => master.activatedAt !== undefined).length, 'masters'],
  };
}

function withEvidence(values: Values, evidence: string): Record<string, Figure> {
  const known = Object.entries(values).flatMap(([name, value]) =>
    value ? [[name, { value: value[0], unit: value[1], evidence }] as const] : [],
  );
  return Object.fromEntries(known);
}
