import type { Change } from '../../protocol/change.ts';
import { messageOf } from '../../shared/errors.ts';
import { applyPatch, parsePatch } from '../../shared/unified-diff.ts';
import type { Workspace } from '../workspace.ts';
import { gateResult, type ChangeUnderReview, type Gate, type GatePolicy, type GateResult, type Rerun } from './gate.ts';
import { baseUnchanged, filesMatchPatch, patchApplies, plainModes, resultMatches, size } from './patch-gates.ts';
import { allowedPaths, protectedPaths, safePaths } from './path-gates.ts';
import { findingGone } from './rerun-gate.ts';
import { noSecrets } from './secret-gate.ts';

export interface GateWorld {
  /** The capability of the task that returned the change. */
  readonly capability: string;
  readonly workspace: Workspace;
  readonly policy: GatePolicy;
  /** Undefined where no tool can prove such a change: it then fails. */
  readonly rerun: Rerun | undefined;
}

/** The change comes from the capability that it names. */
const origin: Gate = ({ change, capability }) => {
  const wrong = change.capability === capability ? [] : [`it says ${change.capability}, the task was ${capability}`];
  return gateResult('origin', wrong, `made by ${capability}`);
};

/** From cheap to dear; all are run, so that a person sees all at once. */
const gates: readonly Gate[] = [
  origin,
  safePaths,
  protectedPaths,
  allowedPaths,
  baseUnchanged,
  patchApplies,
  filesMatchPatch,
  resultMatches,
  plainModes,
  size,
  noSecrets,
  findingGone,
];

/** Every gate on one change, in a fixed order. Pure; a change that can't be read fails instead of throwing. */
export function runGates(change: Change, world: GateWorld): readonly GateResult[] {
  const review = { change, ...world, ...readPatch(change.patch), ...tryPatch(change.patch, world.workspace) };
  return gates.map((gate) => gate(review));
}

function readPatch(patch: string): Pick<ChangeUnderReview, 'files' | 'unreadable'> {
  try {
    return { files: parsePatch(patch), unreadable: undefined };
  } catch (error) {
    return { files: [], unreadable: messageOf(error) };
  }
}

function tryPatch(patch: string, workspace: Workspace): Pick<ChangeUnderReview, 'after' | 'unapplied'> {
  try {
    return { after: applyPatch(patch, (path) => exactText(workspace, path)), unapplied: undefined };
  } catch (error) {
    return { after: undefined, unapplied: messageOf(error) };
  }
}

/** A file's text with its byte order mark; undefined for what is not UTF-8, which no patch can change exactly. */
function exactText(workspace: Workspace, path: string): string | undefined {
  const bytes = workspace.readBytes(path);
  if (bytes === undefined || bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
