import type { WorkerKind } from '../../protocol/words.ts';
import type { KindImplementation } from '../work.ts';

/**
 * Every worker kind with its rule-made capabilities. A new capability: one file, and one line here. A worker does one
 * task, so each capability is loaded when it is asked for, and its start costs a fifth less.
 */
export const kinds: { readonly [K in WorkerKind]: KindImplementation<K> } = {
  'catalog-worker': {
    repository: async (work) => (await import('./catalog/repository.ts')).catalogRepository(work),
  },
  'scan-worker': {
    secrets: async (work) => (await import('./scan/secrets.ts')).scanSecretsCapability(work),
    workflows: async (work) => (await import('./scan/workflows.ts')).scanWorkflows(work),
  },
  'implementation-worker': {
    'fix-workflows': async (work) => (await import('./implementation/fix-workflows.ts')).fixWorkflows(work),
  },
  'test-worker': {
    coverage: async (work) => (await import('./test/coverage.ts')).measureCoverage(work),
    inventory: async (work) => (await import('./test/inventory.ts')).inventoryTests(work),
  },
  'analysis-worker': {
    hotspots: async (work) => (await import('./analysis/hotspots.ts')).rankHotspots(work),
    workflows: async (work) => (await import('./analysis/workflows.ts')).analyseWorkflows(work),
    monitoring: async (work) => (await import('./analysis/monitoring.ts')).analyseMonitoring(work),
  },
  'documentation-worker': {
    drift: async (work) => (await import('./documentation/drift.ts')).findDrift(work),
  },
  'review-worker': {
    change: async (work) => (await import('./review/change.ts')).reviewChange(work),
  },
};
