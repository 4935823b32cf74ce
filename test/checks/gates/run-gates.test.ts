import { describe, expect, it } from 'vitest';
import { runGates } from '../../../src/checks/gates/run-gates.ts';
import { memoryWorkspace } from '../../../src/checks/workspace.ts';
import { changeSchema } from '../../../src/protocol/change.ts';
import type { FileEdit } from '../../../src/shared/unified-diff.ts';
import { badLines, changeOf, withMode } from '../../support/changes.ts';
import { added, before, beside, edit, failing, gone, path, policy, tree } from '../../support/gate-world.ts';
import { plantedSecrets } from '../../support/planted-secrets.ts';

const token = plantedSecrets().find((planted) => planted.id === 'npm-token')?.secret ?? '';

describe('runGates', () => {
  it('lets a valid change pass every gate, in a fixed order', () => {
    const world = { capability: 'fix-workflows', workspace: memoryWorkspace(tree), rerun: badLines, policy };
    const change = changeSchema.parse(changeOf([edit], { gone }));
    const results = runGates(change, world);
    expect(results.filter((result) => !result.passed)).toEqual([]);
    expect(results.map((result) => result.gate)).toEqual([
      'origin',
      'safe-paths',
      'protected-paths',
      'allowed-paths',
      'base-unchanged',
      'patch-applies',
      'files-match-patch',
      'result-matches',
      'plain-modes',
      'size',
      'no-secrets',
      'finding-gone',
    ]);
    expect(results.map((result) => result.detail)).toContain('1 file and 2 changed lines');
    expect(results.at(-1)?.detail).toBe('1 finding gone, none new');
  });

  it('lets files come and go', () => {
    expect(failing(added('src/new.txt'))).toEqual({});
    expect(failing(beside({ path: 'src/old.txt', before: 'old\n', after: null }))).toEqual({});
  });

  it('keeps a byte order mark and carriage returns', () => {
    expect(failing(beside({ path: 'src/b.txt', before: '\uFEFFx\r\ny\r\n', after: '\uFEFFz\r\ny\r\n' }))).toEqual({});
  });

  it('takes what cannot be read for wrong everywhere, without throwing', () => {
    const failed = failing({ change: { patch: 'rubbish' } });
    expect(Object.keys(failed)).toEqual([
      'patch-applies',
      'files-match-patch',
      'result-matches',
      'plain-modes',
      'size',
      'no-secrets',
      'finding-gone',
    ]);
  });
});

describe('origin', () => {
  it('fails a change that names another capability than its task', () => {
    expect(Object.keys(failing({ change: { capability: 'implement' } }))).toEqual(['origin']);
  });
});

describe('base-unchanged', () => {
  it('fails a change made on another commit', () => {
    expect(Object.keys(failing({ change: { baseCommit: '1'.repeat(40) } }))).toEqual(['base-unchanged']);
  });

  it('fails when a file has changed since, even where the patch still applies', () => {
    expect(Object.keys(failing({ files: { [path]: `${before}four\nfive\n` } }))).toEqual([
      'base-unchanged',
      'result-matches',
    ]);
  });
});

describe('patch-applies', () => {
  it('fails when the lines that the patch expects are not there', () => {
    const failed = failing({ files: { [path]: 'one\nbad\n3\n' } });
    expect(failed['patch-applies']).toContain('line 3');
  });

  it('fails on a file that is not UTF-8 text', () => {
    const workspace = memoryWorkspace({ ...tree, [path]: new Uint8Array([0xff, 0xfe]) });
    expect(failing({ world: { workspace } })['patch-applies']).toContain('no such text file');
  });
});

describe('files-match-patch', () => {
  const [claim] = changeOf([edit], { gone }).files;
  if (claim === undefined) throw new Error('the change has a file');

  it.each([
    ['lines that are not added', [{ ...claim, addedLines: 0 }]],
    ['a file that is listed twice', [claim, claim]],
  ])('fails %s', (_what, files) => {
    expect(Object.keys(failing({ change: { files } }))).toEqual(['files-match-patch']);
  });

  it('fails a file that is listed and not patched', () => {
    const other = { ...claim, path: 'bin/run.sh', before: null, after: null };
    expect(failing({ change: { files: [claim, other] } })).toHaveProperty('files-match-patch');
  });
});

describe('result-matches', () => {
  it('fails a patch whose result is not the one promised', () => {
    const files = changeOf([edit], { gone }).files.map((file) => ({ ...file, after: 'f'.repeat(64) }));
    expect(failing({ change: { files } })).toEqual({ 'result-matches': 'src/a.txt comes out different' });
  });
});

describe('plain-modes', () => {
  it('fails a patch to a symbolic link', () => {
    const workspace = withMode(memoryWorkspace(tree), path, '120000');
    expect(failing({ world: { workspace } })['plain-modes']).toBe('src/a.txt is a symbolic link');
  });

  it('fails a claim of another mode than the tree has', () => {
    const workspace = withMode(memoryWorkspace(tree), path, '100755');
    expect(failing({ world: { workspace } })).toEqual({ 'plain-modes': 'src/a.txt would change its mode' });
  });

  it('passes a new executable that says so, and fails one that does not', () => {
    const script: FileEdit = { path: 'bin/new.sh', before: null, after: 'echo\n', mode: '100755' };
    expect(failing({ edits: [edit, script] })).toEqual({});
    const files = changeOf([edit, script], { gone }).files.map((file) => ({ ...file, mode: '100644' as const }));
    expect(Object.keys(failing({ edits: [edit, script], change: { files } }))).toEqual(['plain-modes']);
  });
});

describe('size', () => {
  it('fails more files or more lines than the policy allows', () => {
    expect(failing({ policy: { maxFiles: 0 } })).toEqual({
      size: '1 file and 2 changed lines, over the limit of 0 and 400',
    });
    expect(failing({ policy: { maxChangedLines: 1 } })).toEqual({
      size: '1 file and 2 changed lines, over the limit of 15 and 1',
    });
  });
});

describe('no-secrets', () => {
  it('fails a credential in an added line, and does not repeat it', () => {
    const failed = failing(added('src/new.txt', `token ${token}\n`));
    expect(failed).toEqual({ 'no-secrets': 'npm access token in src/new.txt' });
  });

  it('fails a credential in the context of a patch', () => {
    const failed = failing(beside({ path: 'src/b.txt', before: `${token}\nx\n`, after: `${token}\ny\n` }));
    expect(Object.keys(failed)).toEqual(['no-secrets']);
  });

  it('passes a change that takes a credential out', () => {
    expect(failing(beside({ path: 'src/b.txt', before: `${token}\nx\n`, after: 'x\n' }))).toEqual({});
  });

  it('fails a credential in the words of the pull request', () => {
    const pullRequest = { branchSlug: 'a', title: 'a', body: `Found ${token}` };
    expect(failing({ change: { pullRequest } })).toEqual({
      'no-secrets': 'npm access token in the words of the change',
    });
  });

  it('fails a random value under a telling name in an added line', () => {
    const failed = failing(added('src/new.ts', `const password = "${token.slice(4, 24)}";\n`));
    expect(Object.keys(failed)).toEqual(['no-secrets']);
  });
});

describe('finding-gone', () => {
  it('fails when the finding stays', () => {
    const failed = failing({ edits: [{ path, before, after: 'one\nbad\n3\n' }] });
    expect(failed).toEqual({ 'finding-gone': '1 findings that it says it mends are still there' });
  });

  it('fails when the finding was never there', () => {
    const failed = failing({ change: { gone: [...gone, 'f'.repeat(64)] } });
    expect(failed).toEqual({ 'finding-gone': '1 findings that it says it mends were never there' });
  });

  it('fails when another finding comes', () => {
    expect(failing(added('src/new.txt', 'bad too\n'))).toEqual({ 'finding-gone': 'new: test/bad at src/new.txt' });
  });

  it('fails when the finding goes because the file can no longer be read', () => {
    const failed = failing({ edits: [{ path, before, after: 'one\nunreadable\nthree\n' }] });
    expect(failed).toEqual({ 'finding-gone': 'src/a.txt can no longer be read: it says so' });
  });

  it('counts a finding as gone when its file is deleted', () => {
    const failed = failing({ edits: [{ path, before, after: null }], change: { gone } });
    expect(failed).toEqual({});
  });

  it('fails where no tool can prove the change', () => {
    expect(failing({ world: { rerun: undefined } })['finding-gone']).toContain('a person must look');
  });
});
