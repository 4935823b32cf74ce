import { findingFingerprint, type Finding } from '../../../protocol/finding.ts';
import type { Workspace } from '../../../checks/workspace.ts';
import type { CommandOutcome, WorkContext } from '../../work.ts';
import { coverageTool } from './coverage-findings.ts';
import { producedFiles } from './produced-files.ts';

export interface TestRun {
  /** Files that the run wrote or changed. */
  readonly produced: Workspace;
  readonly timedOut: boolean;
  readonly findings: readonly Finding[];
}

const keptLines = 50;
const longestLine = 500;

/** Runs the repository's own test command in a private copy; how it ended and its last lines become evidence. */
export async function runTests(context: WorkContext<unknown>, command: readonly string[]): Promise<TestRun> {
  // A tenth of the task's time stays for reading what the run left.
  const timeoutMs = Math.floor(context.task.limits.timeoutMs * 0.9);
  const outcome = await context.runCommand(command, { timeoutMs });
  await context.keepEvidence('Test run', 'application/json', {
    command,
    exitCode: outcome.code,
    duration: outcome.timedOut ? `stopped at the limit of ${timeoutMs} ms` : `within the limit of ${timeoutMs} ms`,
    stdout: lastLines(outcome.stdout, outcome.directory),
    stderr: lastLines(outcome.stderr, outcome.directory),
  });
  return {
    produced: producedFiles(outcome.directory, context.workspace),
    timedOut: outcome.timedOut,
    findings: outcome.code === 0 ? [] : [testsFail(command, outcome)],
  };
}

function lastLines(output: string, directory: string): readonly string[] {
  const lines = output.trimEnd().split('\n').slice(-keptLines);
  return lines.map((line) => line.replaceAll(directory, '.').slice(0, longestLine));
}

function testsFail(command: readonly string[], outcome: CommandOutcome): Finding {
  const ruleId = 'coverage/tests-fail';
  const subject = command.join(' ');
  return {
    fingerprint: findingFingerprint(ruleId, subject, ''),
    ruleId,
    tool: coverageTool,
    severity: 'high',
    confidence: 'high',
    subject,
    message: `The test command \`${subject}\` ${ending(outcome)}.`,
    remedy: 'Run the command in a fresh checkout and mend what fails; its last lines are in the evidence "Test run".',
    basis: 'measured',
  };
}

function ending(outcome: CommandOutcome): string {
  if (outcome.timedOut) return 'did not end within its time limit';
  return outcome.code === null ? 'was ended by a signal' : `ended with exit code ${outcome.code}`;
}
