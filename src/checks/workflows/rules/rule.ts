import type { Finding } from '../../../protocol/finding.ts';
import type { Job, Step, Workflow } from '../workflow.ts';

/** `speed`: time and money; `safety`: what an attacker could use. */
export type RuleTheme = 'speed' | 'safety';

/** What a rule says of one place; `check-workflows` makes a finding of it. */
export interface Draft {
  /** Offset in the workflow's text. */
  readonly at: number;
  readonly job?: Job;
  readonly step?: Step;
  readonly message: string;
  /** What tells this finding from others of the rule in the same job; empty where there is only one. */
  readonly snippet?: string;
  readonly severity?: Finding['severity'];
  readonly confidence?: Finding['confidence'];
}

export interface WorkflowRule {
  /** Without the `workflows/` before it. */
  readonly id: string;
  readonly theme: RuleTheme;
  readonly severity: Finding['severity'];
  readonly confidence: Finding['confidence'];
  /** `estimated` where the file shows the pattern, but not whether changing it would gain anything. */
  readonly basis: Finding['basis'];
  readonly remedy: string;
  readonly references: readonly string[];
  readonly find: (workflow: Workflow) => readonly Draft[];
}

export interface PlacedStep {
  readonly job: Job;
  readonly step: Step;
}

export function stepsOf(workflow: Workflow): readonly PlacedStep[] {
  return workflow.jobs.flatMap((job) => job.steps.map((step) => ({ job, step })));
}
