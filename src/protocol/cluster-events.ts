import { z } from 'zod';

const count = z.int().min(0);

/** What a node or the pod of a worker used at one moment, as the cluster's metrics tell it. */
const use = { cpuMillicores: count, memoryBytes: count };

/** Events about the cluster that workers run on. */
export const clusterEventData = {
  /** A process sees no more what happens to its workers; they go on. */
  'watch.lost': z.strictObject({ leg: z.string(), detail: z.string() }),
  'watch.restored': z.strictObject({ leg: z.string(), gapMs: count }),
  /** One sample of the metrics; a node or pod that has none is not in it. */
  'cluster.sampled': z.strictObject({
    leg: z.string(),
    nodes: z.array(
      z.strictObject({
        node: z.string(),
        server: z.boolean(),
        ...use,
        allocatableCpuMillicores: count,
        allocatableMemoryBytes: count,
      }),
    ),
    workers: z.array(z.strictObject({ worker: z.string(), ...use })),
  }),
  /** The cluster has no metrics to sample, or this process may not read them. */
  'cluster.unsampled': z.strictObject({ leg: z.string(), reason: z.string() }),
  /** Somebody asked for the end of the whole execution. */
  'execution.cancelled': z.strictObject({ by: z.string() }),
} as const;
