import type { Gate } from '../../../checks/gates/gate.ts';
import { filesMatchPatch, plainModes, size } from '../../../checks/gates/patch-gates.ts';
import { allowedPaths, protectedPaths, safePaths } from '../../../checks/gates/path-gates.ts';
import { noSecrets } from '../../../checks/gates/secret-gate.ts';
import type { Workspace } from '../../../checks/workspace.ts';
import type { PublishPolicy } from '../../../plan/plan.ts';
import type { Change } from '../../../protocol/change.ts';
import { sha256 } from '../../../shared/canonical.ts';
import { messageOf } from '../../../shared/errors.ts';
import { countLines, createPatch, parsePatch, type FilePatch } from '../../../shared/unified-diff.ts';
import type { AnchoredFile } from './anchor.ts';
import type { BaseFiles } from './base-files.ts';
import type { Candidate } from './candidates.ts';

export interface GateContext {
  /** Of the base, by `gateWorkspace`. */
  readonly workspace: Workspace;
  readonly policy: Pick<PublishPolicy, 'paths' | 'size'>;
  readonly mask: (text: string) => string;
}

/** Run on what the change says of itself. */
const claimGates: readonly Gate[] = [safePaths, protectedPaths, allowedPaths, filesMatchPatch, size, noSecrets];

/** Run on what it would do to the base as it is now: the mode of a file that is there is the base's. */
const effectGates: readonly Gate[] = [...claimGates, plainModes];

/**
 * Why a change may not become a pull request, or undefined where it may. Failing closed: only a change that was proven,
 * whose words and lines pass every gate again, does.
 */
export function refusalOf(
  candidate: Candidate,
  files: readonly AnchoredFile[],
  context: GateContext,
): string | undefined {
  const { change, capability, verdict, reason } = candidate;
  if (verdict !== 'proven') return `${verdict}: ${reason}`;
  if (change.capability !== capability) return `it says ${change.capability}, its task was ${capability}`;
  const claimed = gateRefusal({ capability, change, gates: claimGates }, context);
  if (claimed !== undefined) return claimed;
  const effect = files.length === 0 ? undefined : effective(change, files);
  const caused = effect && gateRefusal({ capability, change: effect, gates: effectGates }, context);
  return caused ?? maskRefusal(change, files, context);
}

/** The change as it would be on the base now. */
function effective(change: Change, files: readonly AnchoredFile[]): Change {
  const patch = createPatch(files);
  const counts = new Map(parsePatch(patch).map((file) => [file.path, countLines(file)]));
  return {
    ...change,
    patch,
    files: files.map(({ path, mode, before, after }) => ({
      path,
      mode,
      before: before === null ? null : sha256(before),
      after: after === null ? null : sha256(after),
      addedLines: counts.get(path)?.added ?? 0,
      removedLines: counts.get(path)?.removed ?? 0,
    })),
  };
}

function gateRefusal(
  {
    capability,
    change,
    gates,
  }: { readonly capability: string; readonly change: Change; readonly gates: readonly Gate[] },
  context: GateContext,
): string | undefined {
  const { paths, size: sizes } = context.policy;
  const patch = readPatch(change.patch);
  const review = {
    change,
    capability,
    workspace: context.workspace,
    policy: { ...paths, maxFiles: sizes.files, maxChangedLines: sizes.lines },
    rerun: undefined,
    ...patch,
    after: undefined,
    unapplied: undefined,
  };
  const failed = gates.map((gate) => gate(review)).filter((result) => !result.passed);
  return failed.length === 0 ? undefined : failed.map(({ gate, detail }) => `${gate}: ${detail}`).join('; ');
}

function readPatch(patch: string): { readonly files: readonly FilePatch[]; readonly unreadable: string | undefined } {
  try {
    return { files: parsePatch(patch), unreadable: undefined };
  } catch (error) {
    return { files: [], unreadable: messageOf(error) };
  }
}

/** What the gates need of the base: which paths there are, their modes, and the texts that changes touch. */
export function gateWorkspace(base: BaseFiles): Workspace {
  const encoder = new TextEncoder();
  return {
    commit: base.commit,
    committedAt: '',
    repository: '',
    files: base.entries.flatMap(({ path, mode }) =>
      mode === '100644' || mode === '100755' || mode === '120000' ? [{ path, mode, size: 0 }] : [],
    ),
    readBytes: (path) => {
      const text = base.textOf(path);
      return typeof text === 'string' ? encoder.encode(text) : undefined;
    },
  };
}

/** A value that this run keeps secret must not stand in what would be shown, in whatever form. */
function maskRefusal(change: Change, files: readonly AnchoredFile[], { mask }: GateContext): string | undefined {
  const shown = parsePatch(createPatch(files)).flatMap((file) => [
    file.path,
    file.hunks
      .flatMap((hunk) => hunk.lines.filter((line) => !line.startsWith('-')).map((line) => line.slice(1)))
      .join('\n'),
  ]);
  const words = [change.title, change.pullRequest.title, change.pullRequest.branchSlug];
  return [...shown, ...words].some((text) => mask(text) !== text)
    ? 'no-secrets: it shows a secret of this run'
    : undefined;
}

/** Workflow files of a change: not every token may push them. */
export function workflowPaths(files: readonly { readonly path: string }[]): readonly string[] {
  return files.map((file) => file.path).filter((path) => path.toLowerCase().startsWith('.github/workflows/'));
}
