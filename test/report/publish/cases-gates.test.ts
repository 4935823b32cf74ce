import { expect } from 'vitest';
import type { HostIdentity } from '../../../src/protocol/code-host.ts';
import { sha256 } from '../../../src/shared/canonical.ts';
import { randomLike } from '../../support/planted-secrets.ts';
import { text, type FixWish, type RunWish, type Story } from '../../support/publish/story.ts';
import { broughtBy, lifecycle, type Case } from './lifecycle.ts';

const mended = text.replace('two', 'TWO');
const token = `ghp_${randomLike(36, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789')}`;
const workflowToken: HostIdentity = { kind: 'workflow', login: 'github-actions[bot]', mayWriteWorkflows: false };

const editOf = (path: string, before: string | null = text, after: string | null = mended): FixWish => ({
  edits: [{ path, before, after }],
});
function wroteNothing(s: Story): void {
  expect(s.memory.writes.filter((write) => write !== 'writeIssue')).toEqual([]);
}

/** A change that differs from a good one in one thing. */
function held(name: string, wish: FixWish, given: { readonly because?: string; readonly run?: RunWish } = {}): Case {
  return {
    it: name,
    story: (s) => s.run([s.fix('a', wish)], given.run),
    ends: { a: `hold: ${given.because ?? ''}` },
    and: wroteNothing,
  };
}

const protectedFiles = [
  'CODEOWNERS',
  '.github/CODEOWNERS',
  '.gitmodules',
  '.gitattributes',
  'LICENSE',
  'CLAUDE.md',
  'AGENTS.md',
  '.claude/settings.json',
  '.vscode/tasks.json',
  '.npmrc',
  '.github/actions/own/action.yml',
  'coordination/task-queue.json',
  'package-lock.json',
  '.cortexignore',
  '.husky/pre-commit',
  '.github/prompts/x.md',
  'sub/.envrc',
  '.devcontainer/devcontainer.json',
];
const unsafe = [
  '../out.txt',
  'a/../../b',
  '/abs',
  'C:/x',
  'a\\b',
  '.git/hooks/pre-commit',
  'x/.git/config',
  'dot./x',
  'bell\u0007',
  'rtl\u202E.ts',
];

const aChangeThatNobodyHasProven: readonly Case[] = [
  {
    it: 'is refused where its review rejected it',
    story: (s) => s.run([s.fix('a', { verdict: 'rejected' })]),
    ends: { a: 'refuse: rejected: ' },
    and: wroteNothing,
  },
  {
    it: 'is refused where no review has spoken: not rejected is not proven',
    story: (s) => s.run([s.fix('a', { verdict: 'unjudged' })]),
    ends: { a: 'refuse: unjudged: ' },
    and: wroteNothing,
  },
  {
    it: 'does not keep the others',
    story: (s) => s.run([s.fix('a', { verdict: 'rejected' }), s.fix('b')]),
    ends: { a: 'refuse: rejected: ', b: 'open: new' },
  },
];
lifecycle('a change that nobody has proven', aChangeThatNobodyHasProven);

const aPathThatNoChangeMayTouch: readonly Case[] = [
  ...protectedFiles.map((path) => ({
    ...held(`is held: ${path}`, editOf(path), { because: 'protected-paths: ' }),
    files: { [path]: text },
  })),
  ...unsafe.map((path) => held(`is held: ${JSON.stringify(path)}`, editOf(path, null, 'x\n'))),
  held(
    'is held by the deny list of the plan',
    {},
    {
      because: 'allowed-paths: src/a.txt is on the deny list',
      run: { policy: { paths: { allow: ['**'], deny: ['src/**'] } } },
    },
  ),
  held(
    'is held where the allow list has it not',
    {},
    {
      because: 'allowed-paths: src/a.txt is not on the allow list',
      run: { policy: { paths: { allow: ['docs/**'], deny: [] } } },
    },
  ),
  held('is held where it differs from another by case alone', editOf('readme.md', null, 'x\n'), {
    because: 'safe-paths: "readme.md" differs from README.md by case alone',
  }),
  held('is held below a file', editOf('README.md/x', null, 'x\n'), { because: 'README.md/x lies below README.md' }),
  { ...held('is held where a folder stands', editOf('src', null, 'x\n'), { because: 'src is a folder on the base' }) },
  {
    ...held('is held where a link stands', editOf('link', 'README.md', 'x'), { because: 'link is a symbolic link' }),
    files: { link: { mode: '120000', content: 'README.md' } },
  },
  {
    ...held('is held where a submodule stands', editOf('sub', null, 'x\n'), { because: 'sub is a submodule' }),
    files: { sub: { mode: '160000', content: 'f'.repeat(40) } },
  },
];
lifecycle('a path that no change may touch', aPathThatNoChangeMayTouch);

const aWorkflow: readonly Case[] = [
  {
    ...held('is held for every capability but one', editOf('.github/workflows/ci.yml'), {
      because: 'protected-paths: .github/workflows/ci.yml is a workflow',
    }),
    files: { '.github/workflows/ci.yml': text },
  },
  {
    it: 'is opened by a token that may push it',
    files: { '.github/workflows/ci.yml': text },
    story: (s) => s.run([s.fix('a', { ...editOf('.github/workflows/ci.yml'), capability: 'fix-workflows' })]),
    ends: { a: 'open: new' },
  },
  {
    it: 'waits in the dashboard with its patch where the token may not push it',
    files: { '.github/workflows/ci.yml': text },
    identity: workflowToken,
    story: (s) => s.run([s.fix('a', { ...editOf('.github/workflows/ci.yml'), capability: 'fix-workflows' })]),
    ends: { a: 'hold: the token may not push .github/workflows/ci.yml' },
    and: (s) => {
      expect(s.dashboard?.body).toContain('+TWO');
      wroteNothing(s);
    },
  },
  {
    it: 'is known in capitals too',
    files: { '.GitHub/Workflows/ci.yml': text },
    identity: workflowToken,
    story: (s) => s.run([s.fix('a', { ...editOf('.GitHub/Workflows/ci.yml'), capability: 'fix-workflows' })]),
    ends: { a: 'hold: the token may not push .GitHub/Workflows/ci.yml' },
  },
];
lifecycle('a workflow', aWorkflow);

const two = [
  { path: 'src/a.txt', before: text, after: mended },
  { path: 'src/b.txt', before: text, after: mended },
];
const sized = (files: number, lines: number): RunWish => ({ policy: { size: { files, lines } } });

const theSizeOfAChange: readonly Case[] = [
  held(
    'is held at one file more than the plan lets it have',
    { edits: two },
    { because: 'size: 2 files and 4 changed lines, over the limit', run: sized(1, 2000) },
  ),
  held(
    'is held at one line more',
    { edits: two },
    { because: 'size: 2 files and 4 changed lines, over the limit', run: sized(2, 3) },
  ),
  {
    it: 'may be what the plan lets it be',
    story: (s) => s.run([s.fix('a', { edits: two })], sized(2, 4)),
    ends: { a: 'open: new' },
  },
];
lifecycle('the size of a change', theSizeOfAChange);

const leak = text.replace('two', `token = "${token}"`);
const claim = {
  path: 'src/a.txt',
  mode: '100644',
  before: sha256(text),
  after: sha256(mended),
  addedLines: 1,
  removedLines: 1,
} as const;

const whatAChangeSaysAndShows: readonly Case[] = [
  {
    ...held('is held with a credential in a line', editOf('src/a.txt', text, leak), { because: 'no-secrets: ' }),
    and: (s, outcome) => expect(JSON.stringify([s.dashboard?.body, outcome])).not.toContain(token),
  },
  held(
    'is held with a secret of this run in a line',
    {},
    { because: 'no-secrets: it shows a secret of this run', run: { mask: (shown) => shown.replaceAll('TWO', '***') } },
  ),
  {
    ...held(
      'is held with a secret of this run in its title',
      { change: { title: 'hunter22 is out' } },
      { because: 'no-secrets', run: { mask: (shown) => shown.replaceAll('hunter22', '***') } },
    ),
    and: (s) => expect(s.dashboard?.body).not.toContain('hunter22'),
  },
  {
    it: 'may take a credential out',
    files: { 'src/a.txt': leak },
    story: (s) => s.run([s.fix('a', editOf('src/a.txt', leak, text))]),
    ends: { a: 'open: new' },
  },
  held(
    'is held where it comes from another capability than its task',
    { change: { capability: 'fix-workflows' } },
    { because: 'it says fix-workflows, its task was fix-headers' },
  ),
  held(
    'is held where its patch touches more than it lists',
    { edits: two, change: { files: [claim] } },
    { because: '' },
  ),
  held(
    'is held where its result is not what it promises',
    { change: { files: [{ ...claim, after: sha256('other') }] } },
    { because: 'src/a.txt does not come out as the change says' },
  ),
  held('is held where its patch can’t be read', { change: { patch: 'no patch' } }, { because: '' }),
  {
    ...held('is held on a file that is no text', {}),
    story: (s) => (s.people.push('main', { 'src/a.txt': 'a\0b' }), s.run(s.fixes('a'))),
  },
];
lifecycle('what a change says and shows', whatAChangeSaysAndShows);

const run = (s: Story, wish: FixWish): ReturnType<Story['run']> => s.run([s.fix('a', wish)]);

const aChangeOfAnyKindOfText: readonly Case[] = [
  {
    it: 'keeps Windows line ends',
    files: { 'w.txt': 'one\r\ntwo\r\n' },
    story: (s) => run(s, editOf('w.txt', 'one\r\ntwo\r\n', 'one\r\nTWO\r\n')),
    ends: { a: 'open: new' },
    and: (s) => expect(broughtBy(s, 'a')).toEqual({ 'w.txt': 'one\r\nTWO\r\n' }),
  },
  {
    it: 'keeps a missing end of the last line',
    files: { 'w.txt': 'two' },
    story: (s) => run(s, editOf('w.txt', 'two', 'TWO')),
    ends: { a: 'open: new' },
    and: (s) => expect(broughtBy(s, 'a')).toEqual({ 'w.txt': 'TWO' }),
  },
  {
    it: 'keeps a byte order mark',
    files: { 'w.txt': '\uFEFFtwo\n' },
    story: (s) => run(s, editOf('w.txt', '\uFEFFtwo\n', '\uFEFFTWO\n')),
    ends: { a: 'open: new' },
    and: (s) => expect(broughtBy(s, 'a')).toEqual({ 'w.txt': '\uFEFFTWO\n' }),
  },
  {
    it: 'keeps the mode of a program',
    files: { 'run.sh': { mode: '100755', content: text } },
    story: (s) => run(s, editOf('run.sh')),
    ends: { a: 'open: new' },
    and: (s) => expect(s.memory.git.treeAt(s.head(s.branch('a'))).get('run.sh')?.mode).toBe('100755'),
  },
  {
    it: 'makes a new program',
    story: (s) => run(s, { edits: [{ path: 'new.sh', before: null, after: 'x\n', mode: '100755' }] }),
    ends: { a: 'open: new' },
    and: (s) => expect(s.memory.git.treeAt(s.head(s.branch('a'))).get('new.sh')?.mode).toBe('100755'),
  },
  {
    it: 'takes the mode that a file has got on the base',
    story: (s) => (s.people.push('main', { 'src/a.txt': { mode: '100755', content: text } }), s.run(s.fixes('a'))),
    ends: { a: 'open: new' },
    and: (s) => expect(s.memory.git.treeAt(s.head(s.branch('a'))).get('src/a.txt')?.mode).toBe('100755'),
  },
];
lifecycle('a change of any kind of text', aChangeOfAnyKindOfText);

const later = (s: Story, at: (write: string) => boolean, act: () => void): void => {
  let isDone = false;
  s.memory.fault = (write) => {
    if (!isDone && at(write)) {
      isDone = true;
      act();
    }
    return undefined;
  };
};

const whatHappensWhilePullRequestsAreWritten: readonly Case[] = [
  {
    it: 'is seen: the base moves in the file, and the branch follows in the same run',
    story: (s) => (
      later(
        s,
        (write) => write === 'openPullRequest',
        () => void s.people.push('main', { 'src/a.txt': text.replace('eight', 'EIGHT') }),
      ),
      s.run(s.fixes('a'))
    ),
    ends: { a: 'open: new' },
    and: (s) => expect(s.fileAt(s.branch('a'), 'src/a.txt')).toBe(mended.replace('eight', 'EIGHT')),
  },
  {
    it: 'is left alone where it does not matter: the base moves elsewhere',
    story: (s) => (
      later(
        s,
        (write) => write === 'openPullRequest',
        () => void s.people.push('main', { 'x.txt': 'x' }),
      ),
      s.run(s.fixes('a'))
    ),
    ends: { a: 'open: new' },
    and: (s) => expect(s.memory.writes.filter((write) => write === 'commit')).toHaveLength(1),
  },
  {
    it: 'is respected: somebody makes the branch first',
    story: (s) => {
      const branch = `cortex/development-master/${s.fix('a') && sha256('change a').slice(0, 12)}-mend-a`;
      later(
        s,
        (write) => write === 'createBranch',
        () => void s.people.push(branch, { 'x.txt': 'x' }, `person on ${branch}`),
      );
      return s.run(s.fixes('a'));
    },
    ends: { a: 'hold: the branch' },
    and: (s) => expect(s.memory.threads.pulls).toEqual([]),
  },
  {
    it: 'is respected: somebody pushes to the branch before an update',
    story: async (s) => {
      await s.run(s.fixes('a'));
      s.people.push('main', { 'src/a.txt': text.replace('eight', 'EIGHT') });
      const branch = s.branch('a');
      later(
        s,
        (write) => write === 'moveBranch',
        () => void s.people.push(branch, { 'x.txt': 'x' }, `person on ${branch}`),
      );
      return s.run(s.fixes('a'));
    },
    ends: { a: 'hand-over: its newest commit is not of Cortex' },
    and: (s) => expect(s.fileAt(s.branch('a'), 'x.txt')).toBe('x'),
  },
  {
    it: 'is not lost: a box that is ticked meanwhile stays ticked',
    story: async (s) => {
      await s.run(s.fixes('a', 'b'), { pulls: { perRun: 1 } });
      later(
        s,
        (write) => write === 'openPullRequest',
        () => s.tick('open '),
      );
      return s.run(s.fixes('a', 'b', 'c'), { pulls: { perRun: 1 } });
    },
    ends: { b: 'keep: nothing to change', a: 'open: new', c: 'queue: ' },
  },
];
lifecycle('what happens while pull requests are written', whatHappensWhilePullRequestsAreWritten);
