import type { Expert } from './expert.ts';

export const coordinatorExpert: Expert = {
  master: 'coordinator-master',
  expertise: 'Supervision: phases, budgets, escalations, claims on the same paths, aggregation',
  areas: ['coordination'],
  owns: [],
  words: ['coordinate', 'orchestrate', 'escalation', 'conflict'],
  mayUse: ['analysis-worker', 'documentation-worker', 'review-worker'],
  withoutTasks: 'It supervises: it watches the phases, answers escalations by the plan and reports last.',
  good: 'Every other master has reported, no question is open, no account is overdrawn.',
};
