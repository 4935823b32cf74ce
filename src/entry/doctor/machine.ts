import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { broken, failed, met, unasked, type CheckLine } from '../../cluster/kubernetes/doctor/check.ts';
import { readHead, type Head } from '../../repository/local-repository.ts';
import { CortexError } from '../../shared/errors.ts';
import type { CommandLine } from '../arguments.ts';
import { bundledWorker } from '../bundle.ts';
import type { Environment } from '../environment.ts';
import { workerCheck } from '../run/preflight.ts';

/** The oldest Node that Cortex runs on, as package.json says. */
export const oldestNode = '20.19';

export function nodeCheck(version: string): CheckLine {
  const needed = `${oldestNode} or later`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldMajor = 0, oldMinor = 0] = oldestNode.split('.').map(Number);
  if (major > oldMajor || (major === oldMajor && minor >= oldMinor)) return met('node', version, needed);
  return failed('node', { seen: version, needed, remedy: 'Install Node 24, the line that Cortex is tested on.' });
}

/** The repository that a run would work on, and its name; a folder that nobody named need not be one. */
export async function repositoryCheck(
  args: CommandLine,
  { path }: Pick<Environment, 'path'>,
): Promise<{ readonly line: CheckLine; readonly name: string | undefined }> {
  const needed = 'a git repository with a commit';
  const target = args.text('target');
  const folder = resolve(target ?? '.');
  if (!existsSync(folder)) {
    const remedy = 'Name a git repository with --target.';
    return {
      line: failed('repository', { seen: `the folder ${folder} does not exist`, needed, remedy }),
      name: undefined,
    };
  }
  try {
    const { head } = await readHead(folder, path);
    return { line: met('repository', describeHead(head), needed), name: head.repository };
  } catch (error) {
    const isOptional = target === undefined && error instanceof CortexError && error.code === 'not-a-repository';
    const line = isOptional
      ? unasked('repository', 'you stand in none: name one with --target', needed)
      : broken('repository', needed, error);
    return { line, name: undefined };
  }
}

function describeHead({ repository, commit, uncommitted }: Head): string {
  const edits = uncommitted.length === 0 ? '' : `; ${uncommitted.length} uncommitted edits are no part of a run`;
  return `${repository} at ${commit.slice(0, 12)}${edits}`;
}

export function bundleCheck(): CheckLine {
  return workerCheck(bundledWorker());
}
