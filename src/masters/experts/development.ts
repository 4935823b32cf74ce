import type { Expert } from './expert.ts';

export const developmentExpert: Expert = {
  master: 'development-master',
  expertise: 'Code: hotspots, features, reviews and documentation',
  areas: ['development', 'documentation'],
  owns: [
    'analysis-worker/hotspots',
    'implementation-worker/implement',
    'documentation-worker/drift',
    'documentation-worker/write',
    'review-worker/change',
  ],
  words: ['feature', 'refactor', 'implement', 'api', 'documentation', 'readme', 'review', 'bug', 'code'],
  mayUse: ['implementation-worker', 'test-worker', 'analysis-worker', 'documentation-worker', 'review-worker'],
  withoutTasks: 'It reports that nothing was asked of it; it changes no code on its own account.',
  good: 'Changes are small, proven by the tool that found the problem, and approved by a review.',
};
