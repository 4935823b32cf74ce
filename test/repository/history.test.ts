import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { historySchema, type History } from '../../src/protocol/workspace.ts';
import { readHistory } from '../../src/repository/history.ts';
import { readHead } from '../../src/repository/local-repository.ts';
import { sha256 } from '../../src/shared/canonical.ts';
import { scratchRepository, type ScratchOptions, type ScratchRepository } from '../support/scratch-repository.ts';

async function historyOf(directory: string): Promise<History> {
  return historySchema.parse(await readHistory(await readHead(directory, process.env['PATH'] ?? '')));
}

describe('the history', () => {
  const made: { remove: () => void }[] = [];
  const repository = (files: Readonly<Record<string, string>>, options?: ScratchOptions): ScratchRepository => {
    const scratch = scratchRepository(files, options);
    made.push(scratch);
    return scratch;
  };
  afterEach(() => made.splice(0).forEach((each) => each.remove()));

  it('tells the lines that each commit touched, newest first', async () => {
    const scratch = repository({ 'a.txt': '1\n2\n3\n' });
    scratch.write('a.txt', '1\ntwo\n3\n4\n');
    scratch.commit('second');
    const { commit, shallow, commits } = await historyOf(scratch.directory);
    expect({ commit, shallow }).toEqual({ commit: scratch.git('rev-parse', 'HEAD').trim(), shallow: false });
    expect(commits.map(({ files }) => files)).toEqual([
      [{ path: 'a.txt', added: 2, deleted: 1 }],
      [{ path: 'a.txt', added: 3, deleted: 0 }],
    ]);
    expect(commits.map(({ sha }) => sha)).toEqual(scratch.git('log', '--format=%H').trim().split('\n'));
    expect(new Set(commits.map(({ at }) => at))).toEqual(new Set(['2026-11-01T12:00:00.000Z']));
  });

  it('counts authors without naming them, whatever the case of their address', async () => {
    const scratch = repository({ a: 'a' }, { author: { name: 'Ada', email: 'Ada@Example.com' } });
    const [commit] = (await historyOf(scratch.directory)).commits;
    expect(commit?.author).toBe(sha256('ada@example.com').slice(0, 16));
  });

  it('tells a rename as a file that went and one that came', async () => {
    const scratch = repository({ 'old.txt': '1\n2\n' });
    scratch.git('mv', 'old.txt', 'new.txt');
    scratch.commit('rename');
    expect((await historyOf(scratch.directory)).commits[0]?.files).toEqual([
      { path: 'new.txt', added: 2, deleted: 0 },
      { path: 'old.txt', added: 0, deleted: 2 },
    ]);
  });

  it('names binary files without lines', async () => {
    const scratch = repository({ a: 'a\n' });
    writeFileSync(join(scratch.directory, 'image.bin'), Buffer.of(0, 1, 2, 0));
    scratch.commit('binary');
    expect((await historyOf(scratch.directory)).commits[0]?.files).toEqual([
      { path: 'image.bin', added: 0, deleted: 0 },
    ]);
  });

  it.each([
    'with space',
    'line\nbreak',
    'tab\tstop',
    'ünï 🦊',
    '1\t2\tx',
    `mark\u0001${'f'.repeat(40)}\u00022026\u0002x`,
  ])('names a file %j as it is', async (name) => {
    const { commits } = await historyOf(repository({ [name]: '1\n' }).directory);
    expect(commits.map(({ files }) => files)).toEqual([[{ path: name, added: 1, deleted: 0 }]]);
  });

  it('keeps a commit that touches nothing, and leaves merges out', async () => {
    const scratch = repository({ a: 'a\n' });
    scratch.git('checkout', '--quiet', '-b', 'side');
    scratch.write('b', 'b\n');
    scratch.commit('side');
    scratch.git('checkout', '--quiet', 'main');
    scratch.git('commit', '--quiet', '--allow-empty', '--message', 'empty');
    scratch.git('merge', '--quiet', '--no-ff', '--message', 'merge', 'side');
    const { commits } = await historyOf(scratch.directory);
    expect(commits.map(({ files }) => files.map(({ path }) => path).join()).toSorted()).toEqual(['', 'a', 'b']);
  });

  it('is not changed by what the repository configures', async () => {
    const scratch = repository({ a: 'a\n' });
    const plain = await historyOf(scratch.directory);
    for (const [name, value] of [
      ['log.showRoot', 'false'],
      ['log.showSignature', 'true'],
      ['color.ui', 'always'],
      ['diff.renames', 'copies'],
    ] as const)
      scratch.git('config', name, value);
    expect(await historyOf(scratch.directory)).toEqual(plain);
  });

  it('says when the clone is shallow', async () => {
    const scratch = repository({ a: 'a\n' });
    scratch.write('a', 'b\n');
    scratch.commit('second');
    const clone = mkdtempSync(join(tmpdir(), 'cortex-shallow-'));
    made.push({ remove: () => rmSync(clone, { recursive: true }) });
    spawnSync('git', ['clone', '--quiet', '--depth=1', `file://${scratch.directory}`, clone]);
    const { shallow, commits } = await historyOf(clone);
    expect({ shallow, commits: commits.length }).toEqual({ shallow: true, commits: 1 });
  });

  it('counts a commit that claims a date of no calendar as one of the epoch', async () => {
    const scratch = repository({ a: 'a\n' });
    const raw = scratch.git('cat-file', 'commit', 'HEAD').replaceAll(/(?<=> )\d+/g, '300000000000');
    const hash = spawnSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], {
      cwd: scratch.directory,
      input: raw,
      encoding: 'utf8',
    });
    scratch.git('update-ref', 'refs/heads/main', hash.stdout.trim());
    scratch.write('a', 'b\n');
    scratch.commit('second');
    const { commits } = await historyOf(scratch.directory);
    expect(commits.map(({ at }) => at)).toEqual(['2026-11-01T12:00:00.000Z', '1970-01-01T00:00:00.000Z']);
  });
});
