/**
 * What Cortex claims of its speed, measured on this machine: `npm run bench [-- <repository>…]`. Programs that are compared
 * run in turns, so that a busy moment meets both; figures are medians. Goals stand beside them and fail nothing.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { medianOf, rotate } from './measure.ts';
import { measurePublishing } from './publish-figures.ts';
import { measureRun, type RunFigures } from './run-figures.ts';
import { seconds, table, type Row } from './table.ts';

const root = join(import.meta.dirname, '..');
const cli = join(root, 'dist', 'cli.mjs');
const plan = join(root, 'plans', 'full-orchestration.yaml');
const startRuns = 25;
const planRuns = 5;
const changes = 100;

const repositories = [root, ...process.argv.slice(2)];
console.log(`Node ${process.version} on ${availableParallelism()} cores; ${startRuns} starts, ${planRuns} runs each\n`);
console.log(table([...startRows(), ...publishRows(), ...repositories.flatMap(runRows)]));

function startRows(): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-bench-'));
  try {
    const warned = join(folder, 'warned.yaml');
    writeFileSync(warned, withWarning(readFileSync(plan, 'utf8')));
    return rowsBeside(
      rotate(startRuns, {
        empty: ['-e', '0'],
        help: [cli, '--help'],
        validate: [cli, 'validate', plan],
        check: [cli, 'check', plan],
        warned: [cli, 'check', warned],
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowsBeside(timeOf: (name: 'empty' | 'help' | 'validate' | 'check' | 'warned') => number): readonly Row[] {
  const empty = timeOf('empty');
  const row = (what: string, ms: number): Row => ({ what, measured: seconds(ms), ratio: ms / empty });
  return [
    { what: 'node -e 0', measured: seconds(empty) },
    row('cortex --help', timeOf('help')),
    { ...row('cortex validate', timeOf('validate')), goal: '≤ 2.5 × node -e 0' },
    { ...row('cortex check', timeOf('check')), goal: '≤ 3 × node -e 0' },
    row('  of a plan with a warning', timeOf('warned')),
  ];
}

/** What is to be said of a plan takes the libraries that a plan without a fault is read without. */
function withWarning(text: string): string {
  const warned = text.replace('implementation-worker: { tokens: 100000,', 'implementation-worker: { tokens: 19999,');
  if (warned === text) throw new Error('the plan has no tokens of implementation workers to lower');
  return warned;
}

function publishRows(): readonly Row[] {
  const { first, again } = measurePublishing(changes);
  return [
    {
      what: `report job of ${changes} changes: requests to GitHub for each`,
      measured: (first / changes).toFixed(2),
      goal: '≤ 6',
    },
    { what: '  a second one of the same: requests in all', measured: String(again) },
  ];
}

function runRows(repository: string): readonly Row[] {
  const runs = Array.from({ length: planRuns }, () => measureRun({ cli, plan, repository }));
  const of = (pick: (run: RunFigures) => number): number => medianOf(runs, pick);
  const ratio = medianOf(runs, (run) => run.wallMs / run.boundMs);
  return [
    {
      what: `run ${repository}`,
      measured: seconds(of((run) => run.wallMs)),
      ratio,
      goal: '≤ 1.10 × the larger of the next two',
    },
    { what: '  slowest chain of workers', measured: seconds(of((run) => run.chainMs)) },
    { what: '  CPU of all workers over the cores', measured: seconds(of((run) => run.cpuMs)) },
    { what: '  before the first worker', measured: seconds(of((run) => run.beforeMs)) },
    { what: '  after the last worker', measured: seconds(of((run) => run.afterMs)) },
    { what: '  peak memory of the parent', measured: mebibytes(of((run) => run.parentPeakBytes)) },
    { what: '  peak memory of the largest worker', measured: mebibytes(of((run) => run.workerPeakBytes)) },
  ];
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
}
