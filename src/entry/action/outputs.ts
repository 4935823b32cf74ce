import { cliExit } from '../../protocol/words.ts';
import { problem } from '../../shared/errors.ts';
import type { Published } from '../publish/publish-execution.ts';
import type { RunPaths } from '../run/paths.ts';

export type SetOutput = (name: string, value: string) => void;

/** Bytes of all outputs of a job together: GitHub takes 1 MB, counted as UTF-16, and one step of a job gives ours. */
const outputLimit = 1_000_000;

/** Sets outputs as long as all of them fit together. Throws `outputs-too-large` for one that does not, which is not set. */
export function outputKeeper(setOutput: SetOutput, limit = outputLimit): SetOutput {
  let left = limit;
  return (name, value) => {
    const bytes = 2 * (name.length + value.length);
    if (bytes > left) throw outputsTooLarge(name, bytes, limit);
    left -= bytes;
    setOutput(name, value);
  };
}

function outputsTooLarge(name: string, bytes: number, limit: number): Error {
  return problem(
    'outputs-too-large',
    `The output ${name} has ${bytes} bytes, and all of a job have room for ${limit}`,
    {
      hint: 'Shorten what it is made of: the path of the plan or of the results, or the labels of runners in the plan.',
    },
  );
}

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
