import { expect } from 'vitest';
import type { PublishOutcome } from '../../../src/report/publish/outcome.ts';
import { lifecycle, broughtBy, commentsOf, pushTo, type Case } from './lifecycle.ts';
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
    it: 'is closed where another change mends the same finding now',
    story: async (s) => {
      await s.run(s.fixes('a'));
      const other = s.fix('b', { path: 'src/a.txt', line: 'eight' });
      const first = s.fix('a');
      return s.run([
        {
          ...other,
          change: {
            proof: {
              tool: 'test',
              before: { findings: 1, evidence: 'e'.repeat(64) },
              after: { findings: 0, evidence: 'e'.repeat(64) },
              gone: [(await import('../../support/publish/proposals.ts')).findingOf(first.name)],
              introduced: [],
            },
          },
        },
      ]);
    },
    ends: { a: 'close: superseded by', b: 'open: new' } as Record<string, string>,
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
