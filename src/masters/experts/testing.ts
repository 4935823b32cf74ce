import type { Expert } from './expert.ts';

export const testingExpert: Expert = {
  master: 'testing-master',
  expertise: 'Tests: coverage, suites, skipped cases and untested modules',
  areas: ['testing'],
  owns: ['test-worker/coverage', 'test-worker/inventory', 'test-worker/write-tests'],
  words: ['test', 'coverage', 'unit', 'integration', 'e2e', 'flaky', 'mutation', 'regression'],
  mayUse: ['test-worker', 'analysis-worker', 'implementation-worker', 'review-worker'],
  withoutTasks: 'It reports that nothing was asked of it; no test is counted.',
  good: 'Coverage is a measured number or said to be unknown; gaps are listed by module.',
};
