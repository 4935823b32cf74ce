import { parsePlan } from '../plan/parse.ts';
import { cliExit } from '../protocol/words.ts';
import { readTextIfPresent } from '../shared/files.ts';
import type { RunPaths } from './run/paths.ts';
import { onlyMasters } from './run/start.ts';

export type SetOutput = (name: string, value: string) => void;

/** What later steps need of an execution: its id, and where its report and results lie. */
export function publishExecution(setOutput: SetOutput, paths: RunPaths, id: string): void {
  setOutput('execution-id', id);
  setOutput('report', paths.report);
  setOutput('results', paths.results);
}

/**
 * The matrix of a plan that was proven: one leg with all its masters (or those asked for), since legs of their own need
 * a store that they share. Throws `unknown-master`.
 */
export function publishMatrix(setOutput: SetOutput, plan: { readonly file: string; readonly masters: string }): void {
  const parsed = parsePlan(readTextIfPresent(plan.file) ?? '', plan.file);
  if ('problems' in parsed) return;
  const wanted = plan.masters
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const chosen = wanted.length === 0 ? parsed.plan : onlyMasters(parsed.plan, wanted);
  const masters = chosen.masters.map((master) => master.name).join(',');
  setOutput('matrix', JSON.stringify({ include: [{ leg: 'all', masters }] }));
  setOutput('digest', parsed.digest);
}

/** Bytes of a step's summary; above 1 MiB GitHub drops it whole. */
const summaryLimit = 1_000_000;

/** Markdown that fits into a step's summary, cut at a character where it must be. */
export function fitSummary(markdown: string): string {
  const bytes = Buffer.from(markdown);
  if (bytes.length <= summaryLimit) return markdown;
  const kept = new TextDecoder().decode(bytes.subarray(0, summaryLimit), { stream: true });
  return `${kept}\n\n(Cut here: a summary has room for ${summaryLimit} bytes of ${bytes.length}. The artifact holds the whole.)\n`;
}

/** Whether an exit code means that the run came to its end and has a report. */
export function hasReport(exitCode: number): boolean {
  return exitCode === cliExit.success || exitCode === cliExit.gateFailed;
}

/** The one line that a failed step is marked with; what led to it stands in the log. */
export function failureText(exitCode: number): string {
  if (exitCode === cliExit.gateFailed)
    return 'A gate was not met or a task not completed: see the report (exit code 3).';
  if (exitCode === cliExit.problem) return 'A plan may not run: each problem is marked in its file (exit code 2).';
  return `Cortex ended with exit code ${exitCode}; the log says why.`;
}
