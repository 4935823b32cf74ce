import { typedClients } from '../../../src/cluster/kubernetes/api/typed-clients.ts';
import type { Transport } from '../../../src/cluster/kubernetes/api/transport.ts';
import type { CheckLine } from '../../../src/cluster/kubernetes/doctor/check.ts';
import type { Ground } from '../../../src/cluster/kubernetes/doctor/ground.ts';
import { allTasks, type Plan } from '../../../src/plan/plan.ts';
import { changedPlan, validPlan, type Change } from '../../support/plans.ts';

/** The simple plan with one difference, complete. */
export function planWith(change: Change = () => {}): Plan {
  return validPlan(changedPlan(change)).plan;
}

/** What a cluster is examined for: the simple plan, by the clock of this process. */
export function groundOver(transport: Transport, plan: Plan = planWith(), change: Partial<Ground> = {}): Ground {
  return {
    transport,
    clients: typedClients(transport),
    wishes: plan.cluster,
    tasks: allTasks(plan),
    parallel: plan.parallel.workers,
    execution: 'CORTEX-EXEC-DOCTOR',
    repository: 'example/shop',
    program: { gzip: new Uint8Array([1, 2, 3]), sha256: '0'.repeat(64), start: 'import "./worker.mjs";' },
    tunnel: undefined,
    now: Date.now,
    clock: 'this machine',
    ...change,
  };
}

/** Names of the checks that failed. */
export function failedChecks(lines: readonly CheckLine[]): readonly string[] {
  return lines.filter(({ ok }) => ok === false).map(({ check }) => check);
}

/** The one line of a check. */
export function lineOf(lines: readonly CheckLine[], check: string): CheckLine | undefined {
  return lines.find((line) => line.check === check);
}
