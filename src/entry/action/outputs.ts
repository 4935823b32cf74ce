import { cliExit } from '../../protocol/words.ts';
import type { RunPaths } from '../run/paths.ts';

export type SetOutput = (name: string, value: string) => void;

/** What later steps need of an execution: its id, and where its report and results lie. */
export function publishExecution(setOutput: SetOutput, paths: RunPaths, id: string): void {
  setOutput('execution-id', id);
  setOutput('report', paths.report);
  setOutput('results', paths.results);
}

/** Bytes of a step's summary; above 1 MiB GitHub drops it whole. */
const summaryLimit = 1_000_000;

/** Markdown that fits into a step's summary, cut at a character where it must be. */
export function fitSummary(markdown: string, limit = summaryLimit): string {
  const bytes = Buffer.from(markdown);
  if (bytes.length <= limit) return markdown;
  const kept = new TextDecoder().decode(bytes.subarray(0, limit), { stream: true });
  return `${kept}\n\n(Cut here: a summary has room for ${limit} bytes of ${bytes.length}. The artifact holds the whole.)\n`;
}

/** Whether an exit code means that the run came to its end and has a report. */
export function hasReport(exitCode: number): boolean {
  return exitCode === cliExit.success || exitCode === cliExit.gateFailed;
}

/** The one line that a failed step is marked with; what led to it stands in the log. */
export function failureText(exitCode: number): string {
  if (exitCode === cliExit.gateFailed)
    return 'A gate was not met or a task not completed: see the report (exit code 3).';
  if (exitCode === cliExit.problem) return 'Something is for you to mend: the log says what, and where (exit code 2).';
  return `Cortex ended with exit code ${exitCode}; the log says why.`;
}
