import { codeOf, ifThere } from '../api/api-errors.ts';
import { failed, met, unasked, type CheckLine } from './check.ts';
import { look, readObject, type Ground } from './ground.ts';

/** Something in the cluster that the plan names, and that has to be there. */
interface Wanted {
  readonly check: string;
  readonly field: string;
  readonly name: string;
  readonly read: () => Promise<unknown>;
  readonly remedy: string;
}

const queues = '/apis/kueue.x-k8s.io/v1beta1';

/** Whether priority class, runtime class and queue that the plan names are there; a plan that names none has no line. */
export async function wantedChecks(ground: Ground): Promise<readonly CheckLine[]> {
  return Promise.all(wantedOf(ground).map(judge));
}

function wantedOf({ clients, transport, wishes }: Ground): readonly Wanted[] {
  const { priorityClass, runtimeClass, queue, namespace } = wishes;
  const all = [
    {
      check: 'priority class',
      field: 'priorityClass',
      name: priorityClass,
      read: () => clients.scheduling.readPriorityClass({ name: priorityClass ?? '' }),
      remedy: 'Name another in spec.cluster.priorityClass; kubectl apply -k deploy/ makes cortex-worker.',
    },
    {
      check: 'runtime class',
      field: 'runtimeClass',
      name: runtimeClass,
      read: () => readObject(transport, `/apis/node.k8s.io/v1/runtimeclasses/${runtimeClass}`),
      remedy: 'Install the runtime on the nodes and make its RuntimeClass, or delete spec.cluster.runtimeClass.',
    },
    {
      check: 'queue',
      field: 'queue',
      name: queue,
      read: () => readObject(transport, `${queues}/namespaces/${namespace}/localqueues/${queue}`),
      remedy: `Make the LocalQueue in ${namespace} (install Kueue first where it is missing), or delete spec.cluster.queue.`,
    },
  ];
  return all.flatMap(({ name, ...each }) => (name === null ? [] : [{ ...each, name }]));
}

async function judge({ check, field, name, read, remedy }: Wanted): Promise<CheckLine> {
  const needed = `${name} (spec.cluster.${field})`;
  const seen = await look(ifThere(read()));
  if ('hidden' in seen) return unasked(check, `${name} is unknown: ${seen.hidden}`, needed);
  if (seen.value !== undefined) return met(check, `${name} is there`, needed);
  return failed(check, { seen: `there is no ${name}`, needed, remedy });
}

/** Longer than this nobody waits for figures that a run can do without, in ms. */
const metricsMs = 3000;
const unknownBy = 'what nodes and workers use stays unknown';

/** Whether the cluster tells what nodes and pods use: a run goes on without. */
export async function metricsCheck({ transport }: Ground): Promise<CheckLine> {
  const needed = 'metrics-server, where the use of nodes is to be known';
  try {
    const path = '/apis/metrics.k8s.io/v1beta1/nodes';
    const list = (await readObject(transport, path, AbortSignal.timeout(metricsMs))) as { items?: unknown[] };
    return met('metrics', `metrics-server tells of ${list.items?.length ?? 0} nodes`, needed);
  } catch (error) {
    const code = codeOf(error);
    const why =
      code === 404
        ? 'there is no metrics-server'
        : code === 403
          ? 'this way in may not read metrics'
          : 'the metrics do not answer';
    return unasked('metrics', `${why}: ${unknownBy}`, needed);
  }
}
