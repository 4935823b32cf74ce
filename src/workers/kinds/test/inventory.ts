import type { Perform } from '../../work.ts';
import { focusedFinding, mostUntestedFindings, untestedFinding } from './inventory-findings.ts';
import { readCode, type InventoriedFile } from './read-code.ts';
import { modulesOf } from './tested-modules.ts';

const formula =
  'A suite is a file with at least one case. A module is any other file with code that is no test support, example, generated or foreign; it is untested when no suite and no test support names it, by import, type or file name.';

/** Counts suites, cases, skipped and focused tests, and finds modules that no test names. Reads code, runs nothing. */
export const inventoryTests: Perform<'test-worker', 'inventory'> = async (context) => {
  const { files, unread } = readCode(context.workspace, context.inputs.paths);
  const suites = files.filter(({ counts }) => counts.cases > 0);
  const modules = modulesOf(files);
  const untested = modules.filter(({ testedBy }) => testedBy === 'nothing');
  const totals = {
    'tests.suites': suites.length,
    'tests.cases': sum(suites, ({ counts }) => counts.cases),
    'tests.skipped': sum(suites, ({ counts }) => counts.skipped),
    'modules.total': modules.length,
    'modules.untested': untested.length,
  };
  const table = { formula, counting: countingOf(files), totals, suites: suites.map(describeSuite), modules };
  const evidence = await context.keepEvidence('Tests and modules by file', 'application/json', table);
  const focused = suites.flatMap(({ path, counts }) =>
    counts.focused.map((place) => focusedFinding(context.workspace, { path, ...place })),
  );
  const subject = context.workspace.repository;
  return {
    summary: summaryOf(totals, { focused: focused.length, listed: Math.min(untested.length, mostUntestedFindings) }),
    findings: [...focused, ...untested.slice(0, mostUntestedFindings).map(({ path }) => untestedFinding(path))],
    measurements: Object.entries(totals).map(([name, value]) => ({
      name,
      value,
      unit: unitOf(name),
      subject,
      evidence,
    })),
    unread,
  };
};

function describeSuite({ path, language, counts }: InventoriedFile): object {
  return { path, language, ...counts };
}

function countingOf(files: readonly InventoriedFile[]): Readonly<Record<string, string>> {
  return Object.fromEntries(files.map(({ language, tests }) => [language, tests.counting]));
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function unitOf(name: string): string {
  if (name.startsWith('modules.')) return 'modules';
  return name === 'tests.suites' ? 'suites' : 'cases';
}

function summaryOf(
  totals: Readonly<
    Record<'tests.suites' | 'tests.cases' | 'tests.skipped' | 'modules.total' | 'modules.untested', number>
  >,
  { focused, listed }: { readonly focused: number; readonly listed: number },
): string {
  const tests = `${totals['tests.cases']} cases in ${totals['tests.suites']} suites, ${totals['tests.skipped']} skipped, ${focused} focused`;
  const untested = `${totals['modules.untested']} of ${totals['modules.total']} modules named by no test`;
  return `${tests}; ${untested}${listed < totals['modules.untested'] ? `, ${listed} of them listed` : ''}`;
}
