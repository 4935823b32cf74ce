import type { ActionCommand } from './inputs.ts';
import type { RunStep } from './step.ts';

/** Each command of the action, loaded by itself. */
export const stepCommands: Readonly<Record<ActionCommand, () => Promise<RunStep>>> = {
  check: async () => (await import('./check.ts')).checkStep,
  plan: async () => (await import('./plan.ts')).planStep,
  master: async () => (await import('./master.ts')).masterStep,
  report: async () => (await import('./report.ts')).reportStep,
  gc: async () => (await import('./gc.ts')).gcStep,
};
