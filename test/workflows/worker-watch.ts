import { z } from 'zod';
import type { Cluster } from '../support/clusters.ts';

/** What the namespace of the workers held while something went on; at its end a run leaves nothing there. */
export interface SeenWorkers {
  readonly jobs: ReadonlySet<string>;
  /** With which its pods reach the store. */
  readonly passwords: ReadonlySet<string>;
}

const namespace = 'namespaces/cortex-workers';
const jobList = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });
const secretList = z.object({
  items: z.array(z.object({ data: z.object({ CORTEX_STORE: z.string().optional() }).optional() })),
});

/** Asks the API server again and again until the work has come to its end. Throws what the work throws. */
export async function whileLooking<T>(
  { api }: Pick<Cluster, 'api'>,
  work: Promise<T>,
): Promise<SeenWorkers & { readonly outcome: T }> {
  const [jobs, passwords] = [new Set<string>(), new Set<string>()];
  let isOver = false;
  const ended = work.finally(() => (isOver = true));
  // Whoever awaits it below sees the failure.
  ended.catch(() => undefined);
  while (!isOver) {
    const jobsNow = jobList.parse((await api.get(`/apis/batch/v1/${namespace}/jobs`)).body);
    for (const { metadata } of jobsNow.items) jobs.add(metadata.name);
    const secretsNow = secretList.parse((await api.get(`/api/v1/${namespace}/secrets`)).body);
    for (const { data } of secretsNow.items)
      if (data?.CORTEX_STORE !== undefined) passwords.add(passwordIn(data.CORTEX_STORE));
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return { outcome: await ended, jobs, passwords };
}

function passwordIn(encoded: string): string {
  return new URL(Buffer.from(encoded, 'base64').toString('utf8')).password;
}
