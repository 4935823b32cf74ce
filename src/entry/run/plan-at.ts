import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Plan } from '../../plan/plan.ts';
import { readPlan } from '../../plan/read-plan.ts';
import type { Git } from '../../repository/git.ts';
import { readHead } from '../../repository/local-repository.ts';
import { problem } from '../../shared/errors.ts';

/** The plan as it was at a revision; undefined where that revision had none. Throws `base-unknown`, `base-plan-invalid`. */
export async function planAt(file: string, revision: string, path: string): Promise<Plan | undefined> {
  const { git, head } = await readHead(dirname(resolve(file)), path);
  const name = relative(head.root, resolve(file));
  const commit = await commitOf(git, revision);
  const listed = await git(['ls-tree', '--name-only', commit, '--', name]);
  if (listed.length === 0) return undefined;
  const outcome = await readPlan(await git(['show', `${commit}:${name}`]), `${name} at ${revision}`);
  if (!('problems' in outcome)) return outcome.plan;
  throw problem('base-plan-invalid', `${name} is not a valid plan at ${revision}`, {
    hint: 'Compare with a revision whose plan is valid, or leave --base away.',
  });
}

/**
 * Plan files that a revision has in the folders of those named, and that are not there any more; as paths from where the process
 * stands. Files that are named may be gone themselves, and with them their folder.
 */
export async function plansGoneSince(
  files: readonly string[],
  revision: string,
  path: string,
): Promise<readonly string[]> {
  const [first] = files;
  if (first === undefined) return [];
  const { git, head } = await readHead(nearestFolder(dirname(resolve(first))), path);
  const commit = await commitOf(git, revision);
  const folders = new Set(files.map((file) => relative(head.root, dirname(resolve(file)))).filter(isInside));
  const gone: string[] = [];
  for (const folder of folders) {
    const listed = await git(['ls-tree', '-z', '--name-only', commit, '--', folder === '' ? '.' : `${folder}/`]);
    const names = listed
      .toString('utf8')
      .split('\0')
      .filter((name) => /\.ya?ml$/.test(name));
    gone.push(...names.filter((name) => !existsSync(join(head.root, name))));
  }
  return gone.map((name) => relative('.', join(head.root, name)));
}

function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}

function isInside(folder: string): boolean {
  return !folder.startsWith('..') && !isAbsolute(folder);
}

async function commitOf(git: Git, revision: string): Promise<string> {
  try {
    const found = await git(['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`]);
    return found.toString('utf8').trim();
  } catch (error) {
    throw problem('base-unknown', `There is no revision ${JSON.stringify(revision)} in this repository`, {
      hint: 'Name a branch, tag or commit with --base; a shallow clone may have to fetch it first.',
      cause: error,
    });
  }
}
