import type { Rerun } from '../../src/checks/gates/gate.ts';
import { readText, type Workspace } from '../../src/checks/workspace.ts';
import type { Change } from '../../src/protocol/change.ts';
import { findingFingerprint, type Finding } from '../../src/protocol/finding.ts';
import { sha256 } from '../../src/shared/canonical.ts';
import { createPatch, type FileEdit } from '../../src/shared/unified-diff.ts';

/** A change that makes these edits and claims to mend the given findings. */
export function changeOf(edits: readonly FileEdit[], options: Partial<Change> & { readonly gone: string[] }): Change {
  const { gone, ...rest } = options;
  const evidence = 'e'.repeat(64);
  return {
    fingerprint: sha256(edits.map((edit) => edit.path).join('\n')),
    title: 'fix: mend it',
    capability: 'fix-workflows',
    engine: 'deterministic',
    baseCommit: '0'.repeat(40),
    files: edits.map(fileChange),
    patch: createPatch(edits),
    proof: {
      tool: 'test',
      before: { findings: 1, evidence },
      after: { findings: 0, evidence },
      gone,
      introduced: [],
    },
    pullRequest: { branchSlug: 'mend-it', title: 'fix: mend it', body: 'It was bad.' },
    ...rest,
  };
}

/** The lines of these tests change whole: all old ones go, all new ones come. */
function fileChange({ path, before, after, mode }: FileEdit): Change['files'][number] {
  const linesOf = (text: string | null): readonly string[] => text?.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const [old, now] = [linesOf(before), linesOf(after)];
  return {
    path,
    mode: mode ?? '100644',
    before: before === null ? null : sha256(before),
    after: after === null ? null : sha256(after),
    addedLines: now.filter((line) => !old.includes(line)).length,
    removedLines: old.filter((line) => !now.includes(line)).length,
  };
}

/** Identity of the finding that `badLines` makes of a line. */
export function badLine(path: string, line: string): string {
  return findingFingerprint('test/bad', path, line);
}

/** A real tool, small: every line that says `bad` is a finding, a file that says `unreadable` is unread. */
export const badLines: Rerun = (workspace) => {
  const texts = workspace.files.map((file) => ({ path: file.path, text: readText(workspace, file.path) ?? '' }));
  const unread = texts.filter(({ text }) => text.includes('unreadable'));
  const findings = texts
    .filter(({ text }) => !text.includes('unreadable'))
    .flatMap(({ path, text }) => findingsIn(path, text));
  return { findings, unread: unread.map(({ path }) => ({ path, reason: 'it says so' })) };
};

function findingsIn(path: string, text: string): readonly Finding[] {
  const bad = text.split('\n').filter((line) => line.includes('bad'));
  return bad.map((line) => ({
    fingerprint: badLine(path, line),
    ruleId: 'test/bad',
    tool: { name: 'test', version: '1' },
    severity: 'low',
    confidence: 'high',
    subject: path,
    message: 'bad',
    remedy: 'mend it',
    basis: 'measured',
  }));
}

/** The same tree with one file's mode changed. */
export function withMode(workspace: Workspace, path: string, mode: '100755' | '120000'): Workspace {
  return { ...workspace, files: workspace.files.map((file) => (file.path === path ? { ...file, mode } : file)) };
}
