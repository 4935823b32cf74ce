import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostPullRequest, HostQuestion, HostRole, HostView } from '../../../src/protocol/code-host.ts';
import type { CommitOrder, PublishHost } from '../../../src/report/publish/world/host.ts';
import { CortexError } from '../../../src/shared/errors.ts';

/** A repository with one commit on `main`, the publisher's way to it, and what people do there. */
export interface ContractWorld {
  readonly host: PublishHost;
  /** A commit by a person; the branch comes from `main` where there is none. */
  readonly push: (branch: string, files: Readonly<Record<string, string>>) => string;
  readonly head: (branch: string) => string | undefined;
  /** Mode and text of each file of a commit. */
  readonly files: (sha: string) => Readonly<Record<string, readonly [string, string]>>;
  readonly comment: (number: number, written: { readonly login: string; readonly body: string }) => void;
  readonly role: (login: string, role: HostRole) => void;
  readonly merge: (number: number) => void;
  readonly close: () => Promise<void>;
}

export type OpenContractWorld = (files: Readonly<Record<string, string>>) => Promise<ContractWorld>;

const asked: HostQuestion = {
  base: null,
  prefix: 'cortex/',
  branches: [],
  results: 'cortex/results',
  issueLabel: 'cortex-dashboard',
  ownIssues: null,
  labels: ['cortex', 'cortex-dashboard', 'never'],
  mergedSince: '2020-01-01T00:00:00Z',
};

const started = {
  'README.md': '# Shop\n',
  'src/a.txt': 'one\ntwo\n',
  'src/crlf.txt': '\uFEFFone\r\ntwo',
  'empty.txt': '',
  'image.bin': 'a\0b',
  CODEOWNERS: '* @ada\n',
};

/** What every host of the publisher keeps to, whether it is GitHub's door or stands in for it. */
export function hostContract(name: string, open: OpenContractWorld): void {
  describe(`${name} as a host of the publisher`, () => {
    reading(open);
    commits(open);
    branches(open);
    pullRequests(open);
    threads(open);
  });
}

/** A world of its own for the claims of one part. */
function opened(open: OpenContractWorld): { world: ContractWorld } {
  const held = {} as { world: ContractWorld };
  beforeAll(async () => void (held.world = await open(started)));
  afterAll(() => held.world.close());
  return held;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'nothing was thrown';
  } catch (error) {
    return error instanceof CortexError ? error.code : `not ours: ${String(error)}`;
  }
}

/** A commit over a branch that writes one file. */
function over({ head }: ContractWorld, branch: string, written: Readonly<Record<string, string>>): CommitOrder {
  const sha = head(branch) ?? '';
  const files = Object.entries(written).map(([path, content]) => ({ path, mode: '100644' as const, content }));
  return { parents: [sha], tree: sha, files, message: () => `write ${Object.keys(written).join(' ')}` };
}

async function made(world: ContractWorld, branch: string, path: string): Promise<string> {
  const { sha } = await world.host.commit(over(world, 'main', { [path]: 'new\n' }));
  await world.host.createBranch(branch, sha);
  return sha;
}

async function pullAt(
  world: ContractWorld,
  branch: string,
  title = branch,
): Promise<{ number: number; nodeId: string }> {
  return world.host.openPullRequest({ branch, base: 'main', title, body: 'Body', isDraft: true });
}

async function seen({ host }: ContractWorld, number: number, branch: string): Promise<HostPullRequest | undefined> {
  const view = await host.look({ ...asked, branches: [branch] });
  return view.pullRequests.find((pull) => pull.number === number);
}

function reading(open: OpenContractWorld): void {
  describe('reading', () => {
    const held = opened(open);

    it('shows the head of the default branch and who owns what, and nothing that is not there', async () => {
      const view = await held.world.host.look(asked);
      expect(view).toMatchObject({ results: null, branches: [], pullRequests: [], merged: [], issues: [], labels: [] });
      expect(view.base).toMatchObject({ name: 'main', head: { sha: held.world.head('main'), parents: [] } });
      expect(view.codeOwners).toBe('* @ada\n');
    });

    it('says that the base is not there', async () => {
      expect(await codeOf(held.world.host.look({ ...asked, base: 'release' }))).toBe('base-missing');
    });

    it('gives texts as they are, null for none, and a reason for what is no text', async () => {
      const sha = held.world.head('main') ?? '';
      const texts = await held.world.host.readTexts(sha, ['src/crlf.txt', 'empty.txt', 'none.txt', 'src', 'image.bin']);
      expect(texts.get('src/crlf.txt')).toBe('\uFEFFone\r\ntwo');
      expect(texts.get('empty.txt')).toBe('');
      expect(texts.get('none.txt')).toBeNull();
      expect(texts.get('src')).toMatchObject({ unreadable: expect.stringContaining('folder') as string });
      expect(texts.get('image.bin')).toMatchObject({ unreadable: expect.stringContaining('no text') as string });
    });

    it('lists the files of a tree with their modes, and no folder', async () => {
      const entries = await held.world.host.readTree(held.world.head('main') ?? '', ['src/a.txt']);
      expect(entries.map(({ path }) => path).toSorted()).toEqual(Object.keys(started).toSorted());
      expect(new Set(entries.map(({ mode }) => mode))).toEqual(new Set(['100644']));
    });

    it('knows roles, and that a stranger has none', async () => {
      held.world.role('grace', 'maintain');
      expect(await held.world.host.roleOf('grace')).toBe('maintain');
      expect(await held.world.host.roleOf('mallory-nobody')).not.toBe('maintain');
    });
  });
}

function commits(open: OpenContractWorld): void {
  describe('commits', () => {
    const held = opened(open);

    it('are shown by no branch, and their message knows their tree', async () => {
      const { world } = held;
      const before = world.head('main');
      const commit = await world.host.commit({
        ...over(world, 'main', { 'x.txt': 'x\n' }),
        message: (tree) => `on ${tree}`,
      });
      expect(commit.message.trimEnd()).toBe(`on ${commit.tree}`);
      expect(commit.parents).toEqual([before]);
      expect(world.head('main')).toBe(before);
      expect(world.files(commit.sha)['x.txt']).toEqual(['100644', 'x\n']);
      expect(world.files(commit.sha)['src/a.txt']).toEqual(['100644', 'one\ntwo\n']);
    });

    it('keep the mode that they are given, write every byte, and remove files', async () => {
      const { world } = held;
      const commit = await world.host.commit({
        ...over(world, 'main', {}),
        files: [
          { path: 'run.sh', mode: '100755', content: '#!/bin/sh\r\n' },
          { path: 'src/a.txt', mode: '100644', content: null },
          { path: 'never-was.txt', mode: '100644', content: null },
        ],
      });
      expect(world.files(commit.sha)['run.sh']).toEqual(['100755', '#!/bin/sh\r\n']);
      expect(Object.keys(world.files(commit.sha))).not.toContain('src/a.txt');
    });

    it('have one tree for one content', async () => {
      const { world } = held;
      const order = over(world, 'main', { 'same.txt': 'same\n' });
      const [first, second] = [await world.host.commit(order), await world.host.commit(order)];
      expect(second.tree).toBe(first.tree);
    });

    it('join two branches, and begin a history of their own', async () => {
      const { world } = held;
      const side = world.push('side', { 'side.txt': 's' });
      const main = world.head('main') ?? '';
      const merge = await world.host.commit({ ...over(world, 'main', { 'j.txt': 'j' }), parents: [side, main] });
      expect(merge.parents).toEqual([side, main]);
      const orphan = await world.host.commit({ ...over(world, 'main', { 'o.txt': 'o' }), parents: [], tree: null });
      expect(Object.keys(world.files(orphan.sha))).toEqual(['o.txt']);
    });
  });
}

function branches(open: OpenContractWorld): void {
  describe('branches', () => {
    const held = opened(open);

    it('are made once, and refused where another commit has the name', async () => {
      const { world } = held;
      const sha = await made(world, 'cortex/a', 'a.txt');
      await world.host.createBranch('cortex/a', sha);
      expect(await codeOf(world.host.createBranch('cortex/a', world.head('main') ?? ''))).toBe('branch-exists');
      expect(world.head('cortex/a')).toBe(sha);
    });

    it('are shown with their commit where the prefix is theirs', async () => {
      const { world } = held;
      world.push('other/b', { 'b.txt': 'b' });
      const view = await world.host.look(asked);
      expect(view.branches.map(({ name }) => name)).toEqual(['cortex/a']);
      expect(view.branches[0]?.head).toMatchObject({ sha: world.head('cortex/a'), message: 'write a.txt' });
    });

    it('move forward, and may be told so twice', async () => {
      const { world } = held;
      const { sha } = await world.host.commit(over(world, 'cortex/a', { 'a.txt': 'newer\n' }));
      await world.host.moveBranch('cortex/a', sha);
      await world.host.moveBranch('cortex/a', sha);
      expect(world.head('cortex/a')).toBe(sha);
    });

    it('never lose a commit that somebody has pushed', async () => {
      const { world } = held;
      const { sha } = await world.host.commit(over(world, 'cortex/a', { 'a.txt': 'late\n' }));
      const theirs = world.push('cortex/a', { 'person.txt': 'p' });
      expect(await codeOf(world.host.moveBranch('cortex/a', sha))).toBe('branch-moved');
      expect(world.head('cortex/a')).toBe(theirs);
    });

    it('are not made anew by a move', async () => {
      const { world } = held;
      expect(await codeOf(world.host.moveBranch('cortex/none', world.head('main') ?? ''))).toBe('branch-moved');
      expect(world.head('cortex/none')).toBeUndefined();
    });

    it('are deleted, and may be told so twice', async () => {
      const { world } = held;
      const sha = world.head('cortex/a') ?? '';
      await world.host.deleteBranch('cortex/a', sha);
      await world.host.deleteBranch('cortex/a', sha);
      expect((await world.host.look(asked)).branches).toEqual([]);
    });

    it('are not deleted where they have another commit than was seen', async () => {
      const { world } = held;
      const seen = await made(world, 'cortex/b', 'b.txt');
      const theirs = world.push('cortex/b', { 'person.txt': 'p' });
      expect(await codeOf(world.host.deleteBranch('cortex/b', seen))).toBe('branch-moved');
      expect(world.head('cortex/b')).toBe(theirs);
    });
  });
}

function pullRequests(open: OpenContractWorld): void {
  describe('pull requests', () => {
    const held = opened(open);
    let first: { number: number; nodeId: string };

    it('are opened as they are asked for, once', async () => {
      const { world } = held;
      const sha = await made(world, 'cortex/one', 'one.txt');
      first = await pullAt(world, 'cortex/one', 'One');
      expect((await pullAt(world, 'cortex/one', 'Another')).number).toBe(first.number);
      expect(await seen(world, first.number, 'cortex/one')).toMatchObject({
        state: 'open',
        title: 'One',
        body: 'Body',
        isDraft: true,
        branch: 'cortex/one',
        base: 'main',
        isFromFork: false,
        head: { sha },
      });
    });

    it('are refused where the base has all of the branch', async () => {
      const { world } = held;
      await world.host.createBranch('cortex/empty', world.head('main') ?? '');
      expect(await codeOf(pullAt(world, 'cortex/empty'))).toBe('github-refused');
    });

    it('get labels and reviewers; who can’t be asked is named', async () => {
      const { world } = held;
      const order = { ...first, labels: ['cortex', 'fix'], reviewers: ['nobody-there'], teams: [] };
      expect(await world.host.dressPullRequest(order)).toEqual({ notAsked: ['nobody-there'] });
      await world.host.dressPullRequest({ ...order, reviewers: [] });
      const pull = await seen(world, first.number, 'cortex/one');
      expect(pull?.labels.toSorted()).toEqual(['cortex', 'fix']);
      expect((await world.host.look(asked)).labels).toEqual(['cortex']);
    });

    it('change only what is named', async () => {
      const { world } = held;
      await world.host.editPullRequest(first.number, { body: 'Other' });
      expect(await seen(world, first.number, 'cortex/one')).toMatchObject({
        title: 'One',
        body: 'Other',
        state: 'open',
      });
    });

    it('are closed, opened again, and known after their branch is gone', async () => {
      const { world } = held;
      await world.host.editPullRequest(first.number, { state: 'closed' });
      expect(await seen(world, first.number, 'cortex/one')).toMatchObject({ state: 'closed', mergedAt: null });
      await world.host.editPullRequest(first.number, { state: 'open' });
      expect(await seen(world, first.number, 'cortex/one')).toMatchObject({ state: 'open', closedAt: null });
      await world.host.deleteBranch('cortex/one', world.head('cortex/one') ?? '');
      expect(await seen(world, first.number, 'cortex/one')).toMatchObject({ state: 'closed', head: null });
    });

    it('take no body beyond the limit of GitHub', async () => {
      expect(await codeOf(held.world.host.editPullRequest(first.number, { body: 'x'.repeat(65_537) }))).toBe(
        'github-refused',
      );
    });

    it('are counted once they are merged', async () => {
      const { world } = held;
      await made(world, 'cortex/two', 'two.txt');
      const second = await pullAt(world, 'cortex/two');
      world.merge(second.number);
      const view = await world.host.look(asked);
      expect(view.merged).toEqual([
        { number: second.number, branch: 'cortex/two', mergedAt: expect.any(String) as string },
      ]);
      expect((await world.host.look({ ...asked, mergedSince: '2100-01-01T00:00:00Z' })).merged).toEqual([]);
    });
  });
}

function threads(open: OpenContractWorld): void {
  describe('issues and comments', () => {
    const held = opened(open);
    const issue = { title: 'Dashboard', body: 'One', labels: ['cortex-dashboard'], state: 'open' as const };
    let number: number;
    const shown = async (): Promise<HostView['issues'][number] | undefined> =>
      (await held.world.host.look(asked)).issues.find((each) => each.number === number);

    it('are made with their label, and found by it', async () => {
      ({ number } = await held.world.host.writeIssue({ ...issue, number: null }));
      expect(await shown()).toMatchObject({
        title: 'Dashboard',
        body: 'One',
        state: 'open',
        labels: ['cortex-dashboard'],
        comments: [],
      });
    });

    it('are written over in place, open or closed', async () => {
      await held.world.host.writeIssue({ ...issue, number, body: 'Two', state: 'closed' });
      expect(await shown()).toMatchObject({ body: 'Two', state: 'closed' });
      await held.world.host.writeIssue({ ...issue, number, body: 'Three' });
      expect(await shown()).toMatchObject({ body: 'Three', state: 'open' });
    });

    it('are read again as they are now, each by itself; one that is not there is null', async () => {
      const { world } = held;
      const read = await world.host.readIssue(number);
      expect(read).toMatchObject({ ...issue, number, body: 'Three', author: { login: 'cortex[bot]', isBot: true } });
      expect(await world.host.readIssue(999_999)).toBeNull();
    });

    it('are found by a mark of their account where none with the label has it', async () => {
      const { world } = held;
      const ownIssues = { login: 'cortex[bot]', mark: '<!-- mark ' };
      const found = async (label: string): Promise<readonly number[]> => {
        const view = await world.host.look({ ...asked, issueLabel: label, ownIssues });
        return view.issues.map((each) => each.number);
      };
      const marked = { ...issue, number: null, body: 'x <!-- mark 1 -->' };
      const bare = await world.host.writeIssue({ ...marked, labels: [] });
      await world.host.writeComment({ issue: bare.number, id: null, body: 'said' });
      expect(await found('never')).toEqual([bare.number]);
      const [shown] = (await world.host.look({ ...asked, issueLabel: 'never', ownIssues })).issues;
      expect(shown).toMatchObject({ labels: [], body: marked.body, comments: [{ body: 'said' }] });
      const labelled = await world.host.writeIssue({ ...marked, labels: ['other'] });
      expect(await found('other')).toEqual([labelled.number]);
      expect(await found('cortex-dashboard')).toEqual([number, bare.number, labelled.number]);
    });

    it('show comments in the order in which they were written, whoever wrote them', async () => {
      const { world } = held;
      const ours = await world.host.writeComment({ issue: number, id: null, body: 'asked' });
      world.comment(number, { login: 'grace', body: 'answered' });
      await world.host.writeComment({ issue: number, id: ours.id, body: 'asked again' });
      const comments = await world.host.readComments(number);
      expect(comments.map(({ body }) => body)).toEqual(['asked again', 'answered']);
      expect(comments[1]).toMatchObject({ author: { login: 'grace', isBot: false } });
      expect(comments[1]?.updatedAt).toBe(comments[1]?.createdAt);
      expect((await shown())?.comments.map(({ id }) => id)).toEqual(comments.map(({ id }) => id));
    });

    it('say that a comment to be changed is gone', async () => {
      expect(await codeOf(held.world.host.writeComment({ issue: number, id: 999_999, body: 'x' }))).toBe(
        'github-not-found',
      );
    });
  });
}
