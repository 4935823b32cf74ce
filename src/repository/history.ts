import type { History } from '../protocol/workspace.ts';
import { sha256 } from '../shared/canonical.ts';
import type { Git } from './git.ts';
import type { Head } from './local-repository.ts';

/** Commits read at most: enough for the churn of years, bounded for the largest repositories. */
const commitLimit = 20_000;

/** The commits behind HEAD with the lines they touched, merges left out. Authors are hashed: counted, not named. */
export async function readHistory(source: { readonly git: Git; readonly head: Head }): Promise<History> {
  const [log, shallow] = await Promise.all([
    source.git([
      'log',
      '--no-merges',
      '--no-renames',
      `--max-count=${commitLimit}`,
      '--numstat',
      '-z',
      '--format=%x01%H%x02%cI%x02%ae',
      source.head.commit,
    ]),
    source.git(['rev-parse', '--is-shallow-repository']),
  ]);
  const commits = log.toString('utf8').split('\u0001').slice(1).map(parseCommit);
  return { v: 1, commit: source.head.commit, shallow: shallow.toString('utf8').trim() === 'true', commits };
}

/** With -z a commit is its header, then NUL-ended `added TAB deleted TAB path`; binary files show `-` for both. */
function parseCommit(text: string): History['commits'][number] {
  const [header = '', ...lines] = text.split('\0');
  const [sha = '', at = '', author = ''] = header.trim().split('\u0002');
  return {
    sha,
    at: new Date(at).toISOString(),
    author: sha256(author.toLowerCase()).slice(0, 16),
    files: lines.flatMap(parseLine),
  };
}

function parseLine(line: string): History['commits'][number]['files'] {
  const match = /^\n?(\d+|-)\t(\d+|-)\t([^]+)$/.exec(line);
  if (!match) return [];
  const [, added = '-', deleted = '-', path = ''] = match;
  return [{ path, added: added === '-' ? 0 : Number(added), deleted: deleted === '-' ? 0 : Number(deleted) }];
}
