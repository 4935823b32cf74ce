import type { Expert } from './expert.ts';

export const cicdExpert: Expert = {
  master: 'cicd-master',
  expertise: 'GitHub Actions workflows: cost, speed and mechanical fixes',
  areas: ['cicd'],
  owns: ['analysis-worker/workflows', 'implementation-worker/fix-workflows'],
  words: ['workflow', 'pipeline', 'ci', 'deployment', 'action', 'cache', 'build time', 'release'],
  mayUse: ['analysis-worker', 'implementation-worker', 'scan-worker', 'review-worker'],
  withoutTasks: 'It reports that nothing was asked of it; no workflow is touched.',
  good: 'Each fixable finding has a change whose proof shows it gone and nothing new.',
};
