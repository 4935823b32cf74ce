/**
 * `protocol/` is what processes say to each other: versioned messages with their schemas, checked on both sides.
 * Pure; imports `shared` and zod only.
 */

export const masterNames = [
  'coordinator-master',
  'security-master',
  'development-master',
  'inventory-master',
  'cicd-master',
  'testing-master',
  'monitoring-master',
] as const;
export type MasterName = (typeof masterNames)[number];

export const workerKinds = [
  'catalog-worker',
  'scan-worker',
  'implementation-worker',
  'test-worker',
  'analysis-worker',
  'documentation-worker',
  'review-worker',
] as const;
export type WorkerKind = (typeof workerKinds)[number];

/** The six phases of an execution, in order; their numbers are those of `PHASE_n_START`. */
export const phaseNames = ['preflight', 'activation', 'distribution', 'execution', 'aggregation', 'report'] as const;
export type PhaseName = (typeof phaseNames)[number];

export const priorities = ['critical', 'high', 'medium', 'low'] as const;
export type Priority = (typeof priorities)[number];

export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];

/** Exit codes of a worker process (sysexits.h where it has one). */
export const workerExit = {
  done: 0,
  badTask: 64,
  budgetSpent: 65,
  refused: 66,
  bug: 70,
  tryAgain: 75,
  noAccess: 77,
} as const;

/** Exit codes of the command line and the action. */
export const cliExit = { success: 0, outside: 1, problem: 2, gateFailed: 3, bug: 70 } as const;
