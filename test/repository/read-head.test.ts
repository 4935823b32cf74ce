import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readHistory } from '../../src/repository/history.ts';
import { readFileAt, readHead } from '../../src/repository/local-repository.ts';
import { scratchRepository, type ScratchRepository } from '../support/scratch-repository.ts';

const path = process.env['PATH'] ?? '';

/** Puts a commit with a signature, which git would have a program check, in the place of HEAD. */
function sign({ directory, git }: ScratchRepository): void {
  const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\n';
  const input = git('cat-file', 'commit', 'HEAD').replace('\n\n', `\n${signature}`);
  const made = spawnSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], {
    cwd: directory,
    input,
    encoding: 'utf8',
  });
  git('update-ref', 'HEAD', made.stdout.trim());
}

describe('reading HEAD', () => {
  const made: { remove: () => void }[] = [];
  const repository = (files: Readonly<Record<string, string>> = { 'a.txt': 'a\n' }): ScratchRepository => {
    const scratch = scratchRepository(files);
    made.push(scratch);
    return scratch;
  };
  const folder = (): string => {
    const directory = mkdtempSync(join(tmpdir(), 'cortex-folder-'));
    made.push({ remove: () => rmSync(directory, { recursive: true }) });
    return directory;
  };
  afterEach(() => made.splice(0).forEach((each) => each.remove()));

  it('tells commit, date and root, also from a folder inside', async () => {
    const scratch = repository({ 'deep/er/a.txt': 'a\n' });
    const { head } = await readHead(join(scratch.directory, 'deep', 'er'), path);
    expect(head).toMatchObject({
      root: realpathSync(scratch.directory),
      commit: scratch.git('rev-parse', 'HEAD').trim(),
      committedAt: '2026-11-01T12:00:00.000Z',
      uncommitted: [],
    });
  });

  it.each([
    ['git@github.com:acme/shop.git', 'acme/shop'],
    ['https://github.com/acme/shop', 'acme/shop'],
    ['https://ada:pw@git.example.com/team/acme/shop.git/', 'acme/shop'],
  ])('takes the name from the remote %s', async (url, name) => {
    const scratch = repository();
    scratch.git('remote', 'add', 'origin', url);
    expect((await readHead(scratch.directory, path)).head.repository).toBe(name);
  });

  it('takes the folder’s name where there is no remote', async () => {
    const scratch = repository();
    expect((await readHead(scratch.directory, path)).head.repository).toBe(scratch.directory.split('/').at(-1));
  });

  it('names what is not committed: edited, staged, new, deleted, renamed', async () => {
    const scratch = repository({ edited: 'a', staged: 'a', gone: 'a', 'old name': 'long enough to be found again\n' });
    scratch.write('edited', 'b');
    scratch.write('staged', 'b');
    scratch.git('add', 'staged');
    scratch.git('rm', '--quiet', 'gone');
    scratch.git('mv', 'old name', 'new name');
    scratch.write('sub/line\nbreak', 'new');
    const { head } = await readHead(scratch.directory, path);
    expect(head.uncommitted).toEqual(['edited', 'gone', 'new name', 'staged', 'sub/line\nbreak']);
  });

  it('says that a folder is in no repository', async () => {
    await expect(readHead(folder(), path)).rejects.toMatchObject({ family: 'problem', code: 'not-a-repository' });
  });

  it('says that a repository has no commit', async () => {
    const scratch = repository();
    scratch.git('checkout', '--quiet', '--orphan', 'empty');
    await expect(readHead(scratch.directory, path)).rejects.toMatchObject({ family: 'problem', code: 'no-commit' });
  });

  it('says that git is missing, rather than that there is no repository', async () => {
    await expect(readHead(repository().directory, '/nowhere')).rejects.toMatchObject({ code: 'program-missing' });
  });

  it('starts nothing that the repository’s configuration names', async () => {
    const scratch = repository();
    const started = join(folder(), 'started');
    const program = join(folder(), 'program');
    writeFileSync(program, `#!/bin/sh\ntouch ${started}\n`, { mode: 0o755 });
    scratch.git('config', 'core.fsmonitor', program);
    scratch.git('config', 'gpg.program', program);
    scratch.git('config', 'log.showSignature', 'true');
    sign(scratch);
    const { head, git } = await readHead(scratch.directory, path);
    await readHistory({ head, git });
    expect(head.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(existsSync(started)).toBe(false);
  });

  it('reads a file of the commit, not of the folder; none is empty', async () => {
    const scratch = repository({ 'a.txt': 'committed\n' });
    scratch.write('a.txt', 'edited\n');
    const source = await readHead(scratch.directory, path);
    expect(await readFileAt(source, 'a.txt')).toBe('committed\n');
    expect(await readFileAt(source, 'b.txt')).toBe('');
  });
});
