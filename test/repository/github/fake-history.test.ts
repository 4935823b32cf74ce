import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeCommit } from '../../support/github/git/commits.ts';
import { commitsBeyond, isAncestor, mergeBase } from '../../support/github/git/history.ts';
import { initRepository, type GitRepository } from '../../support/github/git/repository.ts';
import { changeTree, differences, emptyTree, walkTree, type Mode } from '../../support/github/git/trees.ts';

let folder: string;
let repository: GitRepository;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-history-'));
  repository = initRepository(join(folder, 'git'), { defaultBranch: 'main' });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const git = (args: readonly string[], input = ''): string =>
  execFileSync('git', args, {
    cwd: repository.directory,
    encoding: 'utf8',
    input,
    env: { ...process.env, GIT_INDEX_FILE: join(folder, 'index') },
  }).trim();

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.split('\n'));

const signature = { name: 'Ada', email: 'ada@example.com', date: '2026-11-01T00:00:00Z' };

/** Commits with parents so many places before the last one, all of the same second, as on a clock that stands still. */
function history(parents: readonly (readonly number[])[]): readonly string[] {
  const made: string[] = [];
  for (const [index, each] of parents.entries()) {
    const own = [...new Set(each)].flatMap((back) => made[index - 1 - back] ?? []);
    const about = { tree: emptyTree, author: signature, committer: signature, message: `${index}`, isSigned: false };
    made.push(writeCommit(repository.objects, { ...about, parents: own }));
  }
  return made;
}

describe('history as the fake reads it', () => {
  const shape = fc.array(fc.array(fc.nat(2), { maxLength: 3 }), { minLength: 4, maxLength: 10 });

  it('is the one that git reads', () => {
    const { objects } = repository;
    fc.assert(
      fc.property(shape, fc.nat(2), fc.nat(9), (parents, first, second) => {
        const made = history(parents);
        const [one = '', other = ''] = [made.at(-1 - first), made[second % made.length]];
        const beyond = linesOf(git(['rev-list', one, `^${other}`]));
        const bases = linesOf(allBases(one, other));
        expect(
          commitsBeyond(objects, one, [other])
            .map(({ sha }) => sha)
            .toSorted(),
        ).toEqual(beyond.toSorted());
        expect(isAncestor(objects, other, one)).toBe(bases.includes(other));
        // Where there are several, any of them is right.
        expect(bases.length === 0 ? [undefined] : bases).toContain(mergeBase(objects, one, other));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['first', [[], [0], [1, 0]]],
    ['second', [[], [0], [0, 1]]],
  ])('does not take an older commit for the base because it is the %s parent', (_which, parents) => {
    const [, made, merge] = history(parents);
    expect(mergeBase(repository.objects, made ?? '', merge ?? '')).toBe(made);
  });

  function allBases(one: string, other: string): string {
    try {
      return git(['merge-base', '--all', one, other]);
    } catch {
      return '';
    }
  }
});

describe('trees as the fake writes them', () => {
  const path = fc
    .array(fc.constantFrom('a', 'b', 'a-b', 'a.b', 'ä', 'Z'), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join('/'));
  const file = fc.record({ path, mode: fc.constantFrom<Mode>('100644', '100755', '120000'), text: fc.string() });

  /** No file where another one needs a folder: git's index has no such thing either. */
  const isClear = (paths: readonly string[]): boolean =>
    paths.every((each) => !paths.some((other) => other.startsWith(`${each}/`)));
  const files = fc
    .uniqueArray(file, { selector: (each) => each.path, maxLength: 8 })
    .filter((all) => isClear(all.map((each) => each.path)));

  it('are those that git writes for the same files, however many steps it took', () => {
    const { objects } = repository;
    fc.assert(
      fc.property(files, fc.nat(8), (all, removed) => {
        const entries = all.map(({ path: at, mode, text }) => ({
          path: at,
          mode,
          sha: objects.write('blob', Buffer.from(text)),
        }));
        const left = entries.filter((_, index) => index !== removed);
        const gone = entries.filter((_, index) => index === removed).map((each) => ({ ...each, sha: null }));
        const whole = entries.reduce<string | null>((tree, each) => changeTree(objects, tree, [each]), null);
        const tree = changeTree(objects, whole, gone);
        const index = left.map(({ path: at, mode, sha }) => `${mode} ${sha}\t${at}\n`).join('');
        git(['read-tree', '--empty']);
        git(['update-index', '--index-info'], index);
        expect(tree).toBe(git(['write-tree']));
        expect([...walkTree(objects, tree)].map((each) => each.path).toSorted()).toEqual(
          left.map((each) => each.path).toSorted(),
        );
        expect(differences(objects, whole, tree).map((each) => each.path)).toEqual(gone.map((each) => each.path));
      }),
      { numRuns: 25 },
    );
  });
});
