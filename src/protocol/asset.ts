import { z } from 'zod';

export const assetKinds = [
  'Repository',
  'Component',
  'API',
  'Image',
  'Workload',
  'Service',
  'Route',
  'Namespace',
  'Storage',
  'CustomResourceDefinition',
  'HelmRelease',
  'HelmChart',
  'Kustomization',
  'Resource',
  'Workflow',
  'TerraformModule',
  'TerraformResource',
  'Dashboard',
  'AlertGroup',
  'Secret',
  'ServiceAccount',
  'ConfigMap',
  'KubernetesObject',
  'Owner',
] as const;
export type AssetKind = (typeof assetKinds)[number];

/** A thing the catalog knows: a Backstage-shaped entity. Content only; packages are no assets. */
export const assetSchema = z.strictObject({
  /** `kind:namespace/name`, lower case: the entity's identity. */
  ref: z.string().regex(/^[a-z][a-z0-9]*:[^/\s]+\/\S+$/),
  kind: z.enum(assetKinds),
  namespace: z.string(),
  name: z.string(),
  /** Where it was seen, sorted: `<path>` or `<path>#<pointer>` inside the repository. */
  locators: z.array(z.string()).min(1),
  /** Asserted by CODEOWNERS or catalog-info.yaml; never guessed. */
  owner: z.strictObject({ name: z.string(), source: z.string() }).optional(),
  /** Facts of the kind: replicas, image tags, triggers… */
  spec: z.record(z.string(), z.json()),
  relations: z.array(z.strictObject({ type: z.string(), target: z.string() })),
});
export type Asset = z.infer<typeof assetSchema>;
