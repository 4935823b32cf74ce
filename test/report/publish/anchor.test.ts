import { describe, expect, it } from 'vitest';
import { anchorChange, type Anchored } from '../../../src/report/publish/fix/anchor.ts';
import { readBaseFiles } from '../../../src/report/publish/fix/base-files.ts';
import type { FileEdit } from '../../../src/shared/unified-diff.ts';
import type { Written } from '../../support/publish/memory-git.ts';
import { startWith } from '../../support/publish/people.ts';
import { candidateFor } from '../../support/publish/proposals.ts';
import { MemoryHost } from '../../support/publish/publish-host.ts';

const before = 'one\ntwo\nthree\nfour\nfive\nsix\n';
const after = before.replace('two', 'TWO');
const path = 'src/a.txt';
const edit: FileEdit = { path, before, after };

/** A change made on the first commit, laid over what people have made of the base since. */
async function anchored(since: Written, edits: readonly FileEdit[] = [edit], first: Written = {}): Promise<Anchored> {
  const memory = new MemoryHost();
  const people = startWith(memory, { [path]: before, 'README.md': '#\n', ...first });
  const candidate = candidateFor({ name: 'a', edits, on: memory.git.branches.get('main') ?? '' });
  if (Object.keys(since).length > 0) people.push('main', since);
  const base = await readBaseFiles(memory.host, memory.git.branches.get('main') ?? '', [candidate]);
  return anchorChange(candidate.change, base);
}

const file = (text: string | null, from: string | null = before) => ({
  path,
  mode: '100644',
  before: from,
  after: text,
});
const held = (reason: string) => ({ state: 'held', reason });

describe('a change on the base as it is now', () => {
  const added: FileEdit = { path: 'src/new.txt', before: null, after: 'new\n' };
  const removed: FileEdit = { path, before, after: null };
  const moved = before.replace('six', 'SIX');

  it.each<[string, Written, readonly FileEdit[], Written, unknown]>([
    ['stays as it is where nothing has moved', {}, [edit], {}, { state: 'anchored', files: [file(after)], merged: [] }],
    [
      'stays as it is where other files have moved',
      { 'README.md': 'x\n' },
      [edit],
      {},
      { state: 'anchored', files: [file(after)], merged: [] },
    ],
    [
      'is joined with edits of other lines',
      { [path]: moved },
      [edit],
      {},
      { state: 'anchored', files: [file(after.replace('six', 'SIX'), moved)], merged: [path] },
    ],
    [
      'has nothing left where the base has it already',
      { [path]: after },
      [edit],
      {},
      { state: 'anchored', files: [], merged: [] },
    ],
    [
      'has nothing left where the base has it among more',
      { [path]: after.replace('six', 'SIX') },
      [edit],
      {},
      { state: 'anchored', files: [], merged: [] },
    ],
    [
      'is held where the same lines were edited',
      { [path]: before.replace('two', '2') },
      [edit],
      {},
      held(`${path} was changed on the base at the same lines`),
    ],
    ['is held where its file is gone', { [path]: null }, [edit], {}, held(`${path} was removed from the base`)],
    [
      'is held where somebody has added its file',
      { 'src/new.txt': 'other\n' },
      [added],
      {},
      held('src/new.txt was added to the base by somebody else'),
    ],
    [
      'has nothing left where somebody has added the same',
      { 'src/new.txt': 'new\n' },
      [added],
      {},
      { state: 'anchored', files: [], merged: [] },
    ],
    [
      'has nothing left where somebody has removed its file too',
      { [path]: null },
      [removed],
      {},
      { state: 'anchored', files: [], merged: [] },
    ],
    [
      'is held where it removes what was changed',
      { [path]: moved },
      [removed],
      {},
      held(`${path} was changed on the base, and the change removes it`),
    ],
    [
      'is held where its file became a link',
      { [path]: { mode: '120000', content: 'README.md' } },
      [edit],
      {},
      held(`${path} is a symbolic link`),
    ],
    [
      'is held where its file became a submodule',
      { [path]: { mode: '160000', content: 'f'.repeat(40) } },
      [edit],
      {},
      held(`${path} is a submodule`),
    ],
    [
      'is held where its file became a folder',
      { [path]: null, [`${path}/deep.txt`]: 'x' },
      [edit],
      {},
      held(`${path} is a folder on the base`),
    ],
    [
      'is held where its folder became a file',
      { 'lib/x.txt': null, lib: 'x' },
      [{ path: 'lib/new.txt', before: null, after: 'n\n' }],
      { 'lib/x.txt': 'x' },
      held('lib/new.txt lies below lib, which is no folder on the base'),
    ],
    [
      'is held where its file is no text any more',
      { [path]: 'a\0b' },
      [edit],
      {},
      held(`${path} can't be read: it is no text in UTF-8`),
    ],
    [
      'is held where its file became too large to read',
      { [path]: 'x'.repeat(1024 * 1024 + 1) },
      [edit],
      {},
      held(`${path} can't be read: it is larger than 1048576 bytes`),
    ],
  ])('%s', async (...[, since, edits, first, expected]) => {
    expect(await anchored(since, edits, first)).toEqual(expected);
  });

  it('keeps the mode that the base has', async () => {
    const result = await anchored({}, [edit], { [path]: { mode: '100755', content: before } });
    expect(result).toMatchObject({ files: [{ path, mode: '100755' }] });
  });

  it('keeps a byte order mark, carriage returns and a missing last line end', async () => {
    const odd = '\uFEFFone\r\ntwo\r\nthree\r\nfour\r\nfive';
    const fixed = odd.replace('one', 'ONE');
    const since = odd.replace('five', 'FIVE');
    const result = await anchored({ [path]: since }, [{ path, before: odd, after: fixed }], { [path]: odd });
    expect(result).toMatchObject({ files: [{ after: fixed.replace('five', 'FIVE') }], merged: [path] });
  });

  it('is held whole where one of its files is', async () => {
    const other: FileEdit = { path: 'src/b.txt', before: 'b\n', after: 'B\n' };
    const result = await anchored({ 'src/b.txt': 'c\n' }, [edit, other], { 'src/b.txt': 'b\n' });
    expect(result).toEqual(held('src/b.txt was changed on the base at the same lines'));
  });

  it('keeps only the files that the base has not yet', async () => {
    const other: FileEdit = { path: 'src/b.txt', before: 'b\n', after: 'B\n' };
    const result = await anchored({ 'src/b.txt': 'B\n' }, [edit, other], { 'src/b.txt': 'b\n' });
    expect(result).toEqual({ state: 'anchored', files: [file(after)], merged: [] });
  });

  it('is held where the commit that it was made on has another text', async () => {
    const result = await anchored({ [path]: moved }, [{ path, before: 'never\n', after: 'N\n' }]);
    expect(result).toMatchObject({
      state: 'held',
      reason: expect.stringContaining(`${path} can't be found as it was`) as string,
    });
  });

  it('is held where its patch does not give what it says', async () => {
    const memory = new MemoryHost();
    startWith(memory, { [path]: before });
    const head = memory.git.branches.get('main') ?? '';
    const { change } = candidateFor({ name: 'a', edits: [edit], on: head });
    const lying = { ...change, files: change.files.map((each) => ({ ...each, after: 'a'.repeat(64) })) };
    const base = await readBaseFiles(memory.host, head, [candidateFor({ name: 'a', edits: [edit], on: head })]);
    expect(anchorChange(lying, base)).toEqual(held(`${path} does not come out as the change says`));
  });

  it('costs two reads where nothing has moved, and one more where something has', async () => {
    const memory = new MemoryHost();
    const people = startWith(memory, { [path]: before });
    const candidate = candidateFor({ name: 'a', edits: [edit], on: memory.git.branches.get('main') ?? '' });
    await readBaseFiles(memory.host, memory.git.branches.get('main') ?? '', [candidate]);
    expect(memory.reads).toBe(2);
    people.push('main', { [path]: moved });
    await readBaseFiles(memory.host, memory.git.branches.get('main') ?? '', [candidate]);
    expect(memory.reads).toBe(5);
  });
});
