import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchRepository } from '../../support/scratch-repository.ts';
import type { FakeRepository } from '../../support/github/repositories.ts';
import { at, openFakeShop, type OpenShop } from './fake-shop.ts';

let shop: OpenShop;
let repository: FakeRepository;
let folder: string;

beforeEach(async () => {
  shop = await openFakeShop();
  repository = shop.fake.repository();
  folder = mkdtempSync(join(tmpdir(), 'cortex-clone-'));
});

afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await shop.fake.close();
});

/** Git as a person runs it; what it says where it fails. */
async function git(...args: readonly string[]): Promise<string> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
  try {
    return (await promisify(execFile)('git', args, { cwd: folder, env })).stdout;
  } catch (error) {
    return (error as { readonly stderr?: string }).stderr ?? String(error);
  }
}

function address(token: string): string {
  const { host } = new URL(shop.fake.url);
  return `http://x-access-token:${token}@${host}/acme/shop.git`;
}

async function commitIn(path: string, content: string): Promise<void> {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), content);
  await git('add', '--all');
  await git('commit', '--quiet', '--message', path);
}

describe('git at the fake', () => {
  it('clones, pushes, and what was pushed is there for the API at once', async () => {
    await git('clone', '--quiet', address(shop.fake.workflowToken()), '.');
    await git('checkout', '--quiet', '-b', 'fix');
    await commitIn('src/a.ts', 'a\n');
    await git('push', '--quiet', 'origin', 'fix');
    expect(repository.read('fix', 'src/a.ts')).toBe('a\n');
    const { data } = await shop.job.git.getRef({ ...at, ref: 'heads/fix' });
    expect(data.object.sha).toBe((await git('rev-parse', 'HEAD')).trim());
  });

  it('fetches what was committed by the API, the heads of pull requests too', async () => {
    const sha = shop.branch('fix');
    await shop.job.pulls.create({ ...at, head: 'fix', base: 'main', title: 't' });
    await git('init', '--quiet');
    await git('fetch', '--quiet', address(shop.fake.workflowToken()), 'refs/pull/1/head');
    expect(await git('rev-parse', 'FETCH_HEAD')).toBe(`${sha}\n`);
    expect(await git('fsck', '--strict', '--no-dangling')).toBe('');
  });

  it('lets pull requests follow: a push moves one, a deletion closes it', async () => {
    shop.branch('fix');
    await shop.job.pulls.create({ ...at, head: 'fix', base: 'main', title: 't' });
    await git('clone', '--quiet', '--branch', 'fix', address(shop.fake.workflowToken()), '.');
    await commitIn('more.txt', 'more\n');
    await git('push', '--quiet', 'origin', 'fix');
    expect(repository.pull(1).pull.headSha).toBe((await git('rev-parse', 'HEAD')).trim());
    await git('push', '--quiet', 'origin', ':fix');
    expect(repository.pull(1).state).toBe('closed');
  });

  it('refuses a push without a token, with one that only reads, and one of workflow files', async () => {
    await git('clone', '--quiet', address(shop.fake.workflowToken()), '.');
    await commitIn('.github/workflows/new.yml', 'on: push\n');
    const push = (url: string) => git('push', '--quiet', url, 'HEAD:flow');
    expect(await push(`${shop.fake.url}/acme/shop.git`)).toMatch(/could not read Username|Authentication/);
    expect(await push(address(shop.fake.workflowToken({ contents: 'read' })))).toMatch(/403/);
    expect(await push(address(shop.fake.workflowToken()))).toMatch(
      /refusing to allow a GitHub App to create or update workflow `\.github\/workflows\/new\.yml` without `workflows` permission/,
    );
    expect(repository.head('flow')).toBe(null);
    expect(await push(address(shop.fake.workflowToken({ contents: 'write', workflows: 'write' })))).toBe('');
    expect(repository.read('flow', '.github/workflows/new.yml')).toBe('on: push\n');
  });

  it('begins with what lies in a repository on disk', () => {
    const scratch = scratchRepository({ 'deep/file.txt': 'text\n' });
    const taken = shop.fake.addRepository('acme/taken', { from: scratch.directory });
    expect([taken.read('main', 'deep/file.txt'), taken.head('main')]).toEqual([
      'text\n',
      scratch.git('rev-parse', 'main').trim(),
    ]);
    scratch.remove();
  });
});

describe('the speed of the fake', () => {
  it('is that of a test: a start within 300 ms, a write within 30 ms', async () => {
    const started = performance.now();
    const other = await openFakeShop();
    const start = performance.now() - started;
    const times: number[] = [];
    const sha = other.fake.repository().head('main') ?? '';
    for (let each = 0; each < 30; each += 1) {
      const before = performance.now();
      await other.job.git.createRef({ ...at, ref: `refs/heads/b${each}`, sha });
      times.push(performance.now() - before);
    }
    await other.fake.close();
    const median = times.toSorted((a, b) => a - b)[15] ?? Infinity;
    expect(start).toBeLessThan(300);
    expect(median).toBeLessThan(30);
  });
});
