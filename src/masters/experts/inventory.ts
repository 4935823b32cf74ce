import type { Expert } from './expert.ts';

export const inventoryExpert: Expert = {
  master: 'inventory-master',
  expertise: 'Assets: components, workloads, images, workflows, infrastructure and their owners',
  areas: ['inventory'],
  owns: ['catalog-worker/repository'],
  words: ['inventory', 'asset', 'catalog', 'owner', 'ownership', 'lineage', 'sbom', 'component'],
  mayUse: ['catalog-worker', 'analysis-worker', 'documentation-worker'],
  withoutTasks: 'It reports that nothing was asked of it; the baseline stays as it was.',
  good: 'Every declared object is one asset with its locators; what could not be read is named.',
};
