import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { snapshotSchema, type Snapshot } from '../../src/protocol/workspace.ts';
import { readHead } from '../../src/repository/local-repository.ts';
import { takeSnapshot } from '../../src/repository/snapshot.ts';
import { sha256 } from '../../src/shared/canonical.ts';
import { scratchRepository, type ScratchRepository } from '../support/scratch-repository.ts';

interface Taken {
  readonly manifest: string;
  readonly snapshot: Snapshot;
  readonly bytes: number;
  readonly contentOf: (path: string) => Buffer | undefined;
}

async function take(directory: string): Promise<Taken> {
  const blobs = new Map<string, Uint8Array>();
  const taken = await takeSnapshot(await readHead(directory, process.env['PATH'] ?? ''), async (content) => {
    blobs.set(sha256(content), Buffer.from(content));
    return sha256(content);
  });
  const snapshot = snapshotSchema.parse(JSON.parse(Buffer.from(blobs.get(taken.manifest) ?? []).toString('utf8')));
  const contentOf = (path: string): Buffer | undefined => {
    const file = snapshot.files.find((each) => each.path === path);
    const chunk = blobs.get(snapshot.chunks[file?.chunk ?? -1] ?? '');
    return file && chunk && Buffer.from(chunk.subarray(file.offset, file.offset + file.size));
  };
  return { ...taken, snapshot, contentOf };
}

describe('a snapshot', () => {
  const made: ScratchRepository[] = [];
  const repository = (files: Readonly<Record<string, string>>): ScratchRepository => {
    const scratch = scratchRepository(files);
    made.push(scratch);
    return scratch;
  };
  afterEach(() => made.splice(0).forEach((each) => each.remove()));

  it('holds every file of the commit with its bytes and mode, in code-unit order', async () => {
    const scratch = repository({ 'b/run.sh': '#!/bin/sh\n', a: '', 'b.txt': 'text\n' });
    chmodSync(join(scratch.directory, 'b/run.sh'), 0o755);
    symlinkSync('../../outside', join(scratch.directory, 'link'));
    scratch.commit('modes');
    const { snapshot, bytes, contentOf } = await take(scratch.directory);
    expect(snapshot.files.map(({ path, mode, size }) => [path, mode, size])).toEqual([
      ['a', '100644', 0],
      ['b.txt', '100644', 5],
      ['b/run.sh', '100755', 10],
      ['link', '120000', 13],
    ]);
    expect(bytes).toBe(28);
    expect(contentOf('b.txt')?.toString()).toBe('text\n');
    // A link is its target as text: nothing is followed.
    expect(contentOf('link')?.toString()).toBe('../../outside');
  });

  it('keeps binary content byte for byte', async () => {
    const scratch = repository({ a: 'a' });
    const content = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));
    writeFileSync(join(scratch.directory, 'image.bin'), content);
    scratch.commit('binary');
    expect((await take(scratch.directory)).contentOf('image.bin')).toEqual(content);
  });

  it.each(['with space', 'line\nbreak', 'tab\tstop', '-rf', 'ünï/çødé 🦊', '"quoted"', 'back\\slash', '[glob]*'])(
    'keeps a file named %j',
    async (name) => {
      expect((await take(repository({ [name]: 'here' }).directory)).contentOf(name)?.toString()).toBe('here');
    },
  );

  it('is the same for the same commit, wherever it is made', async () => {
    const files = { 'a.txt': 'a\n', 'src/b.ts': 'b\n' };
    const [one, two] = [repository(files), repository(files)];
    for (const each of [one, two]) each.git('remote', 'add', 'origin', 'git@github.com:acme/shop.git');
    one.write('a.txt', 'not committed\n');
    two.write('new.txt', 'not committed\n');
    const taken = await Promise.all([take(one.directory), take(two.directory)]);
    expect(taken[0].manifest).toBe(taken[1].manifest);
    expect(taken[0].contentOf('a.txt')?.toString()).toBe('a\n');
  });

  it('is another one after another commit', async () => {
    const scratch = repository({ 'a.txt': 'a\n' });
    const before = await take(scratch.directory);
    scratch.write('a.txt', 'b\n');
    scratch.commit('second');
    expect((await take(scratch.directory)).manifest).not.toBe(before.manifest);
  });

  it('leaves out, with the reason, what is not the repository’s own', async () => {
    const scratch = repository({
      'coordination/current-execution.json': '{}',
      'web/node_modules/left-pad/index.js': '',
      'vendor/lib.go': '',
      'vendors/own.go': '',
      'src/coordination/own.ts': '',
    });
    const { snapshot } = await take(scratch.directory);
    expect(snapshot.leftOut).toEqual([
      { path: 'coordination/current-execution.json', reason: 'state and results of Cortex itself' },
      { path: 'vendor/lib.go', reason: 'vendored tree' },
      { path: 'web/node_modules/left-pad/index.js', reason: 'vendored tree' },
    ]);
    expect(snapshot.files.map((file) => file.path)).toEqual(['src/coordination/own.ts', 'vendors/own.go']);
  });

  it('leaves out submodules and files that no rule reads for their size', async () => {
    const scratch = repository({ a: 'a' });
    writeFileSync(join(scratch.directory, 'exact.bin'), Buffer.alloc(8 * 1024 * 1024));
    writeFileSync(join(scratch.directory, 'large.bin'), Buffer.alloc(8 * 1024 * 1024 + 1));
    scratch.git('add', '--all');
    scratch.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`);
    scratch.git('commit', '--quiet', '--message', 'large');
    const { snapshot } = await take(scratch.directory);
    expect(snapshot.leftOut).toEqual([
      { path: 'large.bin', reason: 'larger than 8388608 bytes' },
      { path: 'sub', reason: 'submodule' },
    ]);
    expect(snapshot.files.map((file) => file.path)).toEqual(['a', 'exact.bin']);
  });

  it('leaves out a file whose name is no text', async () => {
    const scratch = repository({ a: 'a' });
    writeFileSync(Buffer.concat([Buffer.from(`${scratch.directory}/bad-`), Buffer.of(0xff)]), 'x');
    scratch.commit('bad name');
    const { snapshot } = await take(scratch.directory);
    expect(snapshot.leftOut).toEqual([{ path: 'bad-\ufffd', reason: 'its name is not UTF-8' }]);
  });

  it('of an empty tree is empty', async () => {
    const scratch = repository({ a: 'a' });
    scratch.git('rm', '--quiet', 'a');
    scratch.commit('nothing');
    expect((await take(scratch.directory)).snapshot).toMatchObject({ files: [], chunks: [], leftOut: [] });
  });
});
