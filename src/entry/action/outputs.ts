import { cliExit } from '../../protocol/words.ts';
import type { Published } from '../publish/publish-execution.ts';
import type { RunPaths } from '../run/paths.ts';

export type SetOutput = (name: string, value: string) => void;

/** What later steps need of an execution: its id, and where its report and results lie. */
export function publishExecution(setOutput: SetOutput, paths: RunPaths, id: string): void {
  setOutput('execution-id', id);
  setOutput('report', paths.report);
  setOutput('results', paths.results);
}

/** What later steps may want to know of what was published. */
export function publishedOutputs({ resultsCommit, changes }: Published): Readonly<Record<string, string>> {
  const { opened, reopened, updated, closed, queued, held } = changes.counts;
  return {
    'results-commit': resultsCommit ?? '',
    opened: String(opened + reopened),
    updated: String(updated),
    closed: String(closed),
    queued: String(queued),
    held: String(held),
    dashboard: changes.dashboard?.url ?? '',
  };
}

/** Bytes of a step's summary; above 1 MiB GitHub drops it whole. */
const summaryLimit = 1_000_000;

/** Cuts what is added to the summary of one step so that all of it fits together, each at a character. */
export function summaryFitter(limit = summaryLimit): (markdown: string) => string {
  let left = limit;
  return (markdown) => {
    const bytes = Buffer.from(markdown);
    const room = left;
    left = Math.max(0, left - bytes.length);
    if (bytes.length <= room) return markdown;
    if (room === 0) return '';
    const kept = new TextDecoder().decode(bytes.subarray(0, room), { stream: true });
    return `${kept}\n\n(Cut here: a summary has room for ${limit} bytes. The artifact holds the whole.)\n`;
  };
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
