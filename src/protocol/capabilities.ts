import { z } from 'zod';
import { capabilityTraits, type CapabilityTraits } from './capability-traits.ts';
import type { WorkerKind } from './words.ts';

/** What the plan, the masters and the workers must know of a capability; `workers/kinds/` implements it. */
export interface CapabilityCard extends CapabilityTraits {
  readonly inputs: z.ZodObject;
}

const paths = z
  .array(z.string().min(1).max(200))
  .min(1)
  .max(100)
  .default(['**'])
  .describe('Globs, relative to the repository root; a leading ! excludes');

export const catalogSections = [
  'components',
  'interfaces',
  'workloads',
  'images',
  'workflows',
  'infrastructure',
  'monitoring',
  'owners',
] as const;
export type CatalogSection = (typeof catalogSections)[number];

export const fixableWorkflowRules = ['no-timeout', 'missing-permissions', 'no-concurrency'] as const;
export type FixableWorkflowRule = (typeof fixableWorkflowRules)[number];

const shard = z
  .strictObject({ index: z.int().min(1).max(64), of: z.int().min(1).max(64) })
  .default({ index: 1, of: 1 })
  .describe('This worker takes every file whose position in path order, modulo `of`, is `index` - 1');

const goalOnly = z.strictObject({ paths });

export const catalogInputs = {
  repository: z.strictObject({
    paths,
    sections: z
      .array(z.enum(catalogSections))
      .min(1)
      .default([...catalogSections]),
  }),
} as const;
export const scanInputs = { secrets: z.strictObject({ paths }), workflows: z.strictObject({ paths }) } as const;
export const implementationInputs = {
  'fix-workflows': z.strictObject({
    paths,
    shard,
    rules: z
      .array(z.enum(fixableWorkflowRules))
      .min(1)
      .default([...fixableWorkflowRules]),
    timeoutMinutes: z.int().min(1).max(360).default(30).describe('Time limit given to a job that has none'),
  }),
  implement: goalOnly,
} as const;
export const testInputs = {
  coverage: z.strictObject({
    reports: z
      .array(z.string().min(1).max(200))
      .max(50)
      .default(['**/lcov.info', '**/coverage-final.json', '**/cobertura*.xml', '**/coverage.xml', '**/cover*.out'])
      .describe('Globs of coverage reports: lcov, Istanbul JSON, Cobertura XML, Go cover profile'),
    command: z
      .array(z.string().min(1).max(500))
      .min(1)
      .max(50)
      .optional()
      .describe("The repository's own test command as an argument list; run in a copy of the workspace"),
  }),
  inventory: z.strictObject({ paths }),
  'write-tests': goalOnly,
} as const;
export const analysisInputs = {
  hotspots: z.strictObject({
    paths,
    months: z.int().min(1).max(120).default(12).describe('How far back from the commit, in months of 30 days'),
    top: z.int().min(1).max(500).default(20),
  }),
  workflows: z.strictObject({ paths }),
  monitoring: z.strictObject({ paths }),
} as const;
export const documentationInputs = { drift: z.strictObject({ paths }), write: goalOnly } as const;
export const reviewInputs = {
  change: z.strictObject({
    allow: z.array(z.string()).min(1).default(['**']).describe('Globs of paths that a change may touch'),
    maxFiles: z.int().min(1).max(1000).default(15),
    maxChangedLines: z.int().min(1).max(100_000).default(400),
  }),
} as const;

const {
  'catalog-worker': catalog,
  'scan-worker': scan,
  'implementation-worker': implementation,
  'test-worker': test,
  'analysis-worker': analysis,
  'documentation-worker': documentation,
  'review-worker': review,
} = capabilityTraits;

/** Every capability with what it is given. */
export const capabilities = {
  'catalog-worker': {
    repository: { ...catalog.repository, inputs: catalogInputs.repository },
  },
  'scan-worker': {
    secrets: { ...scan.secrets, inputs: scanInputs.secrets },
    workflows: { ...scan.workflows, inputs: scanInputs.workflows },
  },
  'implementation-worker': {
    'fix-workflows': { ...implementation['fix-workflows'], inputs: implementationInputs['fix-workflows'] },
    implement: { ...implementation.implement, inputs: implementationInputs.implement },
  },
  'test-worker': {
    coverage: { ...test.coverage, inputs: testInputs.coverage },
    inventory: { ...test.inventory, inputs: testInputs.inventory },
    'write-tests': { ...test['write-tests'], inputs: testInputs['write-tests'] },
  },
  'analysis-worker': {
    hotspots: { ...analysis.hotspots, inputs: analysisInputs.hotspots },
    workflows: { ...analysis.workflows, inputs: analysisInputs.workflows },
    monitoring: { ...analysis.monitoring, inputs: analysisInputs.monitoring },
  },
  'documentation-worker': {
    drift: { ...documentation.drift, inputs: documentationInputs.drift },
    write: { ...documentation.write, inputs: documentationInputs.write },
  },
  'review-worker': {
    change: { ...review.change, inputs: reviewInputs.change },
  },
} as const satisfies Record<WorkerKind, Record<string, CapabilityCard>>;

export type Capabilities = typeof capabilities;

/** The card of a capability, or undefined where the kind has none of that name. */
export function capabilityCard(kind: WorkerKind, capability: string): CapabilityCard | undefined {
  const cards: Record<string, CapabilityCard> = capabilities[kind];
  return Object.hasOwn(cards, capability) ? cards[capability] : undefined;
}
