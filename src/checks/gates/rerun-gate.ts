import { nounFor } from '../../shared/noun.ts';
import { overlay, type Workspace } from '../workspace.ts';
import { gateResult, type ChangeUnderReview, type Gate } from './gate.ts';

/** The tool that found it, run again on the changed tree: gone is gone, and nothing is new. */
export const findingGone: Gate = (review) => {
  const gate = 'finding-gone';
  if (review.rerun === undefined) {
    return gateResult(
      gate,
      [`no tool is known that can prove a change by ${review.capability}; a person must look`],
      '',
    );
  }
  if (review.after === undefined) return gateResult(gate, [review.unapplied ?? 'not applied'], '');
  const before = review.rerun(review.workspace);
  const after = review.rerun(changedTree(review.workspace, review.after));
  const gone = review.change.proof.gone.length;
  const wrong = [...notMended(review, { before, after }), ...newTrouble(before, after)];
  return gateResult(gate, wrong, `${gone} ${nounFor(gone, 'finding')} gone, none new`);
};

type Outcome = ReturnType<NonNullable<ChangeUnderReview['rerun']>>;

function notMended(
  { change }: ChangeUnderReview,
  sides: { readonly before: Outcome; readonly after: Outcome },
): readonly string[] {
  const before = fingerprintsOf(sides.before);
  const after = fingerprintsOf(sides.after);
  const unknown = change.proof.gone.filter((fingerprint) => !before.has(fingerprint));
  const staying = change.proof.gone.filter((fingerprint) => after.has(fingerprint));
  return [
    ...(unknown.length === 0 ? [] : [`${unknown.length} findings that it says it mends were never there`]),
    ...(staying.length === 0 ? [] : [`${staying.length} findings that it says it mends are still there`]),
  ];
}

/** A file that the tool can no longer read hides its findings: that mends nothing. */
function newTrouble(before: Outcome, after: Outcome): readonly string[] {
  const known = fingerprintsOf(before);
  const introduced = after.findings.filter((finding) => !known.has(finding.fingerprint));
  const unreadBefore = new Set(before.unread.map((file) => file.path));
  const lost = after.unread.filter((file) => !unreadBefore.has(file.path));
  return [
    ...introduced.map((finding) => `new: ${finding.ruleId} at ${finding.subject}`),
    ...lost.map((file) => `${file.path} can no longer be read: ${file.reason}`),
  ];
}

function fingerprintsOf(outcome: Outcome): ReadonlySet<string> {
  return new Set(outcome.findings.map((finding) => finding.fingerprint));
}

function changedTree(workspace: Workspace, after: ReadonlyMap<string, string | null>): Workspace {
  const deleted = new Set([...after].filter(([, text]) => text === null).map(([path]) => path));
  const rest: Workspace = {
    ...workspace,
    files: workspace.files.filter((file) => !deleted.has(file.path)),
    readBytes: (path) => (deleted.has(path) ? undefined : workspace.readBytes(path)),
  };
  return overlay(rest, new Map([...after].flatMap(([path, text]) => (text === null ? [] : [[path, text] as const]))));
}
