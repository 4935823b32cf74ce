import type { ParsedPlan, RefusedPlan } from './parse.ts';
import { quickPlan } from './quick/quick-plan.ts';

/** Reads a plan as `parsePlan` does, and loads what that one needs only where something is to be said against the plan. */
export async function readPlan(content: string | Uint8Array, file: string): Promise<ParsedPlan | RefusedPlan> {
  return quickPlan(content) ?? (await import('./parse.ts')).parsePlan(content, file);
}
