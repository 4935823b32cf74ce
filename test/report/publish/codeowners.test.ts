import { describe, expect, it } from 'vitest';
import { ownersOf } from '../../../src/report/publish/fix/codeowners.ts';
import { reviewersFor } from '../../../src/report/publish/fix/reviewers.ts';
import { ours } from '../../support/publish/publish-host.ts';

const people = (file: string, ...paths: string[]): readonly string[] => ownersOf(file, paths).people;

// The cases of GitHub's own page on code owners.
describe('who owns a path', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['everything', '* @all', 'deep/down/file.txt', ['all']],
    ['the last rule that matches', '* @all\n*.js @js', 'src/a.js', ['js']],
    ['nobody, where the last rule has no owner', '/apps/ @octo\n/apps/github', 'apps/github/x.ts', []],
    ['a folder at the root', '/build/logs/ @doctocat', 'build/logs/deep/x.log', ['doctocat']],
    ['no folder elsewhere', '/build/logs/ @doctocat', 'other/build/logs/x.log', []],
    ['a folder anywhere', 'apps/ @octocat', 'deep/apps/x.ts', ['octocat']],
    ['files right in a folder', 'docs/* @docs', 'docs/getting-started.md', ['docs']],
    ['no files further down', 'docs/* @docs', 'docs/build-app/troubleshooting.md', []],
    ['files further down where it says so', 'docs/** @docs', 'docs/build-app/troubleshooting.md', ['docs']],
    ['a folder of any parent', '**/logs @logs', 'deep/logs/x.txt', ['logs']],
    ['a path with a space', 'my\\ docs/ @docs', 'my docs/x.md', ['docs']],
    ['what stands before a comment', '* @all # @nobody', 'x', ['all']],
    ['several, each once', '* @b @a @B', 'x', ['B', 'a']],
    ['none by a comment', '# * @all', 'x', []],
    ['none by a negation, which GitHub does not know', '* @all\n!x @b', 'x', ['all']],
    ['none by a range of characters', '* @all\n[a-z].txt @b', 'x.txt', ['all']],
    ['none by a section of another host', '* @all\n[Docs] @b\n^[Docs] @c', 'Docs', ['all']],
    ['none by a line with an owner that can’t be', '* @all\n*.txt @b nobody', 'x.txt', ['all']],
    ['case as it is written', '/README.md @all', 'readme.md', []],
  ])('is %s', (...[, file, path, owners]) => {
    expect(people(file, path)).toEqual(owners);
  });

  it('names teams with their organisation, and leaves e-mail addresses out', () => {
    expect(ownersOf('* @acme/ops ada@example.com @ada', ['x'])).toEqual({ people: ['ada'], teams: ['acme/ops'] });
  });

  it('joins the owners of all paths', () => {
    expect(people('a/ @a\nb/ @b\nc/ @c', 'a/x', 'b/x')).toEqual(['a', 'b']);
  });

  it('reads lines of any system, and no file that GitHub would not read', () => {
    expect(people('* @all\r\n*.js @js\r\n', 'a.js')).toEqual(['js']);
    expect(people(`* @all\n${'#'.repeat(3 * 1024 * 1024)}`, 'x')).toEqual([]);
  });

  it('takes no time over a line made to cost some', () => {
    const started = performance.now();
    people(
      `${'\\ '.repeat(50_000)} @a\n${'*'.repeat(200)}x @b\n${'a '.repeat(50_000)}\n${'*a'.repeat(30)}b @c`,
      'a'.repeat(200),
    );
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('reviewers', () => {
  const view = (codeOwners: string | null) => ({
    codeOwners,
    repository: { name: 'acme/shop', nodeId: '', url: '', defaultBranch: 'main', isFork: false },
  });
  const wish = { from: 'codeowners', identity: ours, most: 15 } as const;

  it('are the owners, but for who opens it and teams of other organisations', () => {
    const owners = '* @ada @cortex @Acme/ops @other/team';
    expect(reviewersFor(['x'], view(owners), wish)).toEqual({ people: ['ada'], teams: ['ops'] });
  });

  it('are no more than GitHub takes', () => {
    const many = Array.from({ length: 30 }, (_, index) => `@person-${index}`).join(' ');
    const { people: asked, teams } = reviewersFor(['x'], view(`* @acme/a @acme/b ${many}`), wish);
    expect([teams.length, asked.length]).toEqual([2, 13]);
  });

  it('are none where nobody owns it, or the plan asks nobody', () => {
    expect(reviewersFor(['x'], view(null), wish)).toEqual({ people: [], teams: [] });
    expect(reviewersFor(['x'], view('* @ada'), { ...wish, from: 'none' })).toEqual({ people: [], teams: [] });
  });
});
