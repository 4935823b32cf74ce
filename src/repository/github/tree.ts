import type { HostTreeEntry } from '../../protocol/code-host.ts';
import { problem } from '../../shared/errors.ts';
import type { Client } from './client.ts';

interface Entry extends HostTreeEntry {
  readonly isFolder: boolean;
}

/**
 * Every entry of a commit's tree but folders. Where GitHub cuts the list off (100,000 entries or 7 MB), the folders on the way to
 * the paths named are read one by one: of these paths it is then known for sure whether they are there.
 * Throws `folder-too-large` where a single folder is cut off.
 */
export async function readTree(
  client: Client,
  commit: string,
  paths: readonly string[],
): Promise<readonly HostTreeEntry[]> {
  const { entries, isCut } = await readEntries(client, commit, true);
  const found = new Map(entries.map((entry) => [entry.path, entry]));
  if (isCut) for (const entry of await entriesOnTheWay(client, commit, paths)) found.set(entry.path, entry);
  return [...found.values()].flatMap(({ isFolder, ...entry }) => (isFolder ? [] : [entry]));
}

async function entriesOnTheWay(client: Client, commit: string, paths: readonly string[]): Promise<readonly Entry[]> {
  const read = new Map<string, readonly Entry[]>();
  const folder = async (path: string, sha: string): Promise<readonly Entry[]> => {
    const known = read.get(path);
    if (known) return known;
    const { entries, isCut } = await readEntries(client, sha, false);
    if (isCut) throw folderTooLarge(path);
    const placed = entries.map((entry) => ({ ...entry, path: path === '' ? entry.path : `${path}/${entry.path}` }));
    read.set(path, placed);
    return placed;
  };
  for (const path of paths) {
    let here = await folder('', commit);
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      const next = here.find((entry) => entry.isFolder && entry.path === path.slice(0, end));
      if (!next) break;
      here = await folder(next.path, next.sha);
    }
  }
  return [...read.values()].flat();
}

async function readEntries(
  client: Client,
  sha: string,
  isRecursive: boolean,
): Promise<{ readonly entries: readonly Entry[]; readonly isCut: boolean }> {
  const { data } = await client.rest('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    ...client.place,
    tree_sha: sha,
    ...(isRecursive ? { recursive: '1' } : {}),
  });
  const entries = data.tree.map((each) => ({
    path: each.path ?? '',
    mode: each.mode ?? '',
    sha: each.sha ?? '',
    isFolder: each.type === 'tree',
  }));
  return { entries, isCut: data.truncated };
}

function folderTooLarge(path: string): Error {
  return problem('folder-too-large', `GitHub does not show all entries of the folder ${path === '' ? '/' : path}`, {
    hint: 'A folder with more than 100,000 entries can’t be checked: split it, or leave it out of `publish.paths`.',
  });
}
