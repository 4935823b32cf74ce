import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportSchema, type Report } from '../src/protocol/report.ts';
import { timeNode } from './measure.ts';

/** One whole run, and the least that it could have taken with the same workers. Times in milliseconds. */
export interface RunFigures {
  readonly wallMs: number;
  /** The slowest chain of workers along the needs of their tasks. */
  readonly chainMs: number;
  /** CPU time of all workers over the cores of this machine. */
  readonly cpuMs: number;
  /** The larger of both. */
  readonly boundMs: number;
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly parentPeakBytes: number;
  readonly workerPeakBytes: number;
}

/** Notes the largest resident size of its process, in KiB, as that process ends. */
const noteMemory = `data:text/javascript,${encodeURIComponent(
  "import { writeFileSync } from 'node:fs';" +
    "process.on('exit', () => writeFileSync(process.env.BENCH_MEMORY, String(process.resourceUsage().maxRSS)));",
)}`;

/** Runs a plan on a repository, with state in a folder of its own that is removed afterwards. */
export function measureRun(run: {
  readonly cli: string;
  readonly plan: string;
  readonly repository: string;
}): RunFigures {
  const out = mkdtempSync(join(tmpdir(), 'cortex-bench-'));
  try {
    const memory = join(out, 'memory');
    const flags = ['--target', run.repository, '--out', join(out, 'coordination'), '--json'];
    const startedAt = Date.now();
    const { wallMs, stdout } = timeNode(['--import', noteMemory, run.cli, 'run', run.plan, ...flags], {
      BENCH_MEMORY: memory,
    });
    const report = reportSchema.parse(JSON.parse(stdout));
    const figures = {
      ...workerFigures(report, needsIn(join(out, 'coordination'))),
      ...marginsOf(report, { startedAt, endedAt: startedAt + wallMs }),
    };
    return { ...figures, wallMs, parentPeakBytes: Number(readFileSync(memory, 'utf8')) * 1024 };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function workerFigures(
  report: Report,
  needs: ReadonlyMap<string, readonly string[]>,
): Pick<RunFigures, 'chainMs' | 'cpuMs' | 'boundMs' | 'workerPeakBytes'> {
  const chainMs = 1000 * slowestChain(report, needs);
  const cpuMs =
    (1000 * report.workers.reduce((sum, worker) => sum + (worker.cpu_seconds ?? 0), 0)) / availableParallelism();
  const workerPeakBytes = 1024 * 1024 * Math.max(0, ...report.workers.map((worker) => worker.peak_mebibytes ?? 0));
  return { chainMs, cpuMs, boundMs: Math.max(chainMs, cpuMs), workerPeakBytes };
}

/** Seconds of the chain of tasks whose workers, one after the other, took longest. */
function slowestChain(report: Report, needs: ReadonlyMap<string, readonly string[]>): number {
  const known = new Map<string, number>();
  const upTo = (task: string): number => {
    const own = report.workers
      .filter((worker) => worker.task_id === task)
      .reduce((sum, worker) => sum + (worker.duration_seconds ?? 0), 0);
    const before = Math.max(0, ...(needs.get(task) ?? []).map((need) => known.get(need) ?? upTo(need)));
    known.set(task, own + before);
    return own + before;
  };
  return Math.max(0, ...report.tasks.map((task) => upTo(task.task_id)));
}

interface QueuedTask {
  readonly task_id: string;
  readonly dependencies: readonly string[];
}

function needsIn(coordination: string): ReadonlyMap<string, readonly string[]> {
  const queue = JSON.parse(readFileSync(join(coordination, 'task-queue.json'), 'utf8')) as {
    readonly tasks: readonly QueuedTask[];
  };
  return new Map(queue.tasks.map((task) => [task.task_id, task.dependencies]));
}

function marginsOf(
  report: Report,
  whole: { readonly startedAt: number; readonly endedAt: number },
): Pick<RunFigures, 'beforeMs' | 'afterMs'> {
  const first = Math.min(...report.workers.map((worker) => Date.parse(worker.started_at)));
  const last = Math.max(...report.workers.map((worker) => Date.parse(worker.completed_at ?? '')));
  return { beforeMs: first - whole.startedAt, afterMs: whole.endedAt - last };
}
