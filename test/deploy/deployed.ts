import { join } from 'node:path';
import { z } from 'zod';
import type { ApiAnswer } from '../support/cluster-api.ts';
import { startCluster, type Cluster, type ClusterOptions } from '../support/clusters.ts';

export const deployFolder = join(import.meta.dirname, '..', '..', 'deploy');

/** Controllers with a service account each, as K3s runs them: the policy knows the Job controller by its name. */
export const namedControllers: readonly string[] = ['--controllers-arg', '--use-service-account-credentials=true'];

/** A cluster with `deploy/`, or an overlay of it, in force. */
export async function startDeployed(options: ClusterOptions, overlay = ''): Promise<Cluster> {
  const cluster = await startCluster({ ...options, args: [...namedControllers, ...(options.args ?? [])] });
  try {
    await cluster.kubectl(['apply', '-k', join(deployFolder, overlay)]);
    await untilPoliciesHold(cluster);
    return cluster;
  } catch (error) {
    await cluster.down();
    throw error;
  }
}

/** Asks again until the answer is the wanted one; throws what it was at the end. */
export async function eventually<T>(ask: () => Promise<T>, fits: (answer: T) => boolean, waitMs = 30_000): Promise<T> {
  const end = Date.now() + waitMs;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (Date.now() > end) throw new Error(`not within ${waitMs} ms; the last answer was ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The API server takes a policy up a moment after it was written. */
async function untilPoliciesHold({ api }: Cluster): Promise<void> {
  const paths = { jobs: '/apis/batch/v1', cronjobs: '/apis/batch/v1', secrets: '/api/v1' };
  for (const [resource, group] of Object.entries(paths)) {
    const path = `${group}/namespaces/cortex-workers/${resource}?dryRun=All`;
    const launcher = { user: 'anybody', groups: ['system:masters', 'cortex:launchers'] };
    await eventually(
      () => api.post(path, probes[resource], launcher),
      ({ text }) => text.includes('ValidatingAdmissionPolicy'),
    );
  }
}

const spec = { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'worker', image: 'x' }] } } };
const probes: Readonly<Record<string, unknown>> = {
  jobs: { metadata: { name: 'probe' }, spec },
  cronjobs: { metadata: { name: 'probe' }, spec: { schedule: '0 0 * * *', jobTemplate: { spec } } },
  secrets: { metadata: { name: 'probe' } },
};

const listSchema = z.object({ items: z.array(z.unknown()) });

/** The objects of a list. */
export function itemsOf({ body }: ApiAnswer): readonly unknown[] {
  return listSchema.parse(body).items;
}
