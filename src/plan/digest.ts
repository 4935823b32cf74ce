import { canonicalJson, sha256 } from '../shared/canonical.ts';
import type { Plan } from './plan.ts';

/** SHA-256 of what a plan means: equal for plans that differ only in spelling, in key order or in defaults written out. */
export function planDigest(plan: Plan): string {
  return sha256(`cortex-plan/1\n${canonicalJson(plan)}`);
}
