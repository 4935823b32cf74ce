import { publishable } from '../publishable.ts';
import { candidatesOf, type Candidate } from './fix/candidates.ts';
import type { Grouping } from './fix/fix.ts';
import type { PublishInput } from './input.ts';
import { publishLimits, type PublishLimits } from './limits.ts';

/** The input of a run with what follows from it once and for all. */
export interface PublishRun {
  readonly input: PublishInput;
  readonly candidates: readonly Candidate[];
  /** How the plan puts changes together; what they go into is seen with the repository. */
  readonly grouping: Omit<Grouping, 'base'>;
  readonly limits: PublishLimits;
  readonly nowMs: number;
}

/** Throws `simulated-run`: a rehearsal has nothing to publish. */
export function beginRun(input: PublishInput): PublishRun {
  const report = publishable(input.report, input.report);
  return {
    input,
    candidates: candidatesOf(report, input.aggregate),
    grouping: { name: report.plan.name, group: input.policy.pullRequests.group },
    limits: { ...publishLimits, ...input.limits },
    nowMs: input.clock.now(),
  };
}
