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
    servers: z
      .enum(['avoid', 'allow'])
      .default('avoid')
      .describe('Whether workers may run on nodes of the control plane; `allow` where there are no others'),
    priorityClass: value.label.optional().describe('Priority class of the pods, which must exist'),
    runtimeClass: value.label.optional().describe('Runtime class of the pods, such as gvisor, which must exist'),
    queue: value.label.optional().describe('Local queue of Kueue in the namespace: workers wait in it for their turn'),
    images: z
      .record(value.kindOrCapability, value.pinnedImage)
      .default({})
      .describe('Other images with Node, by digest, per kind of worker or per kind and capability'),
    placement,
  })
  .prefault({})
  .describe('How workers run where there is a cluster');
