import { expect } from 'vitest';
import { lifecycle, broughtBy, commentsOf, pushTo, type Case } from './lifecycle.ts';
import { text, type Story } from '../../support/publish/story.ts';

const upper = (line: string): string => text.replace(line, line.toUpperCase());
const day = 24 * 60 * 60 * 1000;

/** Opens the fix a, lets something happen, and runs again. */
const afterwards =
  (happens: (story: Story) => void, names: readonly string[] = ['a'], wish = {}) =>
  async (story: Story) => {
    await story.run(story.fixes('a'), wish);
    happens(story);
    return story.run(story.fixes(...names), wish);
  };

const headOf = (story: Story): string => story.head(story.branch('a'));

const anOpenPullRequestOfOurs: readonly Case[] = [
  {
    it: 'stays as it is where nothing has changed',
    story: afterwards(() => undefined),
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.memory.writes.filter((write) => write !== 'writeIssue')).toHaveLength(4),
  },
  {
    it: 'gets no commit where the base has moved elsewhere',
    story: afterwards((s) => s.people.push('main', { 'README.md': 'x\n' })),
    ends: { a: 'keep: nothing to change' },
  },
  {
    it: 'gets one commit that joins the base where that has moved in its file',
    story: afterwards((s) => s.people.push('main', { 'src/a.txt': upper('eight') })),
    ends: { a: 'update: its files are not what they should be now' },
    and: (s) => {
      expect(broughtBy(s, 'a')).toEqual({ 'src/a.txt': upper('eight').replace('two', 'TWO') });
      expect(s.memory.git.head(s.branch('a'))?.parents[1]).toBe(s.head('main'));
    },
  },
  {
    it: 'moves forward only: what it had stays in its history',
    story: async (s) => {
      await s.run(s.fixes('a'));
      const before = headOf(s);
      s.people.push('main', { 'src/a.txt': upper('eight') });
      const outcome = await s.run(s.fixes('a'));
      expect(s.memory.git.isAfter(headOf(s), before)).toBe(true);
      return outcome;
    },
    ends: { a: 'update' } as Record<string, string>,
  },
  {
    it: 'gets a commit where the fix comes out otherwise now',
    story: async (s) => {
      await s.run(s.fixes('a'));
      return s.run([s.fix('a', { edits: [{ path: 'src/a.txt', before: text, after: text.replace('two', 'Two!') }] })]);
    },
    ends: { a: 'update: its files are not what they should be now' },
    and: (s) => {
      expect(broughtBy(s, 'a')).toEqual({ 'src/a.txt': text.replace('two', 'Two!') });
      expect(s.memory.git.head(s.branch('a'))?.parents).toHaveLength(1);
    },
  },
  {
    it: 'loses a file that its fix no longer touches',
    story: async (s) => {
      await s.run([
        s.fix('a', {
          edits: [
            { path: 'src/a.txt', before: text, after: upper('two') },
            { path: 'src/c.txt', before: text, after: upper('two') },
          ],
        }),
      ]);
      return s.run(s.fixes('a'));
    },
    ends: { a: 'update' } as Record<string, string>,
    and: (s) => expect(Object.keys(broughtBy(s, 'a'))).toEqual(['src/a.txt']),
  },
  {
    it: 'stays on its branch where its slug has changed',
    story: async (s) => {
      await s.run(s.fixes('a'));
      return s.run([
        s.fix('a', {
          change: { pullRequest: { branchSlug: 'other-words', title: 'fix: mend a', body: 'What a lacked.' } },
        }),
      ]);
    },
    ends: { a: 'update: its text says something else now' },
    and: (story) => expect(story.pulls('a')).toHaveLength(1),
  },
  {
    it: 'gets its text written again where that says something else now',
    story: async (s) => {
      await s.run(s.fixes('a'));
      return s.run([
        s.fix('a', { change: { pullRequest: { branchSlug: 'mend-a', title: 'fix: mend a', body: 'Said better.' } } }),
      ]);
    },
    ends: { a: 'update: its text says something else now' },
    and: (s) => expect(s.pulls('a')[0]?.body).toContain('Said better.'),
  },
  {
    it: 'gets its links renewed after two weeks',
    story: afterwards((s) => s.people.pass(15 * day)),
    ends: { a: 'update: its links are renewed' },
  },
  {
    it: 'is as new as it gets where an execution of long ago is published again',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.pass(15 * day);
      return s.run(s.fixes('a'), { again: true });
    },
    ends: { a: 'keep: nothing to change' },
  },
  {
    it: 'keeps the title that a person gave it',
    story: afterwards((s) => (s.memory.threads.pull(s.number('a')).title = 'Mine')),
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.pulls('a')[0]?.title).toBe('Mine'),
  },
  {
    it: 'keeps the title that a person gave it when its files change',
    story: afterwards((s) => {
      s.memory.threads.pull(s.number('a')).title = 'Mine';
      s.people.push('main', { 'src/a.txt': upper('eight') });
    }),
    ends: { a: 'update' } as Record<string, string>,
    and: (s) => expect(s.pulls('a')[0]?.title).toBe('Mine'),
  },
  {
    it: 'stays ready where a person made it so',
    story: afterwards((s) => (s.memory.threads.pull(s.number('a')).isDraft = false)),
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.pulls('a')[0]?.isDraft).toBe(false),
  },
  {
    it: 'stays a draft where a person made it one',
    story: afterwards((s) => (s.memory.threads.pull(s.number('a')).isDraft = true), ['a'], { pulls: { draft: false } }),
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.pulls('a')[0]?.isDraft).toBe(true),
  },
  {
    it: 'stays without the labels that a person took off',
    story: afterwards((s) => (s.memory.threads.pull(s.number('a')).labels = [])),
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.pulls('a')[0]?.labels).toEqual([]),
  },
  {
    it: 'keeps the labels that a person gave it',
    story: afterwards((s) => (s.memory.threads.pull(s.number('a')).labels = ['mine'])),
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.pulls('a')[0]?.labels).toEqual(['mine']),
  },
  {
    it: 'stays without the reviewers that a person took off',
    files: { CODEOWNERS: '* @ada\n' },
    story: afterwards((s) => (s.memory.threads.pull(s.number('a')).reviewers = [])),
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.memory.threads.pulls[0]?.reviewers).toEqual([]),
  },
  {
    it: 'is left alone where a person has pointed it at another branch',
    story: afterwards((s) => {
      s.people.push('release', { 'r.txt': 'r' });
      s.memory.threads.pull(s.number('a')).base = 'release';
    }),
    ends: { a: 'leave: somebody has pointed it at release' },
  },
  {
    it: 'is left alone at another branch even though its file has moved',
    story: afterwards((s) => {
      s.people.push('release', { 'r.txt': 'r' });
      s.memory.threads.pull(s.number('a')).base = 'release';
      s.people.push('main', { 'src/a.txt': upper('eight') });
    }),
    ends: { a: 'leave: somebody has pointed it at release' },
  },
  {
    it: 'keeps what people wrote around our text',
    story: afterwards((s) => {
      const pull = s.memory.threads.pull(s.number('a'));
      pull.body = `Before.\n\n${pull.body}\n\nAfter.`;
      s.people.push('main', { 'src/a.txt': upper('eight') });
      s.people.pass(15 * day);
    }),
    ends: { a: 'update' } as Record<string, string>,
    and: (s) => {
      const body = s.pulls('a')[0]?.body ?? '';
      expect([body.startsWith('Before.'), body.endsWith('After.')]).toEqual([true, true]);
    },
  },
  {
    it: 'is known by its branch where a person wrote its text anew, and gets its marker back',
    story: afterwards((s) => (s.memory.threads.pull(s.number('a')).body = 'Only my words.')),
    ends: { a: 'update: its marker was missing, and is written again' },
    and: (s, o) => {
      expect(s.pulls('a')[0]?.body).toContain('Only my words.');
      expect(o.notes.join()).toContain('was missing, and was written again');
    },
  },
  {
    it: 'gets a damaged marker back',
    story: afterwards((s) => {
      const pull = s.memory.threads.pull(s.number('a'));
      pull.body = pull.body.replace('nightly', 'weekly').replace('"plan":"nightly"', '"plan":"x"');
    }),
    ends: { a: 'update: its marker was damaged, and is written again' },
  },
  {
    it: 'gets a cut off text back',
    story: afterwards((s) => {
      const pull = s.memory.threads.pull(s.number('a'));
      pull.body = pull.body.slice(0, -200);
    }),
    ends: { a: 'update: its marker was damaged, and is written again' },
  },
  {
    it: 'is itself again one run after its marker was mended',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.memory.threads.pull(s.number('a')).body = 'Only my words.';
      await s.run(s.fixes('a'));
      return s.run(s.fixes('a'));
    },
    ends: { a: 'keep: nothing to change' },
  },
  {
    it: 'gets its labels where a run died before it could give them',
    story: async (s) => {
      s.memory.fault = (write) => (write === 'dressPullRequest' ? 'before' : undefined);
      await s.run(s.fixes('a')).catch(() => undefined);
      s.memory.fault = () => undefined;
      return s.run(s.fixes('a'));
    },
    ends: { a: 'update: it has no label yet' },
    and: (s) => expect(s.pulls('a')[0]?.labels).toEqual(['cortex']),
  },
  {
    it: 'is not labelled again where the memory of the dashboard is damaged',
    story: afterwards((s) => {
      s.memory.threads.pull(s.number('a')).labels = [];
      const board = s.dashboard;
      if (board) board.body = board.body.replace('"told"', '"TOLD"');
    }),
    ends: { a: 'keep: nothing to change' },
  },
  {
    it: 'is closed where the base has all of it already, and its branch goes',
    story: afterwards((s) => s.people.push('main', { 'src/a.txt': upper('two') })),
    ends: { a: 'close: main has all of it already' },
    and: (s) => {
      expect(s.pulls('a')[0]?.state).toBe('closed');
      expect(commentsOf(s, 'a')).toBe(1);
      expect([...s.memory.git.branches.keys()]).toEqual(['main']);
    },
  },
  {
    it: 'stays as it was where its lines are edited on the base',
    story: afterwards((s) => s.people.push('main', { 'src/a.txt': text.replace('two', '2') })),
    ends: { a: 'leave: its finding is still there' } as Record<string, string>,
    and: (s) => expect(s.pulls('a')[0]?.state).toBe('open'),
  },
  {
    it: 'is left alone by a run that is older than what it holds',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.push('main', { 'src/a.txt': upper('eight') });
      return s.run(s.fixes('a'), { execution: 'CORTEX-EXEC-2020-01-01-000000' });
    },
    ends: { a: 'leave: a later execution has been here' },
  },
  {
    it: 'does not move where somebody was faster',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.push('main', { 'src/a.txt': upper('eight') });
      let once = true;
      s.memory.fault = (write) => {
        if (write === 'moveBranch' && once) {
          once = false;
          pushTo(s, 'a');
        }
        return undefined;
      };
      return s.run(s.fixes('a'));
    },
    ends: { a: 'h' },
    and: (s) => expect(s.fileAt(s.branch('a'), 'person.txt')).toBe('mine\n'),
  },
  {
    it: 'is brought up to date where the base moves while the run writes',
    story: async (s) => {
      let once = true;
      s.memory.fault = (write) => {
        if (write === 'openPullRequest' && once) {
          once = false;
          s.people.push('main', { 'src/a.txt': upper('eight') });
        }
        return undefined;
      };
      return s.run(s.fixes('a'));
    },
    ends: { a: 'open: new' },
    and: (s) => expect(broughtBy(s, 'a')).toEqual({ 'src/a.txt': upper('eight').replace('two', 'TWO') }),
  },
  {
    it: 'is found where two plans propose the same change',
    story: async (s) => {
      await s.run(s.fixes('a'));
      return s.run(s.fixes('a'), { plan: 'weekly' });
    },
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.pulls('a')).toHaveLength(1),
  },
];

lifecycle('an open pull request of ours', anOpenPullRequestOfOurs);

/** Opens the fix a, a person pushes or does something like it, and runs again. */
const handled =
  (happens: (story: Story) => void, more = 0) =>
  async (story: Story) => {
    await story.run(story.fixes('a'));
    happens(story);
    for (let run = 0; run < more; run += 1) await story.run(story.fixes('a'));
    return story.run(story.fixes('a'));
  };

const foreign = 'hand-over: its newest commit is not of Cortex';

const aPullRequestThatAPersonHasWorkedOn: readonly Case[] = [
  {
    it: 'is left alone after a commit, and its people are told once',
    story: handled(pushA),
    ends: { a: foreign },
    and: (s) => {
      expect(s.fileAt(s.branch('a'), 'person.txt')).toBe('mine\n');
      expect(commentsOf(s, 'a')).toBe(1);
    },
  },
  {
    it: 'is told of once, however often a run comes by',
    story: handled(pushA, 3),
    ends: { a: foreign },
    and: (s) => expect(commentsOf(s, 'a')).toBe(1),
  },
  {
    it: 'is told of once where the memory of the dashboard is lost',
    story: async (s) => {
      await handled(pushA)(s);
      s.memory.threads.issues.splice(0);
      return s.run(s.fixes('a'));
    },
    ends: { a: foreign },
    and: (s) => expect(commentsOf(s, 'a')).toBe(1),
  },
  {
    it: 'is left alone after the button that updates its branch',
    story: handled((s) => {
      s.people.push('main', { 'README.md': 'x\n' });
      s.people.updateBranch(s.number('a'));
    }),
    ends: { a: foreign },
  },
  {
    it: 'is left alone after its commit was amended',
    story: handled((s) => s.people.amend(s.branch('a'), { 'src/a.txt': 'mine\n' })),
    ends: { a: foreign },
    and: (s) => expect(s.fileAt(s.branch('a'), 'src/a.txt')).toBe('mine\n'),
  },
  {
    it: 'is left alone after a forced push of other history',
    story: handled((s) => s.people.force(s.branch('a'), s.people.push('other', { 'x.txt': 'x\n' }))),
    ends: { a: foreign },
  },
  {
    it: 'is left alone after a revert',
    story: handled((s) => pushTo(s, 'a', { 'src/a.txt': text })),
    ends: { a: foreign },
  },
  {
    it: 'is left alone even though the base has moved in its file',
    story: handled((s) => {
      pushTo(s, 'a');
      s.people.push('main', { 'src/a.txt': upper('eight') });
    }),
    ends: { a: foreign },
  },
  {
    it: 'is left alone even though its fix comes out otherwise',
    story: async (s) => {
      await s.run(s.fixes('a'));
      pushTo(s, 'a');
      return s.run([s.fix('a', { line: 'three' })]);
    },
    ends: { a: foreign },
  },
  {
    it: 'is left alone even though the base has all of it',
    story: handled((s) => {
      pushTo(s, 'a');
      s.people.push('main', { 'src/a.txt': upper('two') });
    }),
    ends: { a: foreign },
    and: (s) => expect(s.pulls('a')[0]?.state).toBe('open'),
  },
  {
    it: 'is ours again where the person’s commit is taken back by force',
    story: handled((s) => {
      const before = headOf(s);
      s.people.push(s.branch('a'), { 'x.txt': 'x' });
      s.people.force(s.branch('a'), before);
    }),
    ends: { a: 'keep: nothing to change' },
  },
  {
    it: 'is taken over again by a box, with a commit on top',
    story: async (s) => {
      await handled(pushA)(s);
      expect(s.tick('take-over ')).toBe(1);
      return s.run(s.fixes('a'));
    },
    ends: { a: 'update: taken over again, as the dashboard was asked to' },
    and: (s) => {
      expect(broughtBy(s, 'a')).toEqual({ 'src/a.txt': upper('two') });
      expect(s.dashboard?.body).not.toContain('[x]');
    },
  },
  {
    it: 'is ours after it was taken over',
    story: async (s) => {
      await handled(pushA)(s);
      s.tick('take-over ');
      await s.run(s.fixes('a'));
      return s.run(s.fixes('a'));
    },
    ends: { a: 'keep: nothing to change' },
  },
  {
    it: 'is told of once more where a person pushes after it was taken over, or not at all',
    story: async (s) => {
      await handled(pushA)(s);
      s.tick('take-over ');
      await s.run(s.fixes('a'));
      pushTo(s, 'a', { 'again.txt': 'x' });
      return s.run(s.fixes('a'));
    },
    ends: { a: foreign },
    and: (s) => expect(commentsOf(s, 'a')).toBeLessThanOrEqual(2),
  },
  {
    it: 'is left alone where a bot has pushed to it',
    story: handled((s) => s.people.push(s.branch('a'), { 'lock.txt': 'l' }, 'chore: format')),
    ends: { a: foreign },
  },
  {
    it: 'keeps the comments of people',
    story: handled((s) => {
      s.people.comment(s.number('a'), 'Nice');
      pushTo(s, 'a');
    }),
    ends: { a: foreign },
    and: (s) => expect(s.memory.threads.commentsOf(s.number('a')).map(({ body }) => body)[0]).toBe('Nice'),
  },
  {
    it: 'does not stop the others where its conversation is locked',
    identity: { kind: 'user', login: 'ada', mayWriteWorkflows: true },
    story: async (s) => {
      await s.run(s.fixes('a'));
      pushTo(s, 'a');
      s.memory.threads.pull(s.number('a')).isLocked = true;
      return s.run(s.fixes('a', 'b'));
    },
    ends: { a: 'h', b: 'open: new' },
  },
  {
    it: 'is written once where two plans propose it, by tasks and results branches of other names',
    story: async (s) => {
      await s.run(s.fixes('a'));
      const weekly = { plan: 'weekly', policy: { branch: 'cortex/weekly' } };
      await s.run([s.fix('a', { task: 'mend-headers' })], weekly);
      await s.run(s.fixes('a'));
      return s.run([s.fix('a', { task: 'mend-headers' })], weekly);
    },
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.memory.writes.filter((write) => write === 'editPullRequest')).toEqual([]),
  },
  {
    it: 'goes on where it was closed by hand and opened again',
    story: handled((s) => {
      const number = s.number('a');
      s.people.close(number);
      Object.assign(s.memory.threads.pull(number), { state: 'open', closedAt: null });
    }),
    ends: { a: 'keep: nothing to change' },
  },
];

lifecycle('a pull request that a person has worked on', aPullRequestThatAPersonHasWorkedOn);

function pushA(story: Story): void {
  pushTo(story, 'a');
}
