import type { History } from '../protocol/workspace.ts';
import { sha256 } from '../shared/canonical.ts';
import { isoDate } from './commit-date.ts';
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
  const commits = parseLog(log.toString('utf8'));
  return {
    v: 1,
    commit: source.head.commit,
    shallow: shallow.toString('utf8').trim() === 'true',
    cut: commits.length === commitLimit,
    commits,
  };
}

type Commit = History['commits'][number];

/**
 * With -z a commit is its header, then `added TAB deleted TAB path` for each file, all ended by NUL. A header begins
 * with a byte that no such line begins with; inside a path any byte but NUL may stand.
 */
function parseLog(log: string): Commit[] {
  const commits: Commit[] = [];
  for (const part of log.split('\0')) {
    if (part.startsWith('\u0001')) commits.push(parseHeader(part.slice(1)));
    else commits.at(-1)?.files.push(...parseLine(part));
  }
  return commits;
}

function parseHeader(header: string): Commit {
  const [sha = '', at = '', author = ''] = header.split('\u0002');
  return { sha, at: isoDate(at), author: sha256(author.toLowerCase()).slice(0, 16), files: [] };
}

/** Binary files show `-` for both counts. */
function parseLine(line: string): Commit['files'] {
  const match = /^\n?(\d+|-)\t(\d+|-)\t([^]+)$/.exec(line);
  if (!match) return [];
  const [, added = '-', deleted = '-', path = ''] = match;
  return [{ path, added: added === '-' ? 0 : Number(added), deleted: deleted === '-' ? 0 : Number(deleted) }];
}
