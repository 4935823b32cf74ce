import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEvent, type Event } from '../../src/protocol/event.ts';
import { canonicalJson } from '../../src/shared/canonical.ts';
import { runCli, type CliOutcome } from './cli.ts';
import { programs, readResults } from './journey.ts';
import { scratchRepository } from './scratch-repository.ts';

/** A plan that makes every kind of event that a local run can make, carried out by the scripted worker. */
export const scriptedPlan = `
apiVersion: cortex/v1
kind: Plan
metadata: { name: scripted, description: Every kind of event }
spec:
  deadline: 10m
  phases: { preflight: 1m, activation: 1m, distribution: 1m, execution: 4s, aggregation: 1m, report: 1m }
  budget: { tokens: 100000, usd: 5, reserve: 10000 }
  escalations: { default: proceed, wait: 1s }
  workers:
    scan-worker: { timeout: 4s }
    analysis-worker: { timeout: 2s }
    implementation-worker: { timeout: 2s }
    review-worker: { timeout: 2s }
    documentation-worker: { timeout: 2s }
  masters:
    - name: coordinator-master
      budget: { personal: 1000 }
    - name: security-master
      budget: { personal: 20000 }
      tasks:
        - { id: find, goal: finding=critical tokens=1100, worker: scan-worker, capability: secrets }
        - { id: lose-once, goal: lose=1 tokens=700, worker: scan-worker, capability: workflows, retries: 1 }
    - name: cicd-master
      budget: { personal: 20000 }
      tasks:
        - { id: propose, goal: change tokens=300, worker: implementation-worker, capability: fix-workflows }
        - { id: break, goal: fail tokens=50, worker: analysis-worker, capability: workflows, retries: 0 }
        - { id: after-break, goal: never tokens=0, worker: analysis-worker, capability: monitoring, needs: [break] }
    - name: development-master
      budget: { personal: 20000, pool: 9000 }
      tasks:
        - { id: look-over, goal: review tokens=200, worker: review-worker, capability: change, needs: [propose] }
        - { id: write-code, goal: skipped tokens=0, worker: implementation-worker, capability: implement, tokens: 8000, retries: 0 }
  tasks:
    - { id: nobody's, goal: documentation tokens=0, worker: documentation-worker, capability: drift, area: documentation }
  success:
    - { id: done, check: tasks.failed == 0 && tasks.blocked == 0 }
`.replace("nobody's", 'unowned');

/** What an execution amounts to, without times: findings, assets, changes and books. */
export function contentOf(out: string, id: string): string {
  const results = readResults(out, id) as {
    findings: unknown;
    changes: unknown;
    totals: Record<string, unknown>;
    masters: Record<string, { tokens_used: number }>;
    tasks: unknown;
  };
  const { findings, changes, totals, tasks } = results;
  const books = Object.fromEntries(Object.entries(results.masters).map(([name, master]) => [name, master.tokens_used]));
  return canonicalJson({ findings, changes, totals, books, tasks }, 1);
}

export function readLog(out: string, id: string): readonly Event[] {
  const text = readFileSync(join(out, 'executions', id, 'events.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => parseEvent(JSON.parse(line)));
}

export const resumeId = 'CORTEX-EXEC-RESUMED';

export interface ScriptedWorld {
  readonly path: string;
  readonly out: string;
  readonly remove: () => void;
}

/** One fresh world for a run of a plan by the scripted worker. */
export function scriptedWorld(
  plan: string = scriptedPlan,
  files: Readonly<Record<string, string>> = { 'README.md': 'a\n' },
): ScriptedWorld {
  const { directory, remove } = scratchRepository({ ...files, 'plans/scripted.yaml': plan });
  return { path: directory, out: join(directory, 'coordination'), remove };
}

const flags = ['--worker', join(programs, 'scripted-worker.mjs'), '--retry-wait', '4s', '--parallel-workers', '4'];

/** Runs the plan of the world to its end, or until `kill` says. */
export function startScripted(world: ScriptedWorld, kill?: Record<string, string>): Promise<CliOutcome> {
  const preload = kill ? { preload: join(programs, 'kill-after.mjs'), env: kill } : {};
  return runCli(['run', 'plans/scripted.yaml', '--id', resumeId, ...flags], { cwd: world.path, ...preload });
}

export function resumeScripted(world: ScriptedWorld): Promise<CliOutcome> {
  return runCli(['run', '--resume', resumeId, ...flags], { cwd: world.path });
}

/** Workers that were started again after they had finished. */
export function finishedTwice(events: readonly Event[]): readonly string[] {
  const finished = new Set<string>();
  const again: string[] = [];
  for (const event of events) {
    if (event.type === 'worker.launched' && finished.has(event.data.worker)) again.push(event.data.worker);
    if (event.type === 'worker.finished') finished.add(event.data.worker);
  }
  return again;
}
