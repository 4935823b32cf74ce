import { expect } from 'vitest';
import type { PublishOutcome } from '../../../src/report/publish/outcome.ts';
import { problem } from '../../../src/shared/errors.ts';
import { lifecycle, broughtBy, commentsOf, pushTo, type Case } from './lifecycle.ts';
import { findingOf, type Proposal } from '../../support/publish/proposals.ts';
import { text, type RunWish, type Story } from '../../support/publish/story.ts';

const upper = (line: string): string => text.replace(line, line.toUpperCase());
const day = 24 * 60 * 60 * 1000;

/** Opens the fix a, something happens, runs with these fixes. */
const after =
  (happens: (story: Story) => void, names: readonly string[] = ['a'], wish: RunWish = {}) =>
  async (story: Story) => {
    await story.run(story.fixes('a'));
    happens(story);
    return story.run(story.fixes(...names), wish);
  };

const close = (s: Story): void => s.people.close(s.number('a'));
const learned = ({ lessons }: PublishOutcome, reason: string): void =>
  expect(lessons).toMatchObject([{ reason, pullRequest: 1, rules: ['test/bad'] }]);
const closedOne = 'ignore: #1 was closed without merging it';

const aPullRequestThatAPersonHasClosed: readonly Case[] = [
  { it: 'stays closed', story: after(close), ends: { a: closedOne }, and: (s) => expect(s.pulls('a')).toHaveLength(1) },
  {
    it: 'stays closed without its branch',
    story: after((s) => s.people.close(s.number('a'), { deletesBranch: true })),
    ends: { a: closedOne },
    and: (s) => expect([...s.memory.git.branches.keys()]).toEqual(['main']),
  },
  {
    it: 'stays closed where its branch was deleted alone',
    story: after((s) => s.people.deleteBranch(s.branch('a'))),
    ends: { a: closedOne },
  },
  {
    it: 'stays closed where the memory of the dashboard is lost',
    story: after((s) => {
      close(s);
      s.memory.threads.issues.splice(0);
    }),
    ends: { a: closedOne },
  },
  {
    it: 'stays closed where its marker is gone',
    story: after((s) => {
      s.memory.threads.pull(s.number('a')).body = '';
      close(s);
    }),
    ends: { a: closedOne },
  },
  {
    it: 'stays closed where its marker is damaged',
    story: after((s) => {
      const pull = s.memory.threads.pull(s.number('a'));
      pull.body = pull.body.replace('"key"', '"kex"');
      close(s);
    }),
    ends: { a: closedOne },
  },
  {
    it: 'stays closed where its fix comes out otherwise',
    story: async (s) => {
      await s.run(s.fixes('a'));
      close(s);
      return s.run([s.fix('a', { line: 'three' })]);
    },
    ends: { a: closedOne },
  },
  {
    it: 'stays closed where the slug of its fix has changed',
    story: async (s) => {
      await s.run(s.fixes('a'));
      close(s);
      return s.run([s.fix('a', { change: { pullRequest: { branchSlug: 'other', title: 'Other', body: '' } } })]);
    },
    ends: { a: closedOne },
  },
  {
    it: 'stays closed where another plan proposes the same',
    story: after(close, ['a'], { plan: 'weekly' }),
    ends: { a: closedOne },
  },
  {
    it: 'stays closed where its branch has a person’s commit',
    story: after((s) => {
      pushTo(s, 'a');
      close(s);
    }),
    ends: { a: closedOne },
  },
  {
    it: 'stays closed run after run',
    story: async (s) => {
      await after(close)(s);
      await s.run(s.fixes('a'));
      return s.run(s.fixes('a'));
    },
    ends: { a: closedOne },
  },
  {
    it: 'stays closed once its finding was gone for a while and its branch is too',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.close(s.number('a'), { deletesBranch: true });
      await s.run([]);
      return s.run(s.fixes('a'));
    },
    ends: { a: closedOne },
  },
  {
    it: 'frees its path for another fix',
    story: async (s) => {
      await s.run(s.fixes('a'));
      close(s);
      return s.run([s.fix('a'), s.fix('b', { path: 'src/a.txt', line: 'eight' })]);
    },
    ends: { a: closedOne, b: 'open: new' },
  },
  {
    it: 'is not open against the limits',
    story: async (s) => {
      await s.run(s.fixes('a'));
      close(s);
      return s.run(s.fixes('a', 'b'), { pulls: { max: 1 } });
    },
    ends: { a: closedOne, b: 'open: new' },
  },
  {
    it: 'stands in the dashboard with boxes to have it back and to say why',
    story: after(close),
    ends: { a: closedOne },
    and: (s) => expect(s.dashboard?.body.match(/- \[ \] <!-- cortex:box (reopen|reason)/g)).toHaveLength(5),
  },
  {
    it: 'comes back by its box',
    story: async (s) => {
      await after(close)(s);
      expect(s.tick('reopen ')).toBe(1);
      return s.run(s.fixes('a'));
    },
    ends: { a: 'reopen: a person wants it back' },
    and: (s) => {
      expect(s.pulls('a').map((pull) => pull.state)).toEqual(['open']);
      expect(s.dashboard?.body).not.toContain('[x]');
    },
  },
  {
    it: 'comes back as a fresh one where its branch is gone',
    story: async (s) => {
      await after((story) => story.people.close(story.number('a'), { deletesBranch: true }))(s);
      s.tick('reopen ');
      return s.run(s.fixes('a'));
    },
    ends: { a: 'open: came back after #1' },
    and: (s) => expect(s.pulls('a').map((pull) => pull.state)).toEqual(['closed', 'open']),
  },
  {
    it: 'comes back up to date where the base has moved in its file',
    story: async (s) => {
      await after(close)(s);
      s.people.push('main', { 'src/a.txt': upper('eight') });
      s.tick('reopen ');
      return s.run(s.fixes('a'));
    },
    ends: { a: 're' },
    and: (s) => {
      expect(s.pulls('a').filter((pull) => pull.state === 'open')).toHaveLength(1);
      expect(broughtBy(s, 'a')).toEqual({ 'src/a.txt': upper('eight').replace('two', 'TWO') });
    },
  },
  {
    it: 'comes back by its box even where the run in between did not find it',
    story: async (s) => {
      await after(close)(s);
      s.tick('reopen ');
      await s.run([], { partial: ['fix-headers'] });
      return s.run(s.fixes('a'));
    },
    ends: { a: 'reopen' } as Record<string, string>,
  },
  {
    it: 'does not come back where a run died after it had reopened it',
    story: async (s) => {
      await after(close)(s);
      s.tick('reopen ');
      s.memory.fault = (write) => (write === 'writeIssue' ? 'before' : undefined);
      await s.run(s.fixes('a')).catch(() => undefined);
      s.memory.fault = () => undefined;
      return s.run(s.fixes('a'));
    },
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.pulls('a')).toHaveLength(1),
  },
  {
    it: 'stays closed where it is closed again after it came back',
    story: async (s) => {
      await after(close)(s);
      s.tick('reopen ');
      await s.run(s.fixes('a'));
      close(s);
      return s.run(s.fixes('a'));
    },
    ends: { a: closedOne },
  },
  ...(['wrong', 'not-wanted', 'duplicate'] as const).map((reason) => ({
    it: `is learned from where a person says: ${reason}`,
    story: async (s: Story) => {
      await after(close)(s);
      s.tick(`reason ${s.branch('a').slice(26, 38)} ${reason}`);
      return s.run(s.fixes('a'));
    },
    ends: { a: `ignore: a person said: ${reason.replace('-', ' ')}` },
    and: (_: Story, o: PublishOutcome) => learned(o, reason),
  })),
  {
    it: 'waits for a month where a person says: later',
    story: async (s) => {
      await after(close)(s);
      s.tick(`reason ${s.branch('a').slice(26, 38)} later`);
      await s.run(s.fixes('a'));
      s.people.pass(29 * day);
      return s.run(s.fixes('a'));
    },
    ends: { a: 'ignore: wanted later, since 2026-11-20' },
  },
  {
    it: 'comes back after a month where a person said: later',
    story: async (s) => {
      await after(close)(s);
      s.tick(`reason ${s.branch('a').slice(26, 38)} later`);
      await s.run(s.fixes('a'));
      s.people.pass(31 * day);
      return s.run(s.fixes('a'));
    },
    ends: { a: 're' },
    and: (s) => expect(s.pulls('a').filter((pull) => pull.state === 'open')).toHaveLength(1),
  },
  {
    it: 'is not counted twice where the box is seen by two runs',
    story: async (s) => {
      await after(close)(s);
      s.tick(`reason ${s.branch('a').slice(26, 38)} wrong`);
      s.memory.fault = (write) => (write === 'writeIssue' ? 'before' : undefined);
      await s.run(s.fixes('a')).catch(() => undefined);
      s.memory.fault = () => undefined;
      return s.run(s.fixes('a'));
    },
    ends: { a: 'ignore: a person said: wrong' },
    and: (_, o) => expect(o.lessons).toHaveLength(1),
  },
  {
    it: 'is remembered by what the results branch has learned, where all else is lost',
    story: async (s) => {
      await after(close)(s);
      s.tick(`reason ${s.branch('a').slice(26, 38)} wrong`);
      s.lessons = (await s.run(s.fixes('a'))).lessons;
      s.memory.threads.pulls.splice(0);
      s.memory.threads.issues.splice(0);
      s.memory.git.branches.delete('cortex/development-master/fcb77efdfc2f-mend-a');
      return s.run(s.fixes('a'));
    },
    ends: { a: 'ignore: a person said: wrong' },
  },
  {
    it: 'takes its reason back by the box to reopen',
    story: async (s) => {
      await after(close)(s);
      s.tick(`reason ${s.branch('a').slice(26, 38)} wrong`);
      await s.run(s.fixes('a'));
      s.tick('reopen ');
      return s.run(s.fixes('a'));
    },
    ends: { a: 'reopen: a person wants it back' },
  },
];

lifecycle('a pull request that a person has closed', aPullRequestThatAPersonHasClosed);

const aPullRequestThatWasMerged: readonly Case[] = [
  { it: 'is done where its finding is gone', story: after((s) => s.people.merge(s.number('a')), []), ends: {} },
  {
    it: 'is done where its branch was kept',
    story: after((s) => s.people.merge(s.number('a'), { keepsBranch: true }), []),
    ends: {},
  },
  {
    it: 'is done where a run of before the merge comes late',
    story: after((s) => s.people.merge(s.number('a'))),
    ends: { a: 'contained: main has all of it already' },
  },
  {
    it: 'comes back where its finding does',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.merge(s.number('a'));
      s.people.push('main', { 'src/a.txt': text });
      s.rebase();
      return s.run(s.fixes('a'));
    },
    ends: { a: 'open: came back after #1' },
    and: (s) => expect(s.pulls('a').map((pull) => pull.state)).toEqual(['merged', 'open']),
  },
  {
    it: 'comes back on a branch that was kept',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.merge(s.number('a'), { keepsBranch: true });
      s.people.push('main', { 'src/a.txt': text });
      s.rebase();
      return s.run(s.fixes('a'));
    },
    ends: { a: 'open: came back after #1' },
    and: (s) => expect(broughtBy(s, 'a')).toEqual({ 'src/a.txt': upper('two') }),
  },
  {
    it: 'comes back after a squash, on a branch that was kept',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.merge(s.number('a'), { how: 'squash', keepsBranch: true });
      s.people.push('main', { 'src/a.txt': text });
      s.rebase();
      return s.run(s.fixes('a'));
    },
    ends: { a: 'open: came back after #1' },
    and: (s) => expect(broughtBy(s, 'a')).toEqual({ 'src/a.txt': upper('two') }),
  },
  {
    it: 'with a person’s commit comes back as what Cortex proposes',
    story: async (s) => {
      await s.run(s.fixes('a'));
      pushTo(s, 'a');
      s.people.merge(s.number('a'));
      s.people.push('main', { 'src/a.txt': text });
      s.rebase();
      return s.run(s.fixes('a'));
    },
    ends: { a: 'open: came back after #1' },
  },
  {
    it: 'is not ignored for having been closed before',
    story: async (s) => {
      await after(close)(s);
      s.tick('reopen ');
      await s.run(s.fixes('a'));
      s.people.merge(s.number('a'));
      s.people.push('main', { 'src/a.txt': text });
      s.rebase();
      return s.run(s.fixes('a'));
    },
    ends: { a: 'open: came back after #1' },
  },
  {
    it: 'frees its path and its place',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.merge(s.number('a'));
      s.rebase();
      return s.run([s.fix('b', { path: 'src/a.txt', line: 'eight' })], { pulls: { max: 1 } });
    },
    ends: { b: 'open: new' },
  },
];

lifecycle('a pull request that was merged', aPullRequestThatWasMerged);

const gone = 'close: its finding is gone';

const personOn = (s: Story): string => `person on ${s.branch('a')}`;

/** A person pushes to the branch of the fix a just before a write of that kind. */
function meanwhile(s: Story, kind: string): void {
  s.memory.fault = (write) => {
    if (write === kind) pushTo(s, 'a');
    return undefined;
  };
}

/** A person restores the branch of the fix a, and opens its pull request again. */
function openAgain(s: Story): void {
  const pull = s.memory.threads.pull(s.number('a'));
  s.memory.git.branches.set(pull.branch, pull.closedHead ?? '');
  Object.assign(pull, { state: 'open', closedAt: null, closedHead: null });
}

const aPullRequestWhoseFindingIsGone: readonly Case[] = [
  {
    it: 'is closed with a comment, and its branch goes',
    story: after(() => undefined, []),
    ends: { a: gone },
    and: (s) => {
      expect(s.pulls('a')[0]).toMatchObject({ state: 'closed', head: null });
      expect(commentsOf(s, 'a')).toBe(1);
    },
  },
  {
    it: 'stays where its task did not see everything',
    story: after(() => undefined, [], { partial: ['fix-headers'] }),
    ends: { a: 'leave: task fix-headers did not see everything' } as Record<string, string>,
    and: (s) => expect(s.pulls('a')[0]?.state).toBe('open'),
  },
  {
    it: 'stays where the execution failed',
    story: after(() => undefined, [], { report: { status: 'failed' } }),
    ends: { a: 'leave: task fix-headers did not see everything' } as Record<string, string>,
  },
  {
    it: 'stays where the execution was cancelled',
    story: after(() => undefined, [], { report: { status: 'cancelled' } }),
    ends: { a: 'leave: task fix-headers did not see everything' } as Record<string, string>,
  },
  {
    it: 'stays where its file was not read',
    story: after(() => undefined, [], {
      report: { unread: [{ task_id: 'other', path: 'src/a.txt', reason: 'too large' }] },
    }),
    ends: { a: 'leave: src/a.txt was not looked at' } as Record<string, string>,
  },
  {
    it: 'stays where its folder was left out',
    story: after(() => undefined, [], { report: { left_out: [{ path: 'src', reason: 'too many files' }] } }),
    ends: { a: 'leave: src/a.txt was not looked at' } as Record<string, string>,
  },
  {
    it: 'stays where another plan does not propose it',
    story: after(() => undefined, [], { plan: 'weekly' }),
    ends: { a: 'leave: it belongs to plan nightly' },
  },
  {
    it: 'stays where a person has pointed it at another branch',
    story: after((s) => (s.memory.threads.pull(s.number('a')).base = 'release'), []),
    ends: { a: 'leave: somebody has pointed it at release' },
  },
  {
    it: 'stays where a person has pushed to it, who is told',
    story: after((s) => pushTo(s, 'a'), []),
    ends: { a: 'hand-over: its finding is gone, and its newest commit is not of Cortex' },
    and: (s) => {
      expect(s.pulls('a')[0]?.state).toBe('open');
      expect(commentsOf(s, 'a')).toBe(1);
    },
  },
  {
    it: 'stays where its marker is gone, as it can’t be told what it was for',
    story: after((s) => (s.memory.threads.pull(s.number('a')).body = 'Mine'), []),
    ends: { 'cortex/development-master/fcb77efdfc2f-mend-a': 'leave: its marker is missing' },
  },
  {
    it: 'stays where its change is only not fit any more',
    story: async (s) => {
      await s.run(s.fixes('a'));
      return s.run(s.fixes('a'), { policy: { paths: { allow: ['**'], deny: ['src/a.txt'] } } });
    },
    ends: { a: 'leave: its finding is still there, and its fix is not fit at the moment' },
  },
  {
    it: 'stays where its change was rejected this time',
    story: async (s) => {
      await s.run(s.fixes('a'));
      return s.run([s.fix('a', { verdict: 'rejected' })]);
    },
    ends: { a: 'leave: its finding is still there, and its fix is not fit at the moment' },
  },
  {
    it: 'stays where an older run comes late',
    story: after(() => undefined, [], { execution: 'CORTEX-EXEC-2020-01-01-000000' }),
    ends: { a: 'leave: a later execution has been here' },
  },
  {
    it: 'stays where an older run comes late that found it',
    story: async (s) => {
      await s.run(s.fixes('a'), { execution: 'CORTEX-EXEC-2026-11-20-130000' });
      await s.run([], { execution: 'CORTEX-EXEC-2026-11-22-130000' });
      return s.run(s.fixes('a'), { execution: 'CORTEX-EXEC-2026-11-21-130000' });
    },
    ends: { a: 'hold: a later execution has been here' },
    and: (s) => expect(s.pulls('a').map((pull) => pull.state)).toEqual(['closed']),
  },
  {
    it: 'keeps what a person has pushed to its branch meanwhile',
    story: async (s) => {
      await s.run(s.fixes('a'));
      meanwhile(s, 'deleteBranch');
      return s.run([]);
    },
    ends: { a: 'close: its finding is gone; its branch stays, as somebody has pushed to it' },
    and: (s) => {
      expect(s.pulls('a')[0]).toMatchObject({ state: 'closed', head: { message: personOn(s) } });
      expect(commentsOf(s, 'a')).toBe(1);
    },
  },
  {
    it: 'is closed where its branch is gone meanwhile',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.memory.fault = (write) => {
        if (write === 'deleteBranch') s.people.deleteBranch(s.branch('a'));
        return undefined;
      };
      return s.run([]);
    },
    ends: { a: gone },
    and: (s) => expect([...s.memory.git.branches.keys()]).toEqual(['main']),
  },
  {
    it: 'stays open where a person has opened it again, whatever is found',
    story: async (s) => {
      await after(() => undefined, [])(s);
      openAgain(s);
      return s.run([]);
    },
    ends: { a: 'leave: a person has opened it again' },
    and: (s) => {
      expect(s.pulls('a')[0]?.state).toBe('open');
      expect(commentsOf(s, 'a')).toBe(1);
    },
  },
  {
    it: 'is written anew where a person has opened it again and its finding is back',
    story: async (s) => {
      await after(() => undefined, [])(s);
      openAgain(s);
      return s.run(s.fixes('a'));
    },
    ends: { a: 'update: a person has opened it again' },
    and: (s) => expect(s.pulls('a')[0]?.body).not.toContain('Closed by Cortex'),
  },
  {
    it: 'stays open where the base had all of it and a person has opened it again',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.push('main', { 'src/a.txt': upper('two') });
      await s.run(s.fixes('a'));
      openAgain(s);
      return s.run(s.fixes('a'));
    },
    ends: { a: 'leave: a person has opened it again' },
    and: (s) => expect(s.pulls('a')[0]?.state).toBe('open'),
  },
  {
    it: 'stays closed where a person has opened it again and closes it then',
    story: async (s) => {
      await after(() => undefined, [])(s);
      openAgain(s);
      await s.run(s.fixes('a'));
      close(s);
      return s.run(s.fixes('a'));
    },
    ends: { a: closedOne },
    and: (s) => expect(s.pulls('a').map((pull) => pull.state)).toEqual(['closed']),
  },
  {
    it: 'comes back as a fresh one where its finding does',
    story: async (s) => {
      await after(() => undefined, [])(s);
      return s.run(s.fixes('a'));
    },
    ends: { a: 'open: came back after #1' },
    and: (s) => expect(s.pulls('a').map((pull) => pull.state)).toEqual(['closed', 'open']),
  },
  {
    it: 'is closed once, and not spoken of again',
    story: async (s) => {
      await after(() => undefined, [])(s);
      return s.run([]);
    },
    ends: {},
    and: (s) => expect(commentsOf(s, 'a')).toBe(1),
  },
  {
    it: 'is closed to the end where a run died in the middle',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.memory.fault = (write) => (write === 'editPullRequest' ? 'before' : undefined);
      await s.run([]).catch(() => undefined);
      s.memory.fault = () => undefined;
      return s.run([]);
    },
    ends: { a: gone },
    and: (s) => expect(commentsOf(s, 'a')).toBe(1),
  },
  {
    it: 'leaves no branch behind where a run died before it could delete that',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.memory.fault = (write) => (write === 'deleteBranch' ? 'before' : undefined);
      await s.run([]).catch(() => undefined);
      s.memory.fault = () => undefined;
      return s.run([]);
    },
    ends: { 'cortex/development-master/fcb77efdfc2f-mend-a': 'clean: its pull request #1 is closed' },
    and: (s) => expect([...s.memory.git.branches.keys()]).toEqual(['main']),
  },
  {
    it: 'leaves a branch behind that a person pushes to before it is deleted',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.memory.fault = (write) => (write === 'deleteBranch' ? 'before' : undefined);
      await s.run([]).catch(() => undefined);
      meanwhile(s, 'deleteBranch');
      return s.run([]);
    },
    ends: {
      'cortex/development-master/fcb77efdfc2f-mend-a':
        'clean: its pull request #1 is closed; its branch stays, as somebody has pushed to it',
    },
    and: (s, o) => {
      expect(s.pulls('a')[0]?.head?.message).toBe(personOn(s));
      expect(o.items.map(({ isDone }) => isDone)).toEqual([false]);
    },
  },
  {
    it: 'leaves no branch of a run that died before it opened anything',
    story: async (s) => {
      s.memory.fault = (write) => (write === 'openPullRequest' ? 'before' : undefined);
      await s.run(s.fixes('a')).catch(() => undefined);
      s.memory.fault = () => undefined;
      return s.run([]);
    },
    ends: { 'cortex/development-master/fcb77efdfc2f-mend-a': 'clean: no run needs it any more' },
  },
  {
    it: 'keeps the branch of another plan',
    story: async (s) => {
      s.memory.fault = (write) => (write === 'openPullRequest' ? 'before' : undefined);
      await s.run(s.fixes('a')).catch(() => undefined);
      s.memory.fault = () => undefined;
      return s.run([], { plan: 'weekly' });
    },
    ends: {},
    and: (s) => expect([...s.memory.git.branches.keys()]).toHaveLength(2),
  },
  {
    it: 'never touches branches that people named like ours',
    story: async (s) => {
      s.people.push('cortex/mine', { 'x.txt': 'x' });
      s.people.push('cortex/results', { 'coordination/x.json': '{}' });
      return s.run([]);
    },
    ends: {},
    and: (s) => expect([...s.memory.git.branches.keys()]).toEqual(['main', 'cortex/mine', 'cortex/results']),
  },
];

lifecycle('a pull request whose finding is gone', aPullRequestWhoseFindingIsGone);

/** A change that mends what the fix a mends, in another file. */
function other(s: Story, path: string): Proposal {
  const side = { findings: 1, evidence: 'e'.repeat(64) };
  const proof = { tool: 'test', before: side, after: { ...side, findings: 0 }, gone: [findingOf('a')], introduced: [] };
  return s.fix('b', { path, change: { proof } });
}

const notOpen = 'leave: another change mends the same, and is not open yet: ';

const aPullRequestThatAnotherOneReplaces: readonly Case[] = [
  {
    it: 'is closed where that one is opened, on the same path too',
    story: async (s) => {
      await s.run(s.fixes('a'));
      return s.run([other(s, 'src/a.txt')], { pulls: { max: 1 } });
    },
    ends: { a: 'close: superseded by', b: 'open: new' },
    and: (s) => expect(s.memory.threads.pulls.map(({ state }) => state)).toEqual(['closed', 'open']),
  },
  {
    it: 'is closed where that one is open already',
    story: async (s) => {
      await s.run([other(s, 'src/z.txt'), s.fix('a')]);
      return s.run([other(s, 'src/z.txt')]);
    },
    ends: { a: 'close: superseded by', b: 'update: its text says something else now' },
  },
  {
    it: 'is closed where that one is open and a person’s by now',
    story: async (s) => {
      await s.run([other(s, 'src/z.txt'), s.fix('a')]);
      pushTo(s, 'b');
      return s.run([other(s, 'src/z.txt')]);
    },
    ends: { a: 'close: superseded by', b: 'hand-over: its newest commit is not of Cortex' },
  },
  {
    it: 'stays where that one is open, and was pointed at another branch',
    story: async (s) => {
      await s.run([other(s, 'src/z.txt'), s.fix('a')]);
      s.memory.threads.pull(s.number('b')).base = 'release';
      return s.run([other(s, 'src/z.txt')]);
    },
    ends: { a: notOpen, b: 'leave: somebody has pointed it at release' },
  },
  {
    it: 'is closed once, after that one was opened, where a run died in between',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.memory.fault = (write) => (write === 'writeComment' ? 'before' : undefined);
      await s.run([other(s, 'src/a.txt')]).catch(() => undefined);
      s.memory.fault = () => undefined;
      return s.run([other(s, 'src/a.txt')]);
    },
    ends: { a: 'close: superseded by', b: 'keep: nothing to change' },
    and: (s) => expect(s.memory.threads.pulls.map(({ state }) => state)).toEqual(['closed', 'open']),
  },
  {
    it: 'stays where the host does not let that one be opened',
    story: async (s) => {
      await s.run(s.fixes('a'));
      const no = problem('github-refused', 'no more pull requests', { hint: '' });
      s.memory.fault = (write) => (write === 'openPullRequest' ? no : undefined);
      return s.run([other(s, 'src/z.txt')]);
    },
    ends: { a: 'hold: ', b: 'hold: no more pull requests' },
    and: (s) => expect(s.memory.threads.pulls.map(({ state }) => state)).toEqual(['open']),
  },
  {
    it: 'stays where that one does not pass its gates',
    story: async (s) => {
      await s.run(s.fixes('a'));
      return s.run([other(s, 'deploy/x.txt')], { policy: { paths: { allow: ['**'], deny: ['deploy/**'] } } });
    },
    ends: { a: notOpen, b: 'hold: ' },
    and: (s) => expect(s.pulls('a')[0]?.state).toBe('open'),
  },
  {
    it: 'stays where that one waits in the queue',
    story: async (s) => {
      await s.run(s.fixes('a'));
      return s.run([other(s, 'src/z.txt')], { pulls: { perRun: 0 } });
    },
    ends: { a: notOpen, b: 'queue: ' },
    and: (s) => expect(s.pulls('a')[0]?.state).toBe('open'),
  },
  {
    it: 'stays where a person has closed that one before',
    story: async (s) => {
      await s.run([other(s, 'src/z.txt')]);
      s.people.close(1);
      await s.run([other(s, 'src/z.txt'), s.fix('a')]);
      return s.run([other(s, 'src/z.txt')]);
    },
    ends: { a: notOpen, b: closedOne },
    and: (s) => expect(s.pulls('a')[0]?.state).toBe('open'),
  },
  {
    it: 'stays where that one was not proven: its finding is there',
    story: async (s) => {
      await s.run(s.fixes('a'));
      return s.run([{ ...other(s, 'src/z.txt'), verdict: 'rejected' }]);
    },
    ends: { a: notOpen, b: 'refuse: rejected' },
  },
  {
    it: 'keeps its path where another one holds up that one',
    story: async (s) => {
      await s.run([s.fix('a'), s.fix('c', { path: 'src/c.txt' })]);
      const both = ['src/a.txt', 'src/c.txt'].map((path) => ({ path, before: text, after: upper('eight') }));
      return s.run([{ ...other(s, 'src/a.txt'), edits: both }, s.fix('c', { path: 'src/c.txt' })]);
    },
    ends: { a: notOpen, b: 'hold: waits for #', c: 'keep: nothing to change' },
  },
];

lifecycle('a pull request that another one replaces', aPullRequestThatAnotherOneReplaces);
