/**
 * What Cortex claims of its speed, measured on this machine: `npm run bench [-- <repository>…]`. Programs that are compared
 * run in turns, so that a busy moment meets both; figures are medians. Goals stand beside them and fail nothing.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { medianOf, rotate } from './measure.ts';
import { measureRun, type RunFigures } from './run-figures.ts';
import { seconds, table, type Row } from './table.ts';

const root = join(import.meta.dirname, '..');
const cli = join(root, 'dist', 'cli.mjs');
const plan = join(root, 'plans', 'full-orchestration.yaml');
const startRuns = 25;
const planRuns = 5;

const repositories = [root, ...process.argv.slice(2)];
console.log(`Node ${process.version} on ${availableParallelism()} cores; ${startRuns} starts, ${planRuns} runs each\n`);
console.log(table([...startRows(), ...repositories.flatMap(runRows)]));

function startRows(): readonly Row[] {
  const timeOf = rotate(startRuns, { empty: ['-e', '0'], help: [cli, '--help'], validate: [cli, 'validate', plan] });
  const [empty, help, validate] = [timeOf('empty'), timeOf('help'), timeOf('validate')];
  return [
    { what: 'node -e 0', measured: seconds(empty) },
    { what: 'cortex --help', measured: seconds(help), ratio: help / empty },
    { what: 'cortex validate', measured: seconds(validate), ratio: validate / empty, goal: '≤ 2.5 × node -e 0' },
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
