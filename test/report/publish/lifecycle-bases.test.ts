import { describe, expect, it } from 'vitest';
import type { PublishOutcome } from '../../../src/report/publish/outcome.ts';
import { printOf } from '../../support/publish/proposals.ts';
import { Story, text, type RunWish } from '../../support/publish/story.ts';
import { alwaysTrue } from './lifecycle.ts';

const release = { base: 'release' };

/** A repository whose branch `release` was left behind by `main`. */
function twoBases(): Story {
  const story = new Story();
  story.people.push('release', { 'release.txt': 'r\n' });
  story.people.push('main', { 'main.txt': 'm\n' });
  return story;
}

/** What became of each, as `base: action: reason`; without a pull request, `-`. */
function said({ memory }: Story, { items }: PublishOutcome): readonly string[] {
  const baseOf = (number: number | undefined): string =>
    memory.threads.pulls.find((pull) => pull.number === number)?.base ?? '-';
  return items
    .map(({ action, reason, pullRequest }) => `${baseOf(pullRequest?.number)}: ${action}: ${reason}`)
    .toSorted();
}

const statesOf = ({ memory }: Story): readonly string[] =>
  memory.threads.pulls.map(({ base, state }) => `${base}: ${state}`);

const into = ({ memory }: Story, base: string) => {
  const found = memory.threads.pulls.findLast((pull) => pull.base === base);
  if (!found) throw new Error(`nothing goes into ${base}`);
  return found;
};

/** Commits that a merge would bring into the base of a pull request. */
function brings({ memory }: Story, { branch, base }: { readonly branch: string; readonly base: string }) {
  const { git } = memory;
  const [head, onto] = [git.branches.get(branch) ?? '', git.branches.get(base) ?? ''];
  return [...git.commits.keys()].filter((sha) => git.isAfter(head, sha) && !git.isAfter(onto, sha));
}

async function openBoth(wish: RunWish = {}): Promise<Story> {
  const story = twoBases();
  await story.run(story.fixes('a'), wish);
  await story.run(story.fixes('a'), { ...wish, ...release });
  return story;
}

describe('a fix that goes into two branches', () => {
  it('has a branch and a pull request for each', async () => {
    const s = twoBases();
    await s.run(s.fixes('a'));
    const outcome = await s.run(s.fixes('a'), release);
    expect(said(s, outcome)).toEqual(['main: leave: it was opened for main', 'release: open: new']);
    expect(statesOf(s)).toEqual(['main: open', 'release: open']);
    expect(new Set(s.memory.threads.pulls.map(({ branch }) => branch)).size).toBe(2);
    alwaysTrue(s);
  });

  it('is kept by the next run of each', async () => {
    const s = await openBoth();
    for (const base of ['main', 'release'])
      expect(said(s, await s.run(s.fixes('a'), { base }))).toContain(`${base}: keep: nothing to change`);
    expect(statesOf(s)).toEqual(['main: open', 'release: open']);
  });

  it('keeps the id of its change on the default branch, whether that is named or not', async () => {
    const s = twoBases();
    await s.run(s.fixes('a'), { base: 'main' });
    expect(into(s, 'main').branch).toContain(printOf('a').slice(0, 12));
    expect(said(s, await s.run(s.fixes('a')))).toEqual(['main: keep: nothing to change']);
  });

  it('brings nothing of the one into the other', async () => {
    const s = twoBases();
    await s.run(s.fixes('a'));
    s.people.merge(into(s, 'main').number, { how: 'squash', keepsBranch: true });
    expect(said(s, await s.run(s.fixes('a'), release))).toEqual(['release: open: new']);
    expect(brings(s, into(s, 'release'))).toEqual([s.head(into(s, 'release').branch)]);
  });

  it.for([
    ['main', 'release'],
    ['release', 'main'],
  ] as const)('that a person has closed on %s stays closed there, and stays open on %s', async ([base, other]) => {
    const s = await openBoth();
    const { number } = into(s, base);
    s.people.close(number);
    expect(said(s, await s.run(s.fixes('a'), { base }))).toContain(
      `-: ignore: #${number} was closed without merging it`,
    );
    expect(said(s, await s.run(s.fixes('a'), { base: other }))).toContain(`${other}: keep: nothing to change`);
    expect(statesOf(s).toSorted()).toEqual([`${base}: closed`, `${other}: open`].toSorted());
  });

  it('that a person has closed on main before is opened on release', async () => {
    const s = twoBases();
    await s.run(s.fixes('a'));
    s.people.close(into(s, 'main').number);
    await s.run(s.fixes('a'));
    expect(said(s, await s.run(s.fixes('a'), release))).toEqual(['release: open: new']);
  });

  it('comes back by its own box', async () => {
    const s = await openBoth();
    const { number, branch } = into(s, 'release');
    s.people.close(number);
    await s.run(s.fixes('a'), release);
    expect(s.tick(`reopen ${branch.slice(26, 38)}`)).toBe(1);
    expect(said(s, await s.run(s.fixes('a'), release))).toContain('release: reopen: a person wants it back');
    expect(statesOf(s)).toEqual(['main: open', 'release: open']);
  });

  it('that is wanted back on the one stays closed on the other', async () => {
    const s = await openBoth();
    const [main, other] = [into(s, 'main'), into(s, 'release')];
    s.people.close(main.number);
    s.people.close(other.number);
    await s.run(s.fixes('a'));
    await s.run(s.fixes('a'), release);
    s.tick(`reopen ${other.branch.slice(26, 38)}`);
    await s.run(s.fixes('a'), release);
    expect(said(s, await s.run(s.fixes('a')))).toContain(`-: ignore: #${main.number} was closed without merging it`);
    expect(statesOf(s)).toEqual(['main: closed', 'release: open']);
  });

  it('that is wrong on the one is proposed on neither, until that is taken back', async () => {
    const s = twoBases();
    await s.run(s.fixes('a'), release);
    const { branch, number } = into(s, 'release');
    const id = branch.slice(26, 38);
    s.people.close(number);
    await s.run(s.fixes('a'), release);
    s.tick(`reason ${id} wrong`);
    await s.run(s.fixes('a'), release);
    expect(said(s, await s.run(s.fixes('a')))).toEqual(['-: ignore: a person said: wrong']);
    s.tick(`reopen ${id}`);
    await s.run(s.fixes('a'), release);
    expect(said(s, await s.run(s.fixes('a')))).toContain('main: open: new');
  });

  it.each(['', 'mine'])('stays closed where its marker is gone and the body is `%s`', async (body) => {
    const s = await openBoth();
    const pull = into(s, 'release');
    pull.body = body;
    s.people.close(pull.number);
    expect(said(s, await s.run(s.fixes('a'), release))).toContain(
      `-: ignore: #${pull.number} was closed without merging it`,
    );
    expect(s.dashboard?.body).toContain(`cortex:box reopen ${pull.branch.slice(26, 38)}`);
  });

  it('stays closed where its marker is gone and the plan has changed its grouping', async () => {
    const s = await openBoth();
    const pull = into(s, 'release');
    pull.body = '';
    s.people.close(pull.number);
    const wish = { ...release, pulls: { group: 'capability' } } as const;
    expect(said(s, await s.run(s.fixes('a'), wish))).toContain(
      `-: ignore: #${pull.number} was closed without merging it`,
    );
  });

  it('is asked for by the box of what was closed, though the plan groups it now and waits for merges', async () => {
    const s = await openBoth();
    const { number, branch } = into(s, 'release');
    s.people.close(number, { deletesBranch: true });
    await s.run(s.fixes('a'), release);
    s.tick(`reopen ${branch.slice(26, 38)}`);
    const wish = { ...release, pulls: { group: 'capability', pace: { start: 1, days: 7 } } } as const;
    expect(said(s, await s.run(s.fixes('a'), wish))).toContain('release: open: new');
  });

  it('is forgotten where its marker was gone, once its finding is', async () => {
    const s = await openBoth();
    const { number, branch } = into(s, 'release');
    into(s, 'release').body = '';
    s.people.close(number, { deletesBranch: true });
    await s.run(s.fixes('a'), release);
    expect(s.dashboard?.body).toContain(`cortex:box reopen ${branch.slice(26, 38)}`);
    await s.run([], release);
    expect(s.dashboard?.body).not.toContain(`cortex:box reopen ${branch.slice(26, 38)}`);
  });

  it('stays closed where its branch is gone', async () => {
    const s = await openBoth();
    const { number } = into(s, 'release');
    s.people.close(number, { deletesBranch: true });
    expect(said(s, await s.run(s.fixes('a'), release))).toContain(
      `-: ignore: #${number} was closed without merging it`,
    );
  });

  it('is closed on the one alone where its finding is gone there', async () => {
    const s = await openBoth();
    expect(said(s, await s.run([], release))).toEqual([
      'main: leave: it was opened for main',
      'release: close: its finding is gone',
    ]);
    expect(statesOf(s)).toEqual(['main: open', 'release: closed']);
  });

  it('of a group is a group for each', async () => {
    const pulls = { group: 'capability' } as const;
    const s = await openBoth({ pulls });
    await s.run(s.fixes('a', 'b'), { pulls, ...release });
    expect(s.memory.threads.pulls.map(({ base }) => base)).toEqual(['main', 'release']);
    expect(s.memory.git.treeAt(s.head(into(s, 'release').branch)).get('src/b.txt')?.content).toBe(
      text.replace('two', 'TWO'),
    );
    alwaysTrue(s);
  });

  it('that is held waits under an id of its own', async () => {
    const s = twoBases();
    await s.run(s.fixes('a'));
    const policy = { paths: { allow: ['**'], deny: ['src/a.txt'] } };
    const { items } = await s.run(s.fixes('a'), { ...release, policy });
    expect(items.map(({ action }) => action).toSorted()).toEqual(['hold', 'leave']);
    expect(new Set(items.map(({ id }) => id)).size).toBe(2);
  });
});
