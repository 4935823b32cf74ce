/**
 * `report/` joins the results of an execution, checks its numbers against their evidence and writes the report.
 * Imports `checks`, `execution`, `plan`, `protocol`, `shared`; doors only as interfaces.
 */
import { mergeAssets } from '../checks/assets/merge-assets.ts';
import type { ExecutionState } from '../execution/execution-state.ts';
import type { Asset } from '../protocol/asset.ts';
import { catalogInputs, catalogSections, type CatalogSection } from '../protocol/capabilities.ts';
import type { Change } from '../protocol/change.ts';
import type { Totals } from '../protocol/event.ts';
import type { Finding, Silenced } from '../protocol/finding.ts';
import type { Measurement, Result } from '../protocol/result.ts';
import { severities, type Severity } from '../protocol/words.ts';
import { compareText } from '../shared/canonical.ts';

/** A result with the task it answers and the hash it is kept under. */
export interface JoinedResult {
  readonly task: string;
  readonly capability: string;
  readonly hash: string;
  readonly result: Result;
}

export type FromTask<T> = T & { readonly task_id: string };

/** All results of an execution as one: each finding, asset, measurement and change once. */
export interface Aggregate {
  readonly results: readonly JoinedResult[];
  readonly findings: readonly FromTask<Finding>[];
  readonly silenced: readonly FromTask<Silenced>[];
  readonly assets: readonly Asset[];
  readonly discovered: readonly string[];
  readonly measurements: readonly FromTask<Measurement>[];
  readonly changes: readonly FromTask<Change>[];
  readonly totals: Totals;
}

export interface AggregateInput {
  readonly state: ExecutionState;
  readonly results: readonly JoinedResult[];
  /** Assets known from the execution before. */
  readonly baseline: readonly Asset[];
}

/** Joins the results of completed tasks. Pure: the same results give the same aggregate. */
export function aggregate(input: AggregateInput): Aggregate {
  const results = [...input.results].sort((a, b) => compareText(a.task, b.task));
  const findings = once(
    eachOf(results, (result) => result.findings),
    (finding) => finding.fingerprint,
  );
  const silenced = once(
    eachOf(results, (result) => result.silenced),
    (each) => each.finding.fingerprint,
  );
  const changes = once(
    eachOf(results, (result) => result.changes),
    (change) => change.fingerprint,
  );
  const measurements = once(
    eachOf(results, (result) => result.measurements),
    ({ name, subject, value, evidence }) => [name, subject, value, evidence].join('\n'),
  );
  const assets = assetsNow(input);
  const before = new Set(input.baseline.map((asset) => asset.ref));
  const discovered = assets.filter((asset) => !before.has(asset.ref)).map((asset) => asset.ref);
  const joined = { results, findings, silenced, assets, discovered, measurements, changes };
  return { ...joined, totals: totalsOf(joined, input) };
}

type Joined = Omit<Aggregate, 'totals'>;

/**
 * An asset is missing only where the whole repository was looked through and nobody has seen it: while a section of the
 * catalog was not asked for, or its worker could not read everything, what was known before stays known.
 */
function assetsNow(input: AggregateInput): readonly Asset[] {
  const found = input.results.map(({ result }) => result.assets).filter((assets) => assets.length > 0);
  const sawAll = catalogSections.every((section) => sawSection(section, input.state));
  return mergeAssets(sawAll ? found : [...found, input.baseline]).assets;
}

function sawSection(section: CatalogSection, state: ExecutionState): boolean {
  const asked = [...state.tasks.values()]
    .filter(({ declared }) => declared.kind === 'catalog-worker')
    .map((task) => ({ task, inputs: catalogInputs.repository.parse(task.declared.inputs) }))
    .filter(({ inputs }) => inputs.sections.includes(section));
  return (
    asked.some(({ inputs }) => inputs.paths.length === 1 && inputs.paths[0] === '**') &&
    asked.every(({ task }) => task.status === 'complete' && task.resultStatus === 'done')
  );
}

function totalsOf(joined: Joined, input: AggregateInput): Totals {
  const { state } = input;
  const expected = [...state.tasks.values()].filter((task) => task.status === 'complete').length;
  const verdicts = joined.changes.map((change) => state.changes.get(change.fingerprint)?.verdict);
  const proven = verdicts.filter((verdict) => verdict === 'proven').length;
  return {
    results: { expected, aggregated: joined.results.length },
    findings: { total: joined.findings.length, ...bySeverity(joined.findings), silenced: joined.silenced.length },
    assets: { before: input.baseline.length, after: joined.assets.length, discovered: joined.discovered.length },
    changes: {
      proposed: joined.changes.length,
      proven,
      rejected: verdicts.filter((verdict) => verdict === 'rejected').length,
    },
    ...workflowTotals(joined, state),
    ...testTotals(joined),
    ...coverageTotals(joined),
  };
}

/** How many findings of each severity. */
export function bySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counted = severities.map((severity) => [
    severity,
    findings.filter((finding) => finding.severity === severity).length,
  ]);
  return Object.fromEntries(counted) as Record<Severity, number>;
}

const workflowCapabilities = new Set(['workflows', 'fix-workflows']);

/** Absent where no worker looked at workflows. */
function workflowTotals(joined: Joined, state: ExecutionState): Pick<Totals, 'workflows'> {
  if (!joined.results.some((each) => workflowCapabilities.has(each.capability))) return {};
  const about = joined.findings.filter((finding) => finding.ruleId.startsWith('workflows/'));
  const fixable = about.filter((finding) => finding.fix !== undefined);
  const gone = new Set(
    joined.changes
      .filter((change) => state.changes.get(change.fingerprint)?.verdict === 'proven')
      .flatMap((change) => change.proof.gone),
  );
  const fixed = fixable.filter((finding) => gone.has(finding.fingerprint));
  return { workflows: { findings: about.length, fixable: fixable.length, fixed: fixed.length } };
}

/** Absent where no worker counted tests. */
function testTotals(joined: Joined): Pick<Totals, 'tests'> {
  if (!joined.measurements.some((measurement) => measurement.name === 'tests.cases')) return {};
  return {
    tests: {
      suites: sum(joined, 'tests.suites'),
      cases: sum(joined, 'tests.cases'),
      skipped: sum(joined, 'tests.skipped'),
    },
  };
}

/** Line coverage in percent over all reports; absent where nothing was measured. */
function coverageTotals(joined: Joined): Pick<Totals, 'coverage'> {
  const total = sum(joined, 'coverage.lines.total');
  if (total === 0) return {};
  return { coverage: { before: Math.round((sum(joined, 'coverage.lines.covered') / total) * 10_000) / 100 } };
}

function sum(joined: Joined, name: string): number {
  return joined.measurements
    .filter((measurement) => measurement.name === name)
    .reduce((total, each) => total + each.value, 0);
}

function eachOf<T extends object>(
  results: readonly JoinedResult[],
  pick: (result: Result) => readonly T[],
): FromTask<T>[] {
  return results.flatMap(({ task, result }) => pick(result).map((item) => ({ ...item, task_id: task })));
}

/** The first of each key, in order. */
function once<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = keyOf(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
