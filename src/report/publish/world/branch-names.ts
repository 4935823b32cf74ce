import { masterNames, type MasterName } from '../../../protocol/words.ts';
import { sha256 } from '../../../shared/canonical.ts';

/** Every branch of a fix lies below it. */
export const branchPrefix = 'cortex/';

/** Digits of a key that a branch, a box and people name a fix by. */
const idLength = 12;
const pattern = new RegExp(`^${branchPrefix}(${masterNames.join('|')})/([0-9a-f]{${idLength}})-[a-z0-9-]+$`);

/**
 * Key of a fix by what it brings and where that goes: into a branch beside the default one (null = that) it is another fix,
 * with a branch and a pull request of its own.
 */
export function keyFor(what: string, base: string | null): string {
  return base === null ? what : sha256(['base', base, what].join('\n'));
}

/** The short form of a fix's key. */
export function idOf(key: string): string {
  return key.slice(0, idLength);
}

/** `cortex/<master>/<id>-<slug>`. */
export function branchOf(master: MasterName, key: string, slug: string): string {
  const safe = slug
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return `${branchPrefix}${master}/${idOf(key)}-${safe === '' ? 'fix' : safe}`;
}

/** The id of the fix that a branch is for; undefined for every other branch. */
export function idOfBranch(branch: string): string | undefined {
  return pattern.exec(branch)?.[2];
}
