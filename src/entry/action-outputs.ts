import { join, resolve } from 'node:path';
import { parsePlan } from '../plan/parse.ts';
import { cliExit } from '../protocol/words.ts';
import { readTextIfPresent } from '../shared/files.ts';
import type { CommandLine } from './arguments.ts';
import { latestExecution } from './commands/stored-execution.ts';
import { runPaths } from './run/paths.ts';
import { onlyMasters } from './run/start.ts';

/** What of @actions/core this needs. */
export interface ActionSurface {
  readonly setOutput: (name: string, value: string) => void;
  readonly summary: { readonly addRaw: (text: string) => { readonly write: () => Promise<unknown> } };
  /** Whether the runner takes a summary. */
  readonly takesSummary: boolean;
}

/** A step summary above GitHub's limit of 1 MiB would be dropped whole. */
const summaryLimit = 1_000_000;

/** Where a run of the action keeps its state. */
export function outFolder(args: CommandLine): string {
  return resolve(args.text('out') ?? join(args.text('target') ?? '.', 'coordination'));
}

/** Outputs for later steps, and the report as the step's summary. */
export async function publishRun(
  surface: ActionSurface,
  end: { readonly args: CommandLine; readonly exitCode: number },
): Promise<void> {
  const out = outFolder(end.args);
  const id = end.args.text('resume') ?? latestExecution(out);
  const paths = runPaths(out, id);
  surface.setOutput('execution-id', id);
  surface.setOutput('exit-code', String(end.exitCode));
  surface.setOutput('report', paths.report);
  surface.setOutput('results', paths.results);
  const report = readTextIfPresent(paths.report);
  if (report !== undefined && surface.takesSummary) await surface.summary.addRaw(report.slice(0, summaryLimit)).write();
}

/**
 * The matrix of a plan that was proven: one leg with all its masters (or those asked for), since legs of their own need
 * a store that they share.
 */
export function publishMatrix(surface: ActionSurface, plan: { readonly file: string; readonly masters: string }): void {
  const parsed = parsePlan(readTextIfPresent(plan.file) ?? '', plan.file);
  if ('problems' in parsed) return;
  const wanted = plan.masters
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const chosen = wanted.length === 0 ? parsed.plan : onlyMasters(parsed.plan, wanted);
  const masters = chosen.masters.map((master) => master.name).join(',');
  surface.setOutput('matrix', JSON.stringify({ include: [{ leg: 'all', masters }] }));
  surface.setOutput('digest', parsed.digest);
}

/** Whether an exit code means that the run came to its end and has a report. */
export function hasReport(exitCode: number): boolean {
  return exitCode === cliExit.success || exitCode === cliExit.gateFailed;
}
