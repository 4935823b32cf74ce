import type { WorkflowFix } from '../../../checks/workflows/fix/fix-workflow.ts';
import type { Finding } from '../../../protocol/finding.ts';

/** A workflow file with its fix, before anything is proven. */
export interface FixedFile {
  readonly path: string;
  /** The file byte for byte, as text. */
  readonly before: string;
  readonly fix: WorkflowFix;
  /** All that the tool says of the file, on both sides. */
  readonly findings: { readonly before: readonly Finding[]; readonly after: readonly Finding[] };
}
