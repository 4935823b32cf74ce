import type { V1Pod, V1ServicePort } from '@kubernetes/client-node';
import { outside, problem } from '../../../shared/errors.ts';
import { ifThere } from '../api/api-errors.ts';
import type { TypedClients } from '../api/typed-clients.ts';

interface Wanted {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
}

/** A pod of the service that is Ready, and its own port for the service's. Throws `tunnel-service`, `tunnel-no-pod`. */
export async function findReadyPod(
  clients: TypedClients,
  { namespace, service, port }: Wanted,
): Promise<{ readonly name: string; readonly port: number }> {
  const found = await ifThere(clients.core.readNamespacedService({ namespace, name: service }));
  if (!found) {
    throw problem('tunnel-service', `There is no service ${service} in ${namespace}`, {
      hint: 'Write the address as redis+tunnel://<service>.<namespace>; `kubectl apply -k deploy/` makes redis.cortex-system.',
    });
  }
  const open = found.spec?.ports?.find((each) => each.port === port);
  const selector = Object.entries(found.spec?.selector ?? {});
  if (!open || selector.length === 0) {
    const ports = found.spec?.ports?.map((each) => each.port).join(', ') ?? '';
    throw problem('tunnel-service', `The service ${service} of ${namespace} leads port ${port} to no pod`, {
      hint: `Its ports are ${ports || 'none'}.`,
    });
  }
  const labelSelector = selector.map(([key, value]) => `${key}=${value}`).join(',');
  const { items } = await clients.core.listNamespacedPod({ namespace, labelSelector });
  const ready = items.find(isReady);
  if (ready) return { name: ready.metadata?.name ?? '', port: targetPort(ready, open) };
  throw outside('tunnel-no-pod', `None of ${items.length} pods of ${service} in ${namespace} is Ready`, {
    hint: `See what holds them: kubectl -n ${namespace} get pods -l ${labelSelector}`,
    retryable: true,
  });
}

function isReady({ metadata, status }: V1Pod): boolean {
  const isOpen = status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
  return isOpen && metadata?.deletionTimestamp === undefined;
}

/** A service may name the port of its pods by number or by name. */
function targetPort(pod: V1Pod, { port, targetPort: target }: V1ServicePort): number {
  if (target === undefined) return port;
  if (typeof target === 'number') return target;
  const ports = pod.spec?.containers.flatMap((container) => container.ports ?? []) ?? [];
  return ports.find(({ name }) => name === String(target))?.containerPort ?? port;
}
