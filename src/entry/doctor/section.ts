import type { CheckLine } from '../../cluster/kubernetes/doctor/check.ts';
import type { Plan } from '../../plan/plan.ts';
import type { CommandLine } from '../arguments.ts';
import type { Environment } from '../environment.ts';

/** Checks that people read together. */
export interface Section {
  readonly title: string;
  readonly lines: readonly CheckLine[];
  /** Values that came up and must never be printed. */
  readonly secrets?: readonly string[];
}

/** What the doctor was asked, and what plan it asks for: the named one, or the defaults of any. */
export interface Visit {
  readonly args: CommandLine;
  readonly environment: Environment;
  readonly plan: Plan;
  /** Workers run on a cluster for sure, not at all, or where there is one. */
  readonly cluster: 'yes' | 'no' | 'if-any';
  /** Name of the repository, as far as there is one. */
  readonly repository: string;
}
