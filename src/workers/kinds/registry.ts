import type { WorkerKind } from '../../protocol/words.ts';
import type { KindImplementation } from '../work.ts';
import { analyseMonitoring } from './analysis/monitoring.ts';
import { analyseWorkflows } from './analysis/workflows.ts';
import { rankHotspots } from './analysis/hotspots.ts';
import { catalogRepository } from './catalog/repository.ts';
import { findDrift } from './documentation/drift.ts';
import { fixWorkflows } from './implementation/fix-workflows.ts';
import { reviewChange } from './review/change.ts';
import { scanSecretsCapability } from './scan/secrets.ts';
import { scanWorkflows } from './scan/workflows.ts';
import { inventoryTests } from './test/inventory.ts';
import { measureCoverage } from './test/coverage.ts';

/** Every worker kind with its rule-made capabilities. A new capability: one file, and one line here. */
export const kinds: { readonly [K in WorkerKind]: KindImplementation<K> } = {
  'catalog-worker': { repository: catalogRepository },
  'scan-worker': { secrets: scanSecretsCapability, workflows: scanWorkflows },
  'implementation-worker': { 'fix-workflows': fixWorkflows },
  'test-worker': { coverage: measureCoverage, inventory: inventoryTests },
  'analysis-worker': { hotspots: rankHotspots, workflows: analyseWorkflows, monitoring: analyseMonitoring },
  'documentation-worker': { drift: findDrift },
  'review-worker': { change: reviewChange },
};
