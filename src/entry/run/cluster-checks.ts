import { typedClients } from '../../cluster/kubernetes/api/typed-clients.ts';
import { guarded, type CheckLine } from '../../cluster/kubernetes/doctor/check.ts';
import { examineForRun } from '../../cluster/kubernetes/doctor/examine.ts';
import type { Ground } from '../../cluster/kubernetes/doctor/ground.ts';
import type { ClusterLauncher } from '../cluster/launcher.ts';
import type { Run } from './run-execution.ts';

/** What would make a run on this cluster fail, as this process sees it over its own way in. */
export function clusterChecks(run: Run, cluster: ClusterLauncher): Promise<readonly CheckLine[]> {
  return guarded('cluster', () =>
    examineForRun(groundOf(run, cluster), { about: cluster.about, isUnverified: cluster.isUnverified }),
  );
}

function groundOf({ routed, doors, id, head }: Run, { transport, program }: ClusterLauncher): Ground {
  return {
    transport,
    clients: typedClients(transport),
    wishes: routed.plan.cluster,
    tasks: [...routed.tasks.values()],
    parallel: doors.launcher.slots,
    execution: id,
    repository: head.repository,
    program,
    tunnel: undefined,
    now: doors.now,
    clock: 'the store',
  };
}
