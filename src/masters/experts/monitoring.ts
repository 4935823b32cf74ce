import type { Expert } from './expert.ts';

export const monitoringExpert: Expert = {
  master: 'monitoring-master',
  expertise: 'Monitoring: workloads without scraping, alerts or dashboards',
  areas: ['monitoring'],
  owns: ['analysis-worker/monitoring'],
  words: ['monitoring', 'prometheus', 'grafana', 'alert', 'dashboard', 'metric', 'slo', 'observability'],
  mayUse: ['analysis-worker', 'implementation-worker', 'documentation-worker'],
  withoutTasks: 'It reports that nothing was asked of it; no workload is judged.',
  good: 'Each workload is either covered or has a finding that says what is missing.',
};
