import { workflowsTool } from '../../../checks/workflows/check-workflows.ts';
import type { Workspace } from '../../../checks/workspace.ts';
import type { Change } from '../../../protocol/change.ts';
import type { Finding } from '../../../protocol/finding.ts';
import { compareText, sha256 } from '../../../shared/canonical.ts';
import { countLines, createPatch, parsePatch } from '../../../shared/unified-diff.ts';
import type { KeepEvidence } from '../../work.ts';
import type { FixedFile } from './fixed-file.ts';
import { pullRequestText } from './pull-request-text.ts';

export const capability = 'fix-workflows';

/** A fixed file as a change with its proof, or why there is none: the tool must see findings go and none come. */
export async function workflowChange(
  file: FixedFile,
  { workspace, keepEvidence }: { readonly workspace: Workspace; readonly keepEvidence: KeepEvidence },
): Promise<{ readonly change: Change } | { readonly dropped: string }> {
  const gone = missingFrom(file.findings.after, file.findings.before);
  const introduced = missingFrom(file.findings.before, file.findings.after);
  if (introduced.length > 0) return { dropped: `the fix was dropped: it would bring in ${introduced.join(', ')}` };
  if (gone.length < file.fix.applied.length)
    return { dropped: 'the fix was dropped: after it, the same findings stand' };
  const proof = {
    tool: `${workflowsTool.name} ${workflowsTool.version}`,
    ...(await keepBothSides(file, keepEvidence)),
    gone,
    introduced: [],
  };
  const pullRequest = pullRequestText(file, proof);
  return {
    change: {
      fingerprint: sha256([capability, ...gone].join('\n')),
      title: pullRequest.title,
      capability,
      engine: 'deterministic',
      baseCommit: workspace.commit,
      ...patchOf(file, workspace),
      proof,
      pullRequest,
    },
  };
}

/** Fingerprints of `findings` that `others` lacks, sorted. */
function missingFrom(others: readonly Finding[], findings: readonly Finding[]): string[] {
  const known = new Set(others.map((finding) => finding.fingerprint));
  return findings
    .map((finding) => finding.fingerprint)
    .filter((fingerprint) => !known.has(fingerprint))
    .toSorted(compareText);
}

async function keepBothSides(
  file: FixedFile,
  keepEvidence: KeepEvidence,
): Promise<Pick<Change['proof'], 'before' | 'after'>> {
  const keep = async (side: 'before' | 'after', text: string): Promise<Change['proof']['before']> => {
    const findings = file.findings[side];
    const content = { tool: workflowsTool, path: file.path, sha256: sha256(text), findings };
    return {
      findings: findings.length,
      evidence: await keepEvidence(`Findings in ${file.path} ${side} the fix`, 'application/json', content),
    };
  };
  return { before: await keep('before', file.before), after: await keep('after', file.fix.text) };
}

function patchOf({ path, before, fix }: FixedFile, workspace: Workspace): Pick<Change, 'files' | 'patch'> {
  const patch = createPatch([{ path, before, after: fix.text }]);
  const counts = parsePatch(patch).map(countLines);
  const lines = (side: 'added' | 'removed'): number => counts.reduce((sum, count) => sum + count[side], 0);
  const mode = workspace.files.find((file) => file.path === path)?.mode === '100755' ? '100755' : '100644';
  const hashes = { before: sha256(before), after: sha256(fix.text) };
  return { patch, files: [{ path, mode, ...hashes, addedLines: lines('added'), removedLines: lines('removed') }] };
}
