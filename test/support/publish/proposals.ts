import type { MasterName, Severity } from '../../../src/protocol/words.ts';
import type { Change } from '../../../src/protocol/change.ts';
import type { Candidate } from '../../../src/report/publish/fix/candidates.ts';
import { sha256 } from '../../../src/shared/canonical.ts';
import type { FileEdit } from '../../../src/shared/unified-diff.ts';
import { changeOf } from '../changes.ts';
import { findingWith } from '../report-parts.ts';

/** A change as a test tells of it: all of its identity comes from its name. */
export interface Proposal {
  readonly name: string;
  readonly edits: readonly FileEdit[];
  /** Commit that it was made on. */
  readonly on: string;
  readonly severity?: Severity;
  readonly master?: MasterName;
  readonly capability?: string;
  readonly task?: string;
  readonly verdict?: Candidate['verdict'];
  readonly change?: Partial<Change>;
}

/** Fingerprint of the change of that name, and of the finding that it mends. */
export const printOf = (name: string): string => sha256(`change ${name}`);
export const findingOf = (name: string): string => sha256(`finding ${name}`);

/** The change itself. */
export function proposed({ name, edits, on, capability = 'fix-headers', change = {} }: Proposal): Change {
  return changeOf(edits, {
    gone: [findingOf(name)],
    fingerprint: printOf(name),
    title: `Mend ${name}`,
    capability,
    baseCommit: on,
    pullRequest: { branchSlug: `mend-${name}`, title: `fix: mend ${name}`, body: `What ${name} lacked.` },
    ...change,
  });
}

/** The change as the publisher looks at it. */
export function candidateFor(proposal: Proposal): Candidate {
  const { name, severity = 'medium', master = 'development-master', capability = 'fix-headers' } = proposal;
  return {
    change: proposed(proposal),
    task: proposal.task ?? 'fix-headers',
    capability,
    master,
    verdict: proposal.verdict ?? 'proven',
    reason: 'the review approves',
    severity,
    findings: [findingWith({ fingerprint: findingOf(name), ruleId: 'test/bad', severity, subject: name })],
    gates: [{ gate: 'size', passed: true, detail: 'small' }],
    tokens: 0,
  };
}
