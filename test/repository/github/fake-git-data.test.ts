import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, openFakeShop, refuseViolations, refusedWith, type OpenShop } from './fake-shop.ts';

const nothing = '0'.repeat(40);

let shop: OpenShop;
let main: string;

beforeAll(async () => {
  shop = await openFakeShop({
    repositories: {
      'acme/shop': {
        files: {
          'README.md': '# A shop\n',
          'src/a.ts': 'one\n',
          'src/b.ts': 'two\n',
          'run.sh': { content: '#!/bin/sh\n', mode: '100755' },
          '.github/workflows/ci.yml': 'on: push\n',
        },
      },
    },
  });
  main = shop.fake.repository().head('main') ?? '';
});

afterAll(async () => {
  refuseViolations(shop.fake);
  await shop.fake.close();
});

const inline = (path: string, content = 'new\n') => ({ path, mode: '100644', type: 'blob', content }) as const;

async function commitOver(parent: string, path: string): Promise<string> {
  const tree = await shop.job.git.createTree({ ...at, base_tree: parent, tree: [inline(path)] });
  const commit = await shop.job.git.createCommit({ ...at, message: 'change', tree: tree.data.sha, parents: [parent] });
  return commit.data.sha;
}

describe('refs of the fake', () => {
  it('are made once, and only for commits that are there', async () => {
    const create = (ref: string, sha: string) => refusedWith(shop.job.git.createRef({ ...at, ref, sha }));
    expect(await create('refs/heads/made', main)).toBe('accepted');
    expect(await create('refs/heads/made', main)).toBe('422 Reference already exists');
    expect(await create('refs/heads/other', nothing)).toBe('422 Object does not exist');
    expect(await create('refs/heads/made/below', main)).toBe('422 Reference update failed');
    expect(await create('heads/x', main)).toMatch(/^422 Reference name must start with/);
    expect(await create('refs/heads/a..b', main)).toMatch(/^422 /);
  });

  it('move forward alone, unless they are forced', async () => {
    const [one, other] = [await commitOver(main, 'one.txt'), await commitOver(main, 'other.txt')];
    await shop.job.git.createRef({ ...at, ref: 'refs/heads/moves', sha: main });
    const move = (sha: string, force: boolean) =>
      refusedWith(shop.job.git.updateRef({ ...at, ref: 'heads/moves', sha, force }));
    expect(await move(one, false)).toBe('accepted');
    expect(await move(other, false)).toBe('422 Update is not a fast forward');
    expect(await move(other, true)).toBe('accepted');
    expect(await move(nothing, true)).toBe('422 Object does not exist');
  });

  it('are deleted once; what is not there is 404 to readers and 422 to writers', async () => {
    await shop.job.git.createRef({ ...at, ref: 'refs/heads/goes', sha: main });
    expect(await refusedWith(shop.job.git.deleteRef({ ...at, ref: 'heads/goes' }))).toBe('accepted');
    expect(await refusedWith(shop.job.git.deleteRef({ ...at, ref: 'heads/goes' }))).toBe(
      '422 Reference does not exist',
    );
    expect(await refusedWith(shop.job.git.getRef({ ...at, ref: 'heads/goes' }))).toBe('404 Not Found');
    expect(await refusedWith(shop.job.git.updateRef({ ...at, ref: 'heads/goes', sha: main }))).toBe(
      '422 Reference does not exist',
    );
  });

  it('are matched by the beginning of their names', async () => {
    for (const name of ['cortex/a', 'cortex/b', 'cortexx']) shop.branch(name);
    const { data } = await shop.job.git.listMatchingRefs({ ...at, ref: 'heads/cortex/' });
    expect(data.map(({ ref }) => ref)).toEqual(['refs/heads/cortex/a', 'refs/heads/cortex/b']);
  });
});

describe('trees of the fake', () => {
  it('take text inline over a base, and keep everything else with its mode', async () => {
    const { data } = await shop.job.git.createTree({ ...at, base_tree: main, tree: [inline('src/c.ts')] });
    const { data: whole } = await shop.job.git.getTree({ ...at, tree_sha: data.sha, recursive: 'true' });
    expect(whole.truncated).toBe(false);
    expect(whole.tree.filter(({ type }) => type === 'blob').map(({ path, mode }) => `${mode} ${path}`)).toEqual([
      '100644 .github/workflows/ci.yml',
      '100644 README.md',
      '100755 run.sh',
      '100644 src/a.ts',
      '100644 src/b.ts',
      '100644 src/c.ts',
    ]);
  });

  it('are what git itself makes of the same files', async () => {
    const sha = await commitOver(main, 'src/deep/er/file.txt');
    const { directory } = shop.fake.repository();
    const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: directory, encoding: 'utf8' });
    expect(git('fsck', '--strict', '--no-dangling', sha)).toBe('');
    expect(git('show', `${sha}:src/deep/er/file.txt`)).toBe('new\n');
  });

  it('delete by a null hash, an empty folder with its last file, but nothing that is not there', async () => {
    const gone = (path: string) => ({ path, mode: '100644', type: 'blob', sha: null }) as const;
    const both = await shop.job.git.createTree({ ...at, base_tree: main, tree: [gone('src/a.ts'), gone('src/b.ts')] });
    expect(both.data.tree.map(({ path }) => path)).not.toContain('src');
    const request = shop.job.git.createTree({ ...at, base_tree: main, tree: [gone('nowhere')] });
    expect(await refusedWith(request)).toBe('422 GitRPC::BadObjectState');
  });

  it.each([
    ['both text and hash', { ...inline('x'), sha: nothing }, /^422 Must supply either tree.sha or tree.content/],
    ['neither', { path: 'x', mode: '100644', type: 'blob' }, /^422 Must supply either tree.sha or tree.content/],
    ['a hash of nothing', { path: 'x', mode: '100644', type: 'blob', sha: nothing }, /is not a valid blob$/],
    ['a path out of the tree', inline('../x'), /^422 tree.path contains a malformed path component/],
    ['an absolute path', inline('/x'), /^422 tree.path contains a malformed path component/],
    ["git's own folder", inline('.git/config'), /^422 tree.path contains a malformed path component/],
  ] as const)('refuse %s', async (_what, entry, message) => {
    const request = shop.job.git.createTree({ ...at, base_tree: main, tree: [entry as never] });
    expect(await refusedWith(request)).toMatch(message);
  });

  it('are cut off beyond the limit of entries, and say so', async () => {
    shop.fake.limits.treeEntries = 3;
    const { data } = await shop.job.git.getTree({ ...at, tree_sha: main, recursive: '1' });
    shop.fake.limits.treeEntries = 100_000;
    expect([data.tree.length, data.truncated]).toEqual([3, true]);
  });

  it('are refused to a base that is no tree', async () => {
    const request = shop.job.git.createTree({ ...at, base_tree: nothing, tree: [inline('x')] });
    expect(await refusedWith(request)).toBe('422 base_tree is not a valid tree oid');
  });
});

describe('commits of the fake', () => {
  const order = async () => {
    const tree = await shop.job.git.createTree({ ...at, base_tree: main, tree: [inline('signed.txt')] });
    return { ...at, message: 'subject\n\nbody', tree: tree.data.sha, parents: [main] };
  };

  it('are signed by GitHub and are the bot’s where a job names no author', async () => {
    const { data } = await shop.job.git.createCommit(await order());
    expect(data.verification).toMatchObject({ verified: true, reason: 'valid' });
    expect([data.author.name, data.committer.name]).toEqual(['github-actions[bot]', 'GitHub']);
  });

  it('are not signed where an author is named, nor those of a person', async () => {
    const author = { name: 'Ada', email: 'ada@example.com' };
    const named = await shop.job.git.createCommit({ ...(await order()), author });
    expect([named.data.verification.verified, named.data.author.name]).toEqual([false, 'Ada']);
    shop.fake.repository().setRole('ada', 'write');
    const own = await shop.client(shop.fake.userToken('ada')).git.createCommit(await order());
    expect(own.data.verification).toMatchObject({ verified: false, reason: 'unsigned' });
  });

  it('need a tree and parents that are there', async () => {
    const good = await order();
    expect(await refusedWith(shop.job.git.createCommit({ ...good, tree: nothing }))).toBe(
      '422 Tree SHA does not exist',
    );
    expect(await refusedWith(shop.job.git.createCommit({ ...good, parents: [nothing] }))).toMatch(/^422 Parent SHA/);
  });

  it('stay unseen until a ref shows them', async () => {
    const { data } = await shop.job.git.createCommit(await order());
    const branches = shop.fake.repository().branches();
    expect(branches.map((each) => shop.fake.repository().head(each))).not.toContain(data.sha);
    expect((await shop.job.git.getCommit({ ...at, commit_sha: data.sha })).data.message).toBe('subject\n\nbody');
  });
});

describe('blobs of the fake', () => {
  it('come back byte by byte', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 128]);
    const made = await shop.job.git.createBlob({ ...at, content: bytes.toString('base64'), encoding: 'base64' });
    const read = await shop.job.git.getBlob({ ...at, file_sha: made.data.sha });
    expect(Buffer.from(read.data.content, 'base64').equals(bytes)).toBe(true);
  });

  it('are refused one byte beyond the limit', async () => {
    shop.fake.limits.blobBytes = 10;
    const create = (size: number) => refusedWith(shop.job.git.createBlob({ ...at, content: 'x'.repeat(size) }));
    expect([await create(10), await create(11)]).toEqual([
      'accepted',
      '422 Sorry, your input was too large to process · input too large',
    ]);
    shop.fake.limits.blobBytes = 40 * 1_048_576;
  });
});

describe('contents of the fake', () => {
  it('are read at a branch, as a file or as a folder', async () => {
    const file = await shop.job.repos.getContent({ ...at, path: 'src/a.ts', ref: 'main' });
    expect(file.data).toMatchObject({
      type: 'file',
      encoding: 'base64',
      content: Buffer.from('one\n').toString('base64'),
    });
    const folder = await shop.job.repos.getContent({ ...at, path: 'src' });
    expect(folder.data).toMatchObject([{ path: 'src/a.ts' }, { path: 'src/b.ts' }]);
    expect(await refusedWith(shop.job.repos.getContent({ ...at, path: 'none' }))).toBe('404 Not Found');
  });

  it('leave out the text of a file that is too large', async () => {
    shop.fake.limits.contentsBytes = 3;
    const { data } = await shop.job.repos.getContent({ ...at, path: 'src/a.ts' });
    shop.fake.limits.contentsBytes = 1_048_576;
    expect(data).toMatchObject({ encoding: 'none', content: '', size: 4 });
  });
});

describe('workflow files at the fake', () => {
  const path = '.github/workflows/new.yml';

  it('can’t be put into a tree by a token without the permission', async () => {
    const request = shop.job.git.createTree({ ...at, base_tree: main, tree: [inline(path)] });
    expect(await refusedWith(request)).toBe('403 Resource not accessible by integration');
  });

  it('are taken where they are the same as before', async () => {
    const same = inline('.github/workflows/ci.yml', 'on: push\n');
    expect(await refusedWith(shop.job.git.createTree({ ...at, base_tree: main, tree: [same] }))).toBe('accepted');
  });

  it('can’t be brought by a ref either, but for those that the base has already', async () => {
    const repository = shop.fake.repository();
    repository.push('scratch', { files: { [path]: 'on: push\n' } });
    const unseen = repository.head('scratch') ?? '';
    repository.deleteBranch('scratch');
    const request = shop.job.git.createRef({ ...at, ref: 'refs/heads/flow', sha: unseen });
    expect(await refusedWith(request)).toBe('403 Resource not accessible by integration');
    repository.push('main', { files: { '.github/workflows/ci.yml': 'on: pull_request\n' } });
    const merged = await commitOver(repository.head('main') ?? '', 'after.txt');
    expect(await refusedWith(shop.job.git.createRef({ ...at, ref: 'refs/heads/after', sha: merged }))).toBe('accepted');
  });

  it('are written by a token with `workflows: write`', async () => {
    const app = shop.fake.workflowToken({ contents: 'write', workflows: 'write' });
    const request = shop.client(app).git.createTree({ ...at, base_tree: main, tree: [inline(path)] });
    expect(await refusedWith(request)).toBe('accepted');
  });
});
