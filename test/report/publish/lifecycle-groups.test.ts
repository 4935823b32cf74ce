import { expect } from 'vitest';
import { lifecycle, commentsOf, type Case } from './lifecycle.ts';
import { text, type RunWish, type Story } from '../../support/publish/story.ts';

const upper = (line: string): string => text.replace(line, line.toUpperCase());
const byCapability: RunWish = { pulls: { group: 'capability' } };
const byMaster: RunWish = { pulls: { group: 'master' } };

/** Open pull requests with the paths that each brings. */
const openPaths = (s: Story): readonly (readonly string[])[] =>
  s.memory.threads.pulls
    .filter((pull) => pull.state === 'open')
    .map(({ branch }) => {
      const [base, head] = [s.memory.git.treeAt(s.head('main')), s.memory.git.treeAt(s.head(branch))];
      return [...head.keys()].filter((path) => base.get(path)?.content !== head.get(path)?.content);
    });
const branchOfGroup = (s: Story): string => s.memory.threads.pulls.at(-1)?.branch ?? '';
const numberOfGroup = (s: Story): number => s.memory.threads.pulls.at(-1)?.number ?? 0;

const grouped: readonly Case[] = [
  {
    it: 'stay closed where their branch went too and the plan groups otherwise at once',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      s.people.close(1, { deletesBranch: true });
      return s.run(s.fixes('a', 'b'));
    },
    ends: { a: 'ignore: #1 was closed without merging it', b: 'ignore: #1 was closed without merging it' },
  },
  {
    it: 'do not take in one that a person has closed alone, where their own marker is lost',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.close(s.number('a'));
      await s.run(s.fixes('c'), byCapability);
      s.memory.threads.pull(numberOfGroup(s)).body = 'Mine';
      return s.run(s.fixes('a', 'c'), byCapability);
    },
    ends: { a: 'ignore: #1 was closed without merging it', c: 'update: its marker was missing, and is written again' },
  },
  {
    it: 'do not hold what the base has changed since, where their marker is lost',
    story: async (s) => {
      await s.run(s.fixes('a'), byCapability);
      s.memory.threads.pull(1).body = 'Mine';
      s.people.push('main', { 'src/b.txt': upper('eight') });
      return s.run([s.fix('a'), s.fix('b', { capability: 'fix-other', task: 'other' })], byCapability);
    },
    ends: { a: 'update: its marker was missing, and is written again', b: 'open: new' },
  },
  {
    it: 'come in one pull request',
    story: (s) => s.run(s.fixes('a', 'b'), byCapability),
    ends: { 'a+b': 'open: new' },
    and: (s) => expect(openPaths(s)).toEqual([['src/a.txt', 'src/b.txt']]),
  },
  {
    it: 'come apart where their capabilities differ',
    story: (s) => s.run([s.fix('a'), s.fix('b', { capability: 'fix-other', task: 'other' })], byCapability),
    ends: { a: 'open: new', b: 'open: new' },
  },
  {
    it: 'come together by their master, whatever their capabilities',
    story: (s) => s.run([s.fix('a'), s.fix('b', { capability: 'fix-other', task: 'other' })], byMaster),
    ends: { 'a+b': 'open: new' },
  },
  {
    it: 'come apart where their masters differ',
    story: (s) => s.run([s.fix('a'), s.fix('b', { master: 'cicd-master', task: 'other' })], byMaster),
    ends: { a: 'open: new', b: 'open: new' },
  },
  {
    it: 'are joined in one file where they edit lines apart',
    story: (s) =>
      s.run([s.fix('a', { path: 'src/c.txt' }), s.fix('b', { path: 'src/c.txt', line: 'eight' })], byCapability),
    ends: { 'a+b': 'open: new' },
    and: (s) => expect(s.fileAt(branchOfGroup(s), 'src/c.txt')).toBe(upper('two').replace('eight', 'EIGHT')),
  },
  {
    it: 'leave one out that edits the same lines',
    story: (s) =>
      s.run(
        [
          s.fix('a', { path: 'src/c.txt', severity: 'high' }),
          s.fix('b', {
            path: 'src/c.txt',
            edits: [{ path: 'src/c.txt', before: text, after: text.replace('two', 'Zwei') }],
          }),
        ],
        byCapability,
      ),
    ends: { a: 'open: new', b: 'hold: ' },
  },
  {
    it: 'leave one out that does not fit into the size of the plan',
    story: (s) =>
      s.run([s.fix('a', { severity: 'high' }), s.fix('b')], {
        ...byCapability,
        policy: { size: { files: 1, lines: 2000 } },
      }),
    ends: { a: 'open: new', b: 'hold: ' },
  },
  {
    it: 'leave one out that can’t be laid over the base',
    story: (s) => {
      s.people.push('main', { 'src/b.txt': null });
      return s.run(s.fixes('a', 'b'), byCapability);
    },
    ends: { a: 'open: new', b: 'hold: src/b.txt was removed from the base' },
  },
  {
    it: 'stay one where one more comes',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      return s.run(s.fixes('a', 'b', 'c'), byCapability);
    },
    ends: { 'a+b+c': 'update: its files are not what they should be now' },
    and: (s) => expect(openPaths(s)).toEqual([['src/a.txt', 'src/b.txt', 'src/c.txt']]),
  },
  {
    it: 'stay one where one is gone',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      return s.run(s.fixes('a'), byCapability);
    },
    ends: { a: 'update: its files are not what they should be now' },
    and: (s) => expect(openPaths(s)).toEqual([['src/a.txt']]),
  },
  {
    it: 'keep what an incomplete run did not see',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      return s.run(s.fixes('a'), { ...byCapability, partial: ['fix-headers'] });
    },
    ends: { a: 'leave: task fix-headers did not see everything' },
    and: (s) => expect(openPaths(s)).toEqual([['src/a.txt', 'src/b.txt']]),
  },
  {
    it: 'are closed where all are gone',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      return s.run([], byCapability);
    },
    ends: { 'a+b': 'close: its finding is gone' },
    and: (s) => expect(openPaths(s)).toEqual([]),
  },
  {
    it: 'lose one that the base has by now',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      s.people.push('main', { 'src/b.txt': upper('two') });
      return s.run(s.fixes('a', 'b'), byCapability);
    },
    ends: { a: 'update: its files are not what they should be now' },
    and: (s) => expect(openPaths(s)).toEqual([['src/a.txt']]),
  },
  {
    it: 'are closed where the base has all',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      s.people.push('main', { 'src/a.txt': upper('two'), 'src/b.txt': upper('two') });
      return s.run(s.fixes('a', 'b'), byCapability);
    },
    ends: { 'a+b': 'close: main has all of it already' },
  },
  {
    it: 'stay closed, and do not come back one by one or in another group',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      s.people.close(numberOfGroup(s));
      return s.run(s.fixes('a', 'b'), byMaster);
    },
    ends: { a: 'ignore: #1 was closed without merging it', b: 'ignore: #1 was closed without merging it' },
  },
  {
    it: 'stay closed where the plan does not group any more',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      s.people.close(numberOfGroup(s));
      return s.run(s.fixes('a', 'b'));
    },
    ends: { a: 'ignore: #1 was closed without merging it', b: 'ignore: #1 was closed without merging it' },
  },
  {
    it: 'let a new one come after theirs was closed',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      s.people.close(numberOfGroup(s));
      return s.run(s.fixes('a', 'b', 'c'), byCapability);
    },
    ends: { a: 'ignore: #1 was closed', b: 'ignore: #1 was closed', c: '' } as Record<string, string>,
    and: (s) => expect(openPaths(s)).toEqual([['src/c.txt']]),
  },
  {
    it: 'come back together by the box',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      s.people.close(numberOfGroup(s));
      await s.run(s.fixes('a', 'b'), byCapability);
      expect(s.tick('reopen ')).toBe(1);
      return s.run(s.fixes('a', 'b'), byCapability);
    },
    ends: { 'a+b': 'reopen: a person wants it back' },
    and: (s) => expect(openPaths(s)).toEqual([['src/a.txt', 'src/b.txt']]),
  },
  {
    it: 'stay with an open single one where the plan groups now',
    story: async (s) => {
      await s.run(s.fixes('a'));
      return s.run(s.fixes('a', 'b'), byCapability);
    },
    ends: { a: 'keep: nothing to change', b: 'open: new' },
  },
  {
    it: 'stay in an open group where the plan does not group any more',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      return s.run(s.fixes('a', 'b', 'c'));
    },
    ends: { 'a+b': 'keep: nothing to change', c: 'open: new' },
  },
  {
    it: 'are left alone after a person’s commit, and told of once',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      const branch = branchOfGroup(s);
      s.people.push(branch, { 'p.txt': 'p' }, `person on ${branch}`);
      await s.run(s.fixes('a', 'b', 'c'), byCapability);
      return s.run(s.fixes('a', 'b', 'c'), byCapability);
    },
    ends: { 'a+b+c': 'hand-over: its newest commit is not of Cortex' },
    and: (s) => expect(s.memory.threads.commentsOf(1)).toHaveLength(1),
  },
  {
    it: 'come again after theirs was merged',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      s.people.merge(numberOfGroup(s));
      s.rebase();
      return s.run(s.fixes('c'), byCapability);
    },
    ends: { c: 'open: came back after #1' },
    and: (s) => expect(openPaths(s)).toEqual([['src/c.txt']]),
  },
  {
    it: 'wait for an open one on their path',
    story: async (s) => {
      await s.run(s.fixes('a'), { plan: 'weekly' });
      return s.run([s.fix('b', { path: 'src/a.txt', line: 'eight' }), s.fix('c')], byCapability);
    },
    ends: { 'b+c': 'hold: waits for #1, which changes src/a.txt too', a: 'leave: it belongs to plan weekly' },
  },
];

const questions = [
  {
    execution: 'CORTEX-EXEC-1',
    question: 'E-1',
    master: 'cicd-master' as const,
    severity: 'high' as const,
    issue: 'No budget',
    options: ['raise', 'stop'],
    recommendation: 'raise',
    raisedAt: '',
  },
];

lifecycle('changes that the plan groups', grouped);

const dashboard: readonly Case[] = [
  {
    it: 'is written once there is something to say',
    story: (s) => s.run(s.fixes('a')),
    ends: { a: 'open: new' },
    and: (s) => expect(s.dashboard).toMatchObject({ state: 'open', labels: ['cortex-dashboard'] }),
  },
  {
    it: 'is not written where nothing was found',
    story: (s) => s.run([]),
    ends: {},
    and: (s) => expect(s.memory.writes).toEqual([]),
  },
  {
    it: 'stays the one that is there',
    story: async (s) => {
      await s.run(s.fixes('a'));
      await s.run(s.fixes('a'));
      return s.run(s.fixes('a'));
    },
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.memory.threads.issues).toHaveLength(1),
  },
  {
    it: 'is not any issue that a person gave the label',
    story: async (s) => {
      await s.run(s.fixes('a'));
      const other = {
        ...s.memory.threads.issue(s.dashboard?.number ?? 0),
        number: 99,
        author: { login: 'mallory', isBot: false },
      };
      s.memory.threads.issues.unshift(other);
      return s.run(s.fixes('a'));
    },
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.memory.threads.issue(99).state).toBe('open'),
  },
  {
    it: 'is the oldest of two, and the other one is closed',
    story: async (s) => {
      await s.run(s.fixes('a'));
      const first = s.memory.threads.issue(s.dashboard?.number ?? 0);
      s.memory.threads.issues.push({ ...first, number: s.memory.threads.nextNumber(), nodeId: 'I_2' });
      return s.run(s.fixes('a'));
    },
    ends: { a: 'keep: nothing to change' },
    and: (s, o) => {
      expect(s.memory.threads.issues.map((issue) => issue.state)).toEqual(['open', 'closed']);
      expect(o.notes.join()).toContain('second dashboard');
    },
  },
  {
    it: 'is made anew where its memory is damaged, which it says',
    story: async (s) => {
      await s.run(s.fixes('a'));
      const board = s.memory.threads.issue(s.dashboard?.number ?? 0);
      board.body = board.body.replace('"runs"', '"runz"');
      return s.run(s.fixes('a'));
    },
    ends: { a: 'keep: nothing to change' },
    and: (s, o) => {
      expect(o.notes.join()).toContain('damaged');
      expect(s.memory.threads.issues).toHaveLength(1);
    },
  },
  {
    it: 'stays closed where a person closed it',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.memory.threads.issue(s.dashboard?.number ?? 0).state = 'closed';
      return s.run(s.fixes('a'));
    },
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.dashboard?.state).toBe('closed'),
  },
  {
    it: 'keeps the title and labels that a person gave it',
    story: async (s) => {
      await s.run(s.fixes('a'));
      const board = s.memory.threads.issue(s.dashboard?.number ?? 0);
      Object.assign(board, { title: 'Mine', labels: ['cortex-dashboard', 'pinned'] });
      return s.run(s.fixes('a'));
    },
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.dashboard).toMatchObject({ title: 'Mine', labels: ['cortex-dashboard', 'pinned'] }),
  },
  {
    it: 'keeps a tick that a person made while the run wrote',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), { pulls: { max: 1 } });
      s.memory.fault = (write) => {
        if (write === 'openPullRequest') s.tick('open ');
        return undefined;
      };
      return s.run([...s.fixes('a', 'b'), s.fix('c', { severity: 'high' })], {
        pulls: { pace: { start: 2, days: 7 } },
      });
    },
    ends: { b: 'keep: nothing to change', c: 'open: new', a: 'queue: 2 are open' },
    and: (s) => expect(s.dashboard?.body).toContain('- [x] <!-- cortex:box open'),
  },
  {
    it: 'takes a tick whose line was moved and written anew',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), { pulls: { max: 1 } });
      const board = s.memory.threads.issue(s.dashboard?.number ?? 0);
      const [name = ''] = /<!-- cortex:box open \w+ -->/.exec(board.body) ?? [];
      board.body = `* [X] ${name} please!\r\n\r\n${board.body.replace(name, '')}`;
      return s.run(s.fixes('a', 'b'), { pulls: { perRun: 1, pace: { start: 1, days: 7 } } });
    },
    ends: { b: 'keep: nothing to change', a: 'open: new' },
  },
  {
    it: 'does nothing by a tick of what is not there',
    story: async (s) => {
      await s.run(s.fixes('a'));
      const board = s.memory.threads.issue(s.dashboard?.number ?? 0);
      board.body = `- [x] <!-- cortex:box open 0123456789ab -->\n- [x] <!-- cortex:box take-over 0123456789ab -->\n${board.body}`;
      return s.run(s.fixes('a'));
    },
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.dashboard?.body).not.toContain('0123456789ab'),
  },
  {
    it: 'shows a workflow fix that the token may not push, with its patch',
    files: { '.github/workflows/ci.yaml': text },
    identity: { kind: 'workflow', login: 'github-actions[bot]', mayWriteWorkflows: false },
    story: (s) =>
      s.run([s.fix('a', { path: '.github/workflows/ci.yaml', capability: 'fix-workflows', task: 'fix-workflows' })]),
    ends: { a: 'hold: the token may not push .github/workflows/ci.yaml' },
    and: (s) => {
      expect(s.dashboard?.body).toContain('```diff\ndiff --git a/.github/workflows/ci.yaml');
      expect(s.dashboard?.body).toContain('+TWO');
    },
  },
  {
    it: 'asks questions of the run in a comment, once',
    story: async (s) => {
      await s.run([], { questions });
      return s.run([], { questions });
    },
    ends: {},
    and: (s) => expect(s.memory.threads.commentsOf(s.dashboard?.number ?? 0)).toHaveLength(1),
  },
  {
    it: 'gives the answer of a person on, and says so in its place',
    story: async (s) => {
      await s.run([], { questions });
      s.memory.roles.set('ada', 'write');
      s.people.comment(s.dashboard?.number ?? 0, '/cortex answer E-1 2');
      return s.run([], { questions });
    },
    ends: {},
    and: (s, o) => {
      expect(o.answers).toMatchObject([{ question: 'E-1', choice: 'stop', by: 'ada' }]);
      expect(
        s.memory.threads.commentsOf(s.dashboard?.number ?? 0).map(({ body }) => body.includes('Answered: **stop**')),
      ).toEqual([true, false]);
    },
  },
  {
    it: 'tells once why an answer does not count',
    story: async (s) => {
      await s.run([], { questions });
      s.people.comment(s.dashboard?.number ?? 0, '/cortex answer E-1 2', 'mallory');
      await s.run([], { questions });
      return s.run([], { questions });
    },
    ends: {},
    and: (s) => expect(s.memory.threads.commentsOf(s.dashboard?.number ?? 0)).toHaveLength(3),
  },
  {
    it: 'says that a rehearsal has nothing to publish',
    story: async (s) => {
      const { code } = await s.run(s.fixes('a'), { report: { simulated: true } }).then(
        () => ({ code: 'none' }),
        (error: { code: string }) => error,
      );
      expect(code).toBe('simulated-run');
      return s.run([]);
    },
    ends: {},
    and: (s) => expect(s.memory.writes).toEqual([]),
  },
];

lifecycle('the dashboard', dashboard);

/** Troubles that users of other tools report (shared reference on GitHub, sections 1.1 to 1.5, 2 and 6), by their name. */
const elsewhere: readonly Case[] = [
  {
    it: 'an advisory gate (gh-aw#31708): what was not judged is refused',
    story: (s) => s.run([s.fix('a', { verdict: 'unjudged' })]),
    ends: { a: 'refuse: unjudged' },
    and: (s) => expect(s.memory.threads.pulls).toEqual([]),
  },
  {
    it: 'skipped that counts as passed (slax-reader#66): a skipped review is no proof',
    story: (s) => s.run([s.fix('a', { verdict: 'rejected' }), s.fix('b')]),
    ends: { a: 'refuse: rejected', b: 'open: new' },
  },
  {
    it: 'a patch on a moved base (gh-aw#18991): joined, not failed',
    story: (s) => {
      for (const line of ['six', 'seven', 'eight'])
        s.people.push('main', { 'src/a.txt': (s.fileAt('main', 'src/a.txt') ?? '').replace(line, line.toUpperCase()) });
      return s.run(s.fixes('a'));
    },
    ends: { a: 'open: new' },
  },
  {
    it: 'parallel agents on one path (aidevops#19107): never two open ones',
    story: (s) =>
      s.run([
        s.fix('a', { path: 'src/a.txt' }),
        s.fix('b', { path: 'src/a.txt', line: 'four' }),
        s.fix('c', { path: 'src/a.txt', line: 'eight' }),
      ]),
    ends: { a: '', b: '', c: '' } as Record<string, string>,
    and: (s) => expect(openPaths(s)).toEqual([['src/a.txt']]),
  },
  {
    it: 'a staged run that ends red (gh-aw#40937): it throws nothing and writes nothing',
    story: (s) => s.run(s.fixes('a'), { mode: 'staged' }),
    ends: { a: 'open: new' },
    and: (s, o) => expect([s.memory.writes, o.stopped]).toEqual([[], null]),
  },
  {
    it: 'one request per run shared by all (gh-aw): the limit is the plan’s, the rest waits and is shown',
    story: (s) => s.run(s.fixes('a', 'b'), { pulls: { perRun: 1 } }),
    ends: { b: 'open', a: 'queue' } as Record<string, string>,
    and: (s) => expect(s.dashboard?.body).toContain('## Queue'),
  },
  {
    it: 'nothing done at the limit and nothing said (Dependabot): the queue says why',
    story: (s) => s.run(s.fixes('a'), { pulls: { max: 0 } }),
    ends: { a: 'queue' } as Record<string, string>,
    and: (s) => expect(s.dashboard?.body).toContain('0 are open, and the plan lets 0 be'),
  },
  {
    it: 'mass runs killed by limits (create-pull-request#855): it stops, says so, and the next run goes on',
    story: async (s) => {
      const { outside } = await import('../../../src/shared/errors.ts');
      s.memory.fault = (_, count) =>
        count > 4 ? outside('github-rate-limited', 'GitHub bids to wait', { hint: '', retryable: true }) : undefined;
      const first = await s.run(s.fixes('a', 'b', 'c'));
      expect(first.stopped).toMatchObject({ code: 'github-rate-limited', retryable: true });
      expect(first.counts.opened).toBe(1);
      s.memory.fault = () => undefined;
      return s.run(s.fixes('a', 'b', 'c'));
    },
    ends: { a: '', b: '', c: '' } as Record<string, string>,
    and: (s) => expect(s.memory.threads.pulls).toHaveLength(3),
  },
  {
    it: 'modes lost by GraphQL (create-pull-request#3057): an executable file stays one',
    files: { 'x.sh': { mode: '100755', content: text } },
    story: (s) => s.run([s.fix('a', { path: 'x.sh' })]),
    ends: { a: 'open: new' },
    and: (s) => expect(s.memory.git.treeAt(s.head(s.branch('a'))).get('x.sh')?.mode).toBe('100755'),
  },
  {
    it: 'a pull request that became empty (create-pull-request): closed',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.push('main', { 'src/a.txt': upper('two') });
      return s.run(s.fixes('a'));
    },
    ends: { a: 'close' } as Record<string, string>,
  },
  {
    it: 'label drift that blocks all that follows (release-please#1946): labels mean nothing to it',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.memory.threads.pull(1).labels = ['autorelease: tagged'];
      s.people.push('main', { 'src/a.txt': upper('eight') });
      return s.run(s.fixes('a'));
    },
    ends: { a: 'update: its files are not what they should be now' },
  },
  {
    it: 'a locked conversation (safe-config-service#1638): its files are kept up to date',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.memory.threads.pull(1).isLocked = true;
      s.people.push('main', { 'src/a.txt': upper('eight') });
      return s.run(s.fixes('a'));
    },
    ends: { a: 'update: its files are not what they should be now' },
  },
  {
    it: 'immortal grouped ones (Renovate): a closed group stays closed',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), byCapability);
      s.people.close(1, { deletesBranch: true });
      await s.run(s.fixes('a', 'b'), byCapability);
      return s.run(s.fixes('a', 'b'), byCapability);
    },
    ends: { a: 'ignore', b: 'ignore' } as Record<string, string>,
    and: (s) => expect(s.memory.threads.pulls).toHaveLength(1),
  },
  {
    it: 'a rebase box that wipes people’s commits (renovate#9376): theirs stay in the history',
    story: async (s) => {
      await s.run(s.fixes('a'));
      const branch = s.branch('a');
      s.people.push(branch, { 'p.txt': 'p' }, `person on ${branch}`);
      await s.run(s.fixes('a'));
      s.tick('take-over ');
      return s.run(s.fixes('a'));
    },
    ends: { a: 'update: taken over again' } as Record<string, string>,
  },
  {
    it: 'endless rebase (Renovate with automerge): a base that moves elsewhere makes no commit',
    story: async (s) => {
      await s.run(s.fixes('a'));
      for (let at = 0; at < 5; at += 1) {
        s.people.push('main', { 'README.md': String(at) });
        await s.run(s.fixes('a'));
      }
      return s.run(s.fixes('a'));
    },
    ends: { a: 'keep: nothing to change' },
    and: (s) => expect(s.memory.writes.filter((write) => write === 'commit')).toHaveLength(1),
  },
  {
    it: 'comment spam (claude-code-action#211): one comment at most, however often it runs',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.push(s.branch('a'), { 'p.txt': 'p' });
      for (let at = 0; at < 5; at += 1) await s.run(s.fixes('a'));
      return s.run(s.fixes('a'));
    },
    ends: { a: 'hand-over' } as Record<string, string>,
    and: (s) => expect(commentsOf(s, 'a')).toBe(1),
  },
  {
    it: 'a marker matched by a value with an equals sign (dflook 2.2.1): read as data',
    files: { 'src/a=b -->.txt': text },
    story: async (s) => {
      const fix = () => s.fix('a', { path: 'src/a=b -->.txt' });
      await s.run([fix()]);
      return s.run([fix()]);
    },
    ends: { a: '' } as Record<string, string>,
    and: (s) => expect(s.memory.threads.pulls.length).toBeLessThanOrEqual(1),
  },
  {
    it: 'a body beyond the limit (dflook#197, terraform-cdk-action#150): cut, and the marker stays',
    story: async (s) => {
      const long = (): ReturnType<typeof s.fix> =>
        s.fix('a', {
          change: { pullRequest: { branchSlug: 'mend-a', title: 'fix: mend a', body: 'long words '.repeat(20_000) } },
        });
      await s.run([long()]);
      return s.run([long()]);
    },
    ends: { a: 'keep: nothing to change' },
  },
  {
    it: 'a body that people have filled up: their words stay, and nothing fails',
    story: async (s) => {
      await s.run(s.fixes('a'));
      const pull = s.memory.threads.pull(1);
      pull.body = `${'w'.repeat(65_536 - pull.body.length - 2)}\n\n${pull.body}`;
      s.people.push('main', { 'src/a.txt': upper('eight') });
      s.people.pass(15 * 24 * 3600 * 1000);
      return s.run(s.fixes('a'));
    },
    ends: { a: 'update' } as Record<string, string>,
    and: (s) => expect(s.pulls('a')[0]?.body.startsWith('www')).toBe(true),
  },
  {
    it: 'injection through a title or a body (Comment and Control): no mention, link, marker or box comes alive',
    story: (s) =>
      s.run([
        s.fix('a', {
          change: {
            title: '@all <!-- cortex:box reopen 0123456789ab -->',
            pullRequest: {
              branchSlug: 'mend-a',
              title: 'fixes #1 @ada [skip ci]\u202E',
              body: '<img src=x> [x](javascript:1) @ada\n- [x] <!-- cortex:box reopen 0123456789ab -->\n<!-- cortex:end -->',
            },
          },
        }),
      ]),
    ends: { a: 'open: new' },
    and: (s) => {
      const pull = s.pulls('a')[0];
      expect(`${pull?.title}${pull?.body}${s.dashboard?.body}${s.memory.git.head(s.branch('a'))?.message}`).not.toMatch(
        /@ada|@all|fixes #1|<img|\[skip ci\]|\u202E|\]\(javascript|<!-- cortex:box reopen 0123/,
      );
    },
  },
  {
    it: 'a bot that trusts any bot (GMO Flatt): another bot’s commit is not ours, whatever its message says',
    story: async (s) => {
      await s.run(s.fixes('a'));
      const message = s.memory.git.head(s.branch('a'))?.message ?? '';
      s.people.push(s.branch('a'), { 'evil.txt': 'e' }, message);
      return s.run(s.fixes('a'));
    },
    ends: { a: 'hand-over: its newest commit is not of Cortex' },
  },
  {
    it: 'a fork with our branch name (gh-aw, claude-code-action): never ours',
    story: async (s) => {
      s.people.open('cortex/development-master/fcb77efdfc2f-mend-a', {
        isFromFork: true,
        body: '<!-- cortex:pull-request v1 x {} -->',
      });
      return s.run([]);
    },
    ends: {},
    and: (s) => expect(s.memory.threads.pulls[0]?.state).toBe('open'),
  },
  {
    it: 'lost work on cancel (pitfall 6): what was opened stays, the rest comes next',
    story: async (s) => {
      s.memory.fault = (_, count) => (count === 6 ? 'after' : undefined);
      await s.run(s.fixes('a', 'b', 'c')).catch(() => undefined);
      s.memory.fault = () => undefined;
      return s.run(s.fixes('a', 'b', 'c'));
    },
    ends: { a: '', b: '', c: '' } as Record<string, string>,
    and: (s) => expect([s.memory.threads.pulls.length, s.memory.git.branches.size]).toEqual([3, 4]),
  },
  {
    it: 'a missing workflows permission (gh-aw#16331, create-pull-request#1097): held with its patch, the others go on',
    files: { '.github/workflows/ci.yaml': text },
    identity: { kind: 'workflow', login: 'github-actions[bot]', mayWriteWorkflows: false },
    story: (s) =>
      s.run([
        s.fix('a', { path: '.github/workflows/ci.yaml', capability: 'fix-workflows', task: 'fix-workflows' }),
        s.fix('b'),
      ]),
    ends: { a: 'hold: the token may not push', b: 'open: new' },
  },
  {
    it: 'a workflow fix with the permission: opened',
    files: { '.github/workflows/ci.yaml': text },
    story: (s) =>
      s.run([s.fix('a', { path: '.github/workflows/ci.yaml', capability: 'fix-workflows', task: 'fix-workflows' })]),
    ends: { a: 'open: new' },
  },
  {
    it: 'a repository without issues: pull requests come all the same',
    story: async (s) => {
      const { problem } = await import('../../../src/shared/errors.ts');
      s.memory.fault = (write) =>
        write === 'writeIssue' ? problem('github-refused', 'Issues are disabled', { hint: '' }) : undefined;
      return s.run(s.fixes('a'));
    },
    ends: { a: 'open: new' },
    and: (_, o) => expect(o.notes.join()).toContain('Issues are disabled'),
  },
];

lifecycle('troubles of other tools', elsewhere);
