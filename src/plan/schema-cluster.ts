import { z } from 'zod';
import * as value from './schema-values.ts';

const placement = z
  .array(
    z.strictObject({
      node: value.label.describe('Host name of a node'),
      workers: z.array(value.slug).max(256).describe('Task ids'),
    }),
  )
  .max(256)
  .default([])
  .describe('Which worker is wanted on which node; leave it empty to let the cluster decide');

export const clusterSchema = z
  .strictObject({
    namespace: value.label.default('cortex-workers').describe('Namespace of the workers'),
    image: value.image.default('node:24-bookworm').describe('Image that workers run in; best with a digest'),
    spread: z.enum(['hostname', 'zone', 'none']).default('hostname').describe('What workers are spread over'),
    nodes: z
      .strictObject({
        ready: z.int().min(0).max(10_000).default(0).describe('Nodes that must be Ready before the start; 0 = any'),
        cpu: value.cpu.optional().describe('What the largest node has for one worker'),
        memory: value.size.optional().describe('What the largest node has for one worker'),
      })
      .prefault({})
      .describe('What the plan expects of the nodes'),
    quota: z
      .strictObject({
        pods: z.int().min(1).max(100_000).optional().describe('Pods'),
        cpu: value.cpu.optional().describe('Sum of requested processors'),
        memory: value.size.optional().describe('Sum of requested memory'),
      })
      .default({})
      .describe('The quota of the namespace, where it has one'),
    tolerations: z
      .array(
        z.strictObject({
          key: value.labelKey.describe('Key of the taint'),
          operator: z.enum(['Equal', 'Exists']).default('Equal').describe('Whether the value counts'),
          value: value.labelValue.default('').describe('Value of the taint'),
          effect: z
            .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
            .default('NoSchedule')
            .describe('Effect of the taint'),
        }),
      )
      .max(20)
      .default([])
      .describe('Taints that workers tolerate'),
    nodeSelector: z.record(value.labelKey, value.labelValue).default({}).describe('Labels that a node must have'),
    placement,
  })
  .prefault({})
  .describe('How workers run where there is a cluster');
