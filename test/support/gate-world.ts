import type { GatePolicy } from '../../src/checks/gates/gate.ts';
import { runGates, type GateWorld } from '../../src/checks/gates/run-gates.ts';
import { memoryWorkspace } from '../../src/checks/workspace.ts';
import type { Change } from '../../src/protocol/change.ts';
import type { FileEdit } from '../../src/shared/unified-diff.ts';
import { badLine, badLines, changeOf } from './changes.ts';

export const path = 'src/a.txt';
export const before = 'one\nbad\nthree\n';
export const after = 'one\ngood\nthree\n';
export const tree = { [path]: before, 'src/other.txt': 'bad elsewhere\n', 'bin/run.sh': 'echo\n' };
export const policy: GatePolicy = { allow: ['**'], deny: [], maxFiles: 15, maxChangedLines: 400 };
export const gone = [badLine(path, 'bad')];

export interface Difference {
  readonly edits?: readonly FileEdit[];
  readonly change?: Partial<Change> & { gone?: string[] };
  readonly world?: Partial<GateWorld>;
  readonly policy?: Partial<GatePolicy>;
  readonly files?: Readonly<Record<string, string>>;
}

export const edit: FileEdit = { path, before, after };

/** The gates that fail in a world that is valid but for the difference. */
export function failing(difference: Difference): Readonly<Record<string, string>> {
  const change = changeOf(difference.edits ?? [edit], { gone, ...difference.change });
  const workspace = memoryWorkspace({ ...tree, ...difference.files });
  const world = {
    capability: 'fix-workflows',
    workspace,
    rerun: badLines,
    policy: { ...policy, ...difference.policy },
  };
  const results = runGates(change, { ...world, ...difference.world });
  return Object.fromEntries(results.filter((result) => !result.passed).map(({ gate, detail }) => [gate, detail]));
}

/** The valid edit with another one beside it. */
export const beside = (other: FileEdit): Difference => ({
  edits: [edit, other],
  files: other.before === null ? {} : { [other.path]: other.before },
});
export const added = (newPath: string, text = 'new\n'): Difference =>
  beside({ path: newPath, before: null, after: text });
