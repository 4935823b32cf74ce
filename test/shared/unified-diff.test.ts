import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPatch, countLines, createPatch, parsePatch, type FileEdit } from '../../src/shared/unified-diff.ts';

const edit: FileEdit = { path: 'a.txt', before: 'one\ntwo\nthree\n', after: 'one\n2\nthree\n' };
const editPatch = [
  'diff --git a/a.txt b/a.txt',
  '--- a/a.txt',
  '+++ b/a.txt',
  '@@ -1,3 +1,3 @@',
  ' one',
  '-two',
  '+2',
  ' three',
  '',
].join('\n');

function reader(files: readonly FileEdit[]): (path: string) => string | undefined {
  return (path) => files.find((file) => file.path === path)?.before ?? undefined;
}

describe('createPatch', () => {
  it('writes git headers and the changed lines with their context', () => {
    expect(createPatch([edit])).toBe(editPatch);
  });

  it('names the mode of a file that comes and of one that goes', () => {
    const patch = createPatch([
      { path: 'new.sh', before: null, after: 'x\n', mode: '100755' },
      { path: 'old.txt', before: 'x\n', after: null },
    ]);
    expect(patch).toContain(
      'diff --git a/new.sh b/new.sh\nnew file mode 100755\n--- /dev/null\n+++ b/new.sh\n@@ -0,0 +1,1 @@\n+x\n',
    );
    expect(patch).toContain('diff --git a/old.txt b/old.txt\ndeleted file mode 100644\n--- a/old.txt\n+++ /dev/null\n');
  });

  it('says where a last line has no line feed, and keeps carriage returns', () => {
    const patch = createPatch([{ path: 'a', before: 'x\r\ny', after: 'x\r\nz' }]);
    expect(patch).toContain(' x\r\n-y\n\\ No newline at end of file\n+z\n\\ No newline at end of file\n');
  });

  it('sorts files by path and leaves out those that stay', () => {
    const files = ['b', 'a', 'B'].map((path) => ({ path, before: '1\n', after: '2\n' }));
    const patch = createPatch([...files, { path: 'same', before: 'x', after: 'x' }]);
    expect(parsePatch(patch).map((file) => file.path)).toEqual(['B', 'a', 'b']);
  });

  it('is empty when nothing changes', () => {
    expect(createPatch([{ path: 'a', before: 'x', after: 'x' }])).toBe('');
  });

  it('replaces a file whole when too much of it differs, and the patch still applies', () => {
    const before = Array.from({ length: 4000 }, (_, line) => `old ${line}\n`).join('');
    const after = `${Array.from({ length: 4000 }, (_, line) => `new ${line}\n`).join('')}end`;
    const patch = createPatch([{ path: 'a', before, after }]);
    expect(applyPatch(patch, () => before).get('a')).toBe(after);
  });
});

describe('parsePatch', () => {
  it('counts the lines that come and go', () => {
    expect(parsePatch(editPatch).map(countLines)).toEqual([{ added: 1, removed: 1 }]);
  });

  it.each([
    ['a rename', 'diff --git a/a b/b\nsimilarity index 100%\nrename from a\nrename to b\n'],
    ['a change of mode', 'diff --git a/a b/a\nold mode 100644\nnew mode 100755\n'],
    [
      'a symbolic link',
      'diff --git a/a b/a\nnew file mode 120000\n--- /dev/null\n+++ b/a\n@@ -0,0 +1,1 @@\n+/etc/passwd\n',
    ],
    [
      'a submodule',
      'diff --git a/a b/a\nnew file mode 160000\n--- /dev/null\n+++ b/a\n@@ -0,0 +1,1 @@\n+Subproject commit 1\n',
    ],
    ['a binary file', 'diff --git a/a b/a\nGIT binary patch\nliteral 1\nIcmZPo000310RR91\n\n'],
    ['two names for one file', editPatch.replace('+++ b/a.txt', '+++ b/.git/config')],
    ['prose around it', `Please apply:\n${editPatch}`],
    ['prose after it', `${editPatch}thank you\n`],
    ['a hunk that counts wrong', editPatch.replace('@@ -1,3', '@@ -1,4')],
    ['no headers at all', 'nothing\n'],
    ['nothing at all', ''],
    ['one file twice', editPatch + editPatch],
  ])('refuses %s', (_what, patch) => {
    expect(() => parsePatch(patch)).toThrow(expect.objectContaining({ code: 'patch-not-readable' }));
  });

  it('says which line it does not understand', () => {
    expect(() => parsePatch(editPatch.replace('--- a/a.txt', 'index 1..2\n--- a/a.txt'))).toThrow('line 2');
  });
});

describe('applyPatch', () => {
  it('gives the text after the change', () => {
    expect(applyPatch(editPatch, reader([edit]))).toEqual(new Map([['a.txt', 'one\n2\nthree\n']]));
  });

  it.each([
    ['another line of context', 'ONE\ntwo\nthree\n'],
    ['other whitespace', 'one\ntwo \nthree\n'],
    ['another line end', 'one\r\ntwo\r\nthree\r\n'],
    ['lines before it that the patch does not know', 'zero\none\ntwo\nthree\n'],
    ['a last line without its line feed', 'one\ntwo\nthree'],
    ['no such file', undefined],
  ])('refuses %s', (_what, text) => {
    expect(() => applyPatch(editPatch, () => text)).toThrow(expect.objectContaining({ code: 'patch-does-not-apply' }));
  });

  it('refuses to create a file that is there', () => {
    const patch = createPatch([{ path: 'a', before: null, after: 'x\n' }]);
    expect(() => applyPatch(patch, () => 'x\n')).toThrow('there already');
  });

  it('refuses to delete a file that has more lines than the patch says', () => {
    const patch = createPatch([{ path: 'a', before: 'x\n', after: null }]);
    expect(() => applyPatch(patch, () => 'x\ny\n')).toThrow('more lines');
  });

  it('undoes what createPatch wrote, for any text', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b\n', 'c\r\n', '\n', '-- x\n', '+++ y\n', '\\ z\n', '\u2028\n', '\uFEFF'))
      .map((lines) => lines.join(''));
    const side = fc.option(text, { nil: null });
    fc.assert(
      fc.property(side, side, (before, after) => {
        fc.pre(before !== after);
        const file = { path: 'some dir/päth "1"', before, after };
        expect(applyPatch(createPatch([file]), reader([file]))).toEqual(new Map([[file.path, after]]));
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with git apply', () => {
    const files: readonly FileEdit[] = [
      { path: 'crlf.txt', before: 'a\r\nb\r\nc\r\n', after: 'a\r\nB\r\nc\r\n' },
      { path: 'deep/er/new file.txt', before: null, after: 'hello\nworld' },
      { path: 'empty.txt', before: null, after: '' },
      { path: 'gone.txt', before: 'bye\n', after: null },
      {
        path: 'many.txt',
        before: lines(1, 60),
        after: lines(1, 60).replace('line 9\n', '').replace('line 40\n', 'forty\n'),
      },
      { path: 'no-end.txt', before: 'x', after: 'x\n' },
      { path: 'ünï "quoted".txt', before: '\uFEFFbom\n', after: '\uFEFFmob\n' },
    ];
    const directory = mkdtempSync(join(tmpdir(), 'cortex-diff-'));
    try {
      for (const { path, before } of files) if (before !== null) write(join(directory, path), before);
      const patch = createPatch(files);
      execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: directory, input: patch });
      for (const [path, after] of applyPatch(patch, reader(files)))
        expect(readIfPresent(join(directory, path))).toBe(after);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

function lines(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('');
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
