import { runCli, startCli, type CliOutcome, type RunningCli } from './cli.ts';
import { scriptedWorld, type ScriptedWorld } from './resumed-run.ts';
import { freshId, scriptedFlags, startLeg, type LegOptions, type SharedRun } from './shared-run.ts';

/** Found, changed and reviewed by the scripted worker; what needs the finding waits for an answer where that is critical. */
export function smallSharedPlan(severity: 'high' | 'critical'): string {
  return `
apiVersion: cortex/v1
kind: Plan
metadata: { name: small, description: A finding and what follows it }
spec:
  deadline: 60m
  budget: { tokens: 100000, usd: 5, reserve: 10000 }
  escalations: { default: proceed, wait: 30s }
  masters:
    - name: coordinator-master
    - name: security-master
      tasks:
        - { id: find, goal: finding=${severity} tokens=1100, worker: scan-worker, capability: secrets }
        - { id: follow, goal: tokens=20, worker: scan-worker, capability: workflows, needs: [find] }
    - name: cicd-master
      tasks:
        - { id: propose, goal: change tokens=300, worker: implementation-worker, capability: fix-workflows }
    - name: development-master
      tasks:
        - { id: look-over, goal: tokens=200, worker: review-worker, capability: change, needs: [propose] }
  success:
    - { id: done, check: tasks.failed == 0 && tasks.blocked == 0 }
`;
}

/** An execution over a shared store, and a folder elsewhere in which people look at it. */
export interface SmallRun {
  readonly run: SharedRun;
  readonly world: ScriptedWorld;
  /** A process of the run. */
  readonly start: (leg?: LegOptions) => RunningCli;
  /** A process that goes on with it, told no more than its id. */
  readonly resume: (leg?: LegOptions) => RunningCli;
  /** A command given elsewhere; it has the store by its environment. */
  readonly cortex: (...args: readonly string[]) => Promise<CliOutcome>;
  readonly watch: (...flags: readonly string[]) => RunningCli;
  readonly elsewhere: string;
  readonly remove: () => void;
}

export interface SmallRunOptions {
  readonly severity?: 'high' | 'critical';
  readonly lease?: string;
}

export function smallRun(url: string, { severity = 'high', lease = '3s' }: SmallRunOptions = {}): SmallRun {
  const world = scriptedWorld(smallSharedPlan(severity));
  const flags = scriptedFlags.map((flag) => (flag === '3s' ? lease : flag));
  const run = { url, id: freshId(), path: world.path, flags };
  const other = scriptedWorld();
  const place = { cwd: other.path, env: { CORTEX_STORE: url } };
  return {
    run,
    world,
    start: (leg) => startLeg(run, leg),
    resume: ({ out = world.out, env = {} } = {}) =>
      startCli(['run', '--resume', run.id, '--out', out, ...flags], {
        cwd: world.path,
        env: { CORTEX_STORE: url, ...env },
      }),
    cortex: (...args) => runCli(args, place),
    watch: (...flags) => startCli(['watch', run.id, ...flags], place),
    elsewhere: other.path,
    remove: () => {
      world.remove();
      other.remove();
    },
  };
}
