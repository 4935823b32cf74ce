import { expect } from 'vitest';
import { lifecycle, broughtBy, type Case } from './lifecycle.ts';
import { text } from '../../support/publish/story.ts';

const upper = (line: string): string => text.replace(line, line.toUpperCase());

const aFixThatHasNoPullRequest: readonly Case[] = [
  {
    it: 'gets one',
    story: (s) => s.run(s.fixes('a')),
    ends: { a: 'open: new' },
    and: (s) => expect(broughtBy(s, 'a')).toEqual({ 'src/a.txt': upper('two') }),
  },
  {
    it: 'starts as a draft with the labels of the plan',
    story: (s) => s.run(s.fixes('a'), { pulls: { labels: ['cortex', 'fix'] } }),
    ends: { a: 'open: new' },
    and: (s) => expect(s.pulls('a')[0]).toMatchObject({ isDraft: true, labels: ['cortex', 'fix'] }),
  },
  {
    it: 'starts ready where the plan says so',
    story: (s) => s.run(s.fixes('a'), { pulls: { draft: false } }),
    ends: { a: 'open: new' },
    and: (s) => expect(s.pulls('a')[0]?.isDraft).toBe(false),
  },
  {
    it: 'asks the owners of its paths',
    files: { CODEOWNERS: '* @ada\n/src/ @acme/core @grace\n' },
    story: (s) => s.run(s.fixes('a')),
    ends: { a: 'open: new' },
    and: (s) => expect(s.memory.threads.pulls[0]?.reviewers.toSorted()).toEqual(['core', 'grace']),
  },
  {
    it: 'asks nobody where the plan says so',
    files: { CODEOWNERS: '* @ada\n' },
    story: (s) => s.run(s.fixes('a'), { pulls: { reviewers: 'none' } }),
    ends: { a: 'open: new' },
    and: (s) => expect(s.memory.threads.pulls[0]?.reviewers).toEqual([]),
  },
  {
    it: 'says who could not be asked',
    files: { CODEOWNERS: '* @gone\n' },
    story: (s) => (s.memory.strangers.add('gone'), s.run(s.fixes('a'))),
    ends: { a: 'open: new' },
    and: (_, { notes }) => expect(notes.join()).toContain('gone'),
  },
  {
    it: 'is one commit on the base, with that base as its parent',
    story: (s) => s.run(s.fixes('a')),
    ends: { a: 'open: new' },
    and: (s) => expect(s.memory.git.head(s.branch('a'))?.parents).toEqual([s.head('main')]),
  },
  {
    it: 'goes into another branch where that is asked for',
    story: (s) => (s.people.push('release', { 'r.txt': 'r' }), s.run(s.fixes('a'), { base: 'release' })),
    ends: { a: 'open: new' },
    and: (s) => expect(s.memory.threads.pulls.map(({ base }) => base)).toEqual(['release']),
  },
  {
    it: 'keeps a file executable',
    files: { 'run.sh': { mode: '100755', content: text } },
    story: (s) => s.run([s.fix('a', { path: 'run.sh' })]),
    ends: { a: 'open: new' },
    and: (s) => expect(s.memory.git.treeAt(s.head(s.branch('a'))).get('run.sh')?.mode).toBe('100755'),
  },
  {
    it: 'adds a file',
    story: (s) => s.run([s.fix('a', { path: 'src/new.txt' })]),
    ends: { a: 'open: new' },
    and: (s) => expect(broughtBy(s, 'a')).toEqual({ 'src/new.txt': 'TWO\n' }),
  },
  {
    it: 'removes a file',
    story: (s) => s.run([s.fix('a', { edits: [{ path: 'src/a.txt', before: text, after: null }] })]),
    ends: { a: 'open: new' },
    and: (s) => expect(broughtBy(s, 'a')).toEqual({ 'src/a.txt': undefined }),
  },
  {
    it: 'is laid over a base that has moved elsewhere',
    story: (s) => (s.people.push('main', { 'README.md': 'moved\n' }), s.run(s.fixes('a'))),
    ends: { a: 'open: new' },
    and: (s) => expect(broughtBy(s, 'a')).toEqual({ 'src/a.txt': upper('two') }),
  },
  {
    it: 'is joined with a base that has moved in its file',
    story: (s) => (s.people.push('main', { 'src/a.txt': upper('eight') }), s.run(s.fixes('a'))),
    ends: { a: 'open: new' },
    and: (s) => expect(broughtBy(s, 'a')).toEqual({ 'src/a.txt': upper('eight').replace('two', 'TWO') }),
  },
  {
    it: 'is held where the base has moved in its lines',
    story: (s) => (s.people.push('main', { 'src/a.txt': text.replace('two', '2') }), s.run(s.fixes('a'))),
    ends: { a: 'hold: src/a.txt was changed on the base at the same lines' },
  },
  {
    it: 'is held where its file is gone from the base',
    story: (s) => (s.people.push('main', { 'src/a.txt': null }), s.run(s.fixes('a'))),
    ends: { a: 'hold: src/a.txt was removed from the base' },
  },
  {
    it: 'is held where its new file was added by somebody',
    story: (s) => (
      s.people.push('main', { 'src/new.txt': 'other\n' }),
      s.run([s.fix('a', { path: 'src/other.txt', edits: [{ path: 'src/new.txt', before: null, after: 'n\n' }] })])
    ),
    ends: { a: 'hold: src/new.txt was added to the base by somebody else' },
  },
  {
    it: 'is held where its file became a link',
    story: (s) => (s.people.push('main', { 'src/a.txt': { mode: '120000', content: 'b.txt' } }), s.run(s.fixes('a'))),
    ends: { a: 'hold: src/a.txt is a symbolic link' },
  },
  {
    it: 'is held where its file became a submodule',
    story: (s) => (
      s.people.push('main', { 'src/a.txt': { mode: '160000', content: 'f'.repeat(40) } }),
      s.run(s.fixes('a'))
    ),
    ends: { a: 'hold: src/a.txt is a submodule' },
  },
  {
    it: 'is never opened where the base has it already',
    story: (s) => (s.people.push('main', { 'src/a.txt': upper('two') }), s.run(s.fixes('a'))),
    ends: { a: 'contained: main has all of it already' },
  },
  {
    it: 'goes on where a run died before it opened the pull request',
    story: async (s) => {
      s.memory.fault = (write) => (write === 'openPullRequest' ? 'before' : undefined);
      await s.run(s.fixes('a')).catch(() => undefined);
      s.memory.fault = () => undefined;
      return s.run(s.fixes('a'));
    },
    ends: { a: 'open: goes on where an earlier run was cut off' },
    and: (s) => expect(s.memory.writes.filter((write) => write === 'commit')).toHaveLength(1),
  },
  {
    it: 'makes its commit anew where the base has moved since a run died',
    story: async (s) => {
      s.memory.fault = (write) => (write === 'openPullRequest' ? 'before' : undefined);
      await s.run(s.fixes('a')).catch(() => undefined);
      s.memory.fault = () => undefined;
      s.people.push('main', { 'src/a.txt': upper('eight') });
      return s.run(s.fixes('a'));
    },
    ends: { a: 'open: goes on where an earlier run was cut off' },
    and: (s) => expect(broughtBy(s, 'a')).toEqual({ 'src/a.txt': upper('eight').replace('two', 'TWO') }),
  },
  {
    it: 'is held where its branch has commits of somebody else and no pull request',
    story: async (s) => {
      await s.run(s.fixes('a'));
      const branch = s.branch('a');
      s.people.deleteBranch(branch);
      s.memory.threads.pulls.splice(0);
      s.people.push(branch, { 'x.txt': 'x' }, `person on ${branch}`);
      return s.run(s.fixes('a'));
    },
    ends: { a: 'hold: the branch' },
  },
  {
    it: 'is held where a person has opened one from its branch',
    story: async (s) => {
      s.memory.fault = (write) => (write === 'openPullRequest' ? 'before' : undefined);
      await s.run(s.fixes('a')).catch(() => undefined);
      s.memory.fault = () => undefined;
      s.people.open([...s.memory.git.branches.keys()].find((name) => name.startsWith('cortex/')) ?? '');
      return s.run(s.fixes('a'));
    },
    ends: { a: 'hold: #1 was opened by a person from the branch' },
  },
  {
    it: 'is not kept from it by a pull request of a fork whose branch has its name',
    story: async (s) => {
      await s.run(s.fixes('b'));
      s.people.open(s.branch('b').replace(/[0-9a-f]{12}-mend-b/, '0123456789ab-x'), { isFromFork: true });
      return s.run(s.fixes('a', 'b'));
    },
    ends: { a: 'open: new', b: 'keep: nothing to change' },
  },
  {
    it: 'is not taken for what a fork has opened from the same name',
    story: async (s) => {
      s.people.open('cortex/development-master/fcb77efdfc2f-mend-a', { isFromFork: true });
      return s.run(s.fixes('a'));
    },
    ends: { a: 'open: new' },
    and: (s) => expect(s.pulls('a').map((pull) => pull.isFromFork)).toEqual([true, false]),
  },
  {
    it: 'is opened even though the host takes no draft, labels or reviews of some',
    files: { CODEOWNERS: '* @cortex\n' },
    story: (s) => s.run(s.fixes('a')),
    ends: { a: 'open: new' },
  },
  {
    it: 'is held where the host refuses it, and the others go on',
    story: async (s) => {
      const { problem } = await import('../../../src/shared/errors.ts');
      s.memory.fault = (write, count) =>
        write === 'openPullRequest' && count < 4
          ? problem('github-refused', 'GitHub refused it: no', { hint: '' })
          : undefined;
      return s.run(s.fixes('a', 'b'));
    },
    ends: { b: 'hold: GitHub refused it: no', a: 'open: new' },
  },
  {
    it: 'writes nothing in a staged run, and says what it would',
    story: (s) => s.run(s.fixes('a', 'b'), { mode: 'staged' }),
    ends: { a: 'open: new', b: 'open: new' },
    and: (s, o) => {
      expect(s.memory.writes).toEqual([]);
      expect(o.rendered.map(({ diff }) => diff.includes('+TWO'))).toEqual([true, true]);
      expect(o.counts.opened).toBe(2);
      expect(o.items.every((item) => !item.isDone)).toBe(true);
    },
  },
];

lifecycle('a fix that has no pull request', aFixThatHasNoPullRequest);

const many = ['a', 'b', 'c', 'd', 'e'];

const moreFixesThanPeopleCanReview: readonly Case[] = [
  {
    it: 'wait beyond the start of the pace',
    story: (s) =>
      s.run([...s.fixes(...many), s.fix('f', { severity: 'low' })], { pulls: { pace: { start: 5, days: 7 } } }),
    ends: {
      a: 'open',
      b: 'open',
      c: 'open',
      d: 'open',
      e: 'open',
      f: 'queue: 5 are open: more come as people merge them',
    } as Record<string, string>,
    and: (_, o) => expect(o.counts).toMatchObject({ opened: 5, queued: 1 }),
  },
  {
    it: 'wait beyond what one execution may open',
    story: (s) => s.run(s.fixes('a', 'b'), { pulls: { perRun: 1 } }),
    ends: { b: 'open: new', a: 'queue: this execution has opened 1, and the plan lets one open 1' },
  },
  {
    it: 'wait where the same execution is published again',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), { pulls: { perRun: 1 } });
      return s.run(s.fixes('a', 'b'), { pulls: { perRun: 1 }, again: true });
    },
    ends: { b: 'keep: nothing to change', a: 'queue: this execution has opened 1, and the plan lets one open 1' },
  },
  {
    it: 'wait where the execution was cut off, and is published again',
    story: async (s) => {
      s.memory.fault = (write) => (write === 'dressPullRequest' ? 'after' : undefined);
      await s.run(s.fixes('a', 'b'), { pulls: { perRun: 1 } }).catch(() => undefined);
      s.memory.fault = () => undefined;
      return s.run(s.fixes('a', 'b'), { pulls: { perRun: 1 }, again: true });
    },
    ends: { b: 'keep: nothing to change', a: 'queue: this execution has opened 1' },
  },
  {
    it: 'wait beyond what may be open',
    story: (s) => s.run(s.fixes('a', 'b'), { pulls: { max: 1 } }),
    ends: { b: 'open: new', a: 'queue: 1 are open, and the plan lets 1 be' },
  },
  {
    it: 'all wait where none may be open',
    story: (s) => s.run(s.fixes('a'), { pulls: { max: 0 } }),
    ends: { a: 'queue: 0 are open, and the plan lets 0 be' },
  },
  {
    it: 'come when there is room again',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), { pulls: { max: 1 } });
      s.people.merge(s.number('b'));
      return s.run(s.fixes('a'), { pulls: { max: 1 } });
    },
    ends: { a: 'open: new' },
  },
  {
    it: 'come as fast as people merge',
    story: async (s) => {
      await s.run(s.fixes('a', 'b', 'c'), { pulls: { pace: { start: 1, days: 7 }, max: 9 } });
      const first = s.memory.threads.pulls[0];
      s.people.merge(first?.number ?? 0);
      return s.run(s.fixes('d', 'e'), { pulls: { pace: { start: 1, days: 7 } } });
    },
    ends: { d: 'open', e: 'queue: 1 are open' } as Record<string, string>,
    and: (s) => expect(s.memory.threads.pulls.filter((pull) => pull.state === 'open')).toHaveLength(1),
  },
  {
    it: 'do not come for merges of long ago',
    story: async (s) => {
      for (const name of ['a', 'b', 'c']) {
        await s.run(s.fixes(name), { pulls: { pace: { start: 1, days: 7 } } });
        s.people.merge(s.number(name));
      }
      s.people.pass(8 * 24 * 3600 * 1000);
      return s.run(s.fixes('d', 'e'), { pulls: { pace: { start: 1, days: 7 } } });
    },
    ends: { d: 'open', e: 'queue' } as Record<string, string>,
    and: (_, o) => expect(o.counts).toMatchObject({ opened: 1, queued: 1 }),
  },
  {
    it: 'come in the order of their severity',
    story: (s) =>
      s.run([s.fix('a', { severity: 'low' }), s.fix('b', { severity: 'critical' }), s.fix('c', { severity: 'high' })], {
        pulls: { perRun: 2 },
      }),
    ends: { b: 'open: new', c: 'open: new', a: 'queue: this execution has opened 2' },
  },
  {
    it: 'come in the order in which they began to wait',
    story: async (s) => {
      await s.run([s.fix('a')], { pulls: { max: 0 } });
      return s.run(s.fixes('a', 'b'), { pulls: { perRun: 1 } });
    },
    ends: { a: 'open: new', b: 'queue: this execution has opened 1' },
  },
  {
    it: 'come at once where a person asks for one in the dashboard',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), { pulls: { pace: { start: 1, days: 7 } } });
      expect(s.tick('open ')).toBe(1);
      return s.run(s.fixes('a', 'b'), { pulls: { pace: { start: 1, days: 7 } } });
    },
    ends: { b: 'keep: nothing to change', a: 'open: new' },
    and: (s) => expect(s.dashboard?.body).not.toContain('[x]'),
  },
  {
    it: 'wait all the same where the plan lets no more be open',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), { pulls: { max: 1 } });
      s.tick('open ');
      return s.run(s.fixes('a', 'b'), { pulls: { max: 1 } });
    },
    ends: { b: 'keep: nothing to change', a: 'queue: 1 are open, and the plan lets 1 be' },
    and: (s) => expect(s.dashboard?.body).toContain('- [x] <!-- cortex:box open'),
  },
  {
    it: 'count those that a person has taken over',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.push(s.branch('a'), { 'p.txt': 'p' }, `person on ${s.branch('a')}`);
      return s.run(s.fixes('a', 'b'), { pulls: { max: 1 } });
    },
    ends: { a: 'hand-over: its newest commit is not of Cortex', b: 'queue: 1 are open' },
  },
  {
    it: 'do not count what people opened',
    story: (s) => {
      s.people.push('feature', { 'f.txt': 'f' });
      s.people.open('feature');
      return s.run(s.fixes('a'), { pulls: { max: 1 } });
    },
    ends: { a: 'open: new' },
  },
];

lifecycle('more fixes than people can review', moreFixesThanPeopleCanReview);

const twoFixesOnOnePath: readonly Case[] = [
  {
    it: 'come one after the other, the more severe first',
    story: (s) =>
      s.run([s.fix('a', { path: 'src/a.txt' }), s.fix('b', { path: 'src/a.txt', line: 'eight', severity: 'high' })]),
    ends: { b: 'open: new', a: 'hold: waits for the change' },
  },
  {
    it: 'wait for the one that is open',
    story: async (s) => {
      await s.run(s.fixes('a'));
      return s.run([s.fix('a'), s.fix('b', { path: 'src/a.txt', line: 'eight' })]);
    },
    ends: { a: 'keep: nothing to change', b: 'hold: waits for #1, which changes src/a.txt too' },
  },
  {
    it: 'wait for one that a person has taken over',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.push(s.branch('a'), { 'p.txt': 'p' }, `person on ${s.branch('a')}`);
      return s.run([s.fix('a'), s.fix('b', { path: 'src/a.txt', line: 'eight' })]);
    },
    ends: { a: 'hand-over', b: 'hold: waits for #1' } as Record<string, string>,
  },
  {
    it: 'come once the other is merged',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.merge(s.number('a'));
      s.rebase();
      return s.run([s.fix('b', { path: 'src/a.txt', line: 'eight' })]);
    },
    ends: { b: 'open: new' },
  },
  {
    it: 'come at once where the other is closed for being gone',
    story: async (s) => {
      await s.run(s.fixes('a'));
      return s.run([s.fix('b', { path: 'src/a.txt', line: 'eight' })]);
    },
    ends: { a: 'close: its finding is gone', b: 'open: new' },
  },
  {
    it: 'wait for one of another plan',
    story: async (s) => {
      await s.run(s.fixes('a'), { plan: 'weekly' });
      return s.run([s.fix('b', { path: 'src/a.txt', line: 'eight' })]);
    },
    ends: { a: 'leave: it belongs to plan weekly', b: 'hold: waits for #1, which changes src/a.txt too' },
  },
  {
    it: 'wait where their names differ by case alone',
    story: (s) => s.run([s.fix('a', { severity: 'high', path: 'docs/New.md' }), s.fix('b', { path: 'docs/new.md' })]),
    ends: { a: 'open: new', b: 'hold: waits for the change' },
  },
  {
    it: 'wait where one makes a folder of what the other makes a file of',
    story: (s) => s.run([s.fix('a', { severity: 'high', path: 'docs/new' }), s.fix('b', { path: 'docs/new/page.md' })]),
    ends: { a: 'open: new', b: 'hold: waits for the change' },
  },
  {
    it: 'do not wait for one that is held',
    files: { 'gone.txt': text },
    story: (s) => {
      const first = s.fix('a', {
        severity: 'high',
        edits: [
          { path: 'gone.txt', before: text, after: text.replace('two', 'TWO') },
          { path: 'src/b.txt', before: text, after: text.replace('two', 'TWO') },
        ],
      });
      s.people.push('main', { 'gone.txt': null });
      return s.run([first, s.fix('b', { line: 'eight' })]);
    },
    ends: { a: 'hold: gone.txt was removed from the base', b: 'open: new' },
  },
];

lifecycle('two fixes on one path', twoFixesOnOnePath);
