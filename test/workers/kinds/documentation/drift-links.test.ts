import { describe, expect, it } from 'vitest';
import { memoryWorkspace } from '../../../../src/checks/workspace.ts';
import { drifts, findIn } from '../../../support/drift-world.ts';

describe('findDrift in links', () => {
  it.each([
    '[a](docs/guide.md)',
    '[a](./docs/guide.md "Guide")',
    '[a](/docs/guide.md)',
    '[a](docs)',
    '[a](docs/)',
    '[a](/)',
    '[a](docs/guide.md#first-steps)',
    '[a](docs/guide.md#First-Steps)',
    '[a](docs/guide)',
    '[a](docs/guide.html)',
    '[a](src/app.ts#L10)',
    '[a](src/app.ts#L10-L20)',
    '[a](docs/guide.md?plain=1#L3)',
    '![a](docs/logo.png)',
    '<img src="docs/logo.png">',
    '# Here\n[a](#here)',
    '[a](#top)',
    '[a](../../issues)',
    '[a](mailto:a@example.com)',
    '[a](https://example.com/gone)',
    '[a](//example.com/gone)',
    '[a]({{ site.url }}/x)',
    '[a](docs/{name}.md)',
    '[a](vendor/lib/README.md)',
    '[a](node_modules/a/README.md)',
  ])('lets %j be', async (text) => {
    expect(await drifts(text)).toEqual([]);
  });

  it.each([
    ['[a](docs/gone.md)', 'dead-link README.md#docs/gone.md'],
    ['[a][r]\n\n[r]: docs/gone.md', 'dead-link README.md#docs/gone.md'],
    ['[a](<docs/gone file.md>)', 'dead-link README.md#docs/gone file.md'],
    ['[a](/docs/gone.md)', 'dead-link README.md#/docs/gone.md'],
    ['[a](/assets/gone.css)', 'dead-link README.md#/assets/gone.css'],
    ['[a](docs/Guide.md)', 'dead-link README.md#docs/Guide.md'],
    ['[a](gone/)', 'dead-link README.md#gone/'],
    ['![a](docs/gone.png)', 'dead-link README.md#docs/gone.png'],
    ['<a href="docs/gone.md">a</a>', 'dead-link README.md#docs/gone.md'],
    ['[a](#gone)', 'dead-anchor README.md##gone'],
    ['[a](docs/guide.md#gone)', 'dead-anchor README.md#docs/guide.md#gone'],
  ])('finds %j', async (text, expected) => {
    expect(await drifts(text)).toEqual([expected]);
  });

  it('decodes percent signs', async () => {
    expect(
      await drifts('[a](docs/a%20b.md) [c](docs/c%20d.md) [e](100%)', { 'docs/a b.md': 'x', '100%': 'x' }),
    ).toEqual(['dead-link README.md#docs/c%20d.md']);
  });

  it('resolves from the folder of the document', async () => {
    const { findings } = await findIn(
      memoryWorkspace({ 'docs/a.md': '[b](b.md) [c](../c.md)', 'docs/b.md': '', 'd.md': '' }),
    );
    expect(findings.map(({ subject }) => subject)).toEqual(['docs/a.md#../c.md']);
  });

  it('names the place, and the file that may be meant', async () => {
    const { findings } = await findIn(memoryWorkspace({ 'README.md': 'x\n\ny [a](Setup.md)', 'docs/Setup.md': '' }));
    expect(findings[0]).toMatchObject({
      location: { path: 'README.md', line: 3, column: 3 },
      message: 'The link leads to Setup.md, which is not in the repository. Perhaps docs/Setup.md is meant.',
    });
  });

  it('makes one finding of what a document says twice', async () => {
    expect(await drifts('[a](gone.md)\n\n[b](gone.md)')).toHaveLength(1);
  });

  it('lets a root-relative address be where the documents become a site', async () => {
    expect(await drifts('[a](/getting-started)', { 'mkdocs.yml': '' })).toEqual([]);
  });

  it('says nothing of what the snapshot left out, git ignores, or lies behind a link', async () => {
    const workspace = memoryWorkspace({
      'README.md': '[a](big.gif) [b](sub/x.md) [c](build/out.html) [d](current/x.md) `build/out.js`',
      '.gitignore': '/build/\n',
      current: 'docs',
    });
    const files = workspace.files.map((file) =>
      file.path === 'current' ? { ...file, mode: '120000' as const } : file,
    );
    const leftOut = [
      { path: 'big.gif', reason: 'larger than 8388608 bytes' },
      { path: 'sub', reason: 'submodule' },
    ];
    expect((await findIn({ ...workspace, files, leftOut })).findings).toEqual([]);
  });
});

describe('findDrift in paths', () => {
  it.each([
    '`src/app.ts`',
    '`src/app.ts:12`',
    '`./src/app.ts`',
    '`src/`',
    '`src/app`',
    '`app.ts`',
    '`src/**/*.ts`',
    '`src/<name>.ts`',
    '`path/to/file.ts`',
    '`src/my-app.ts`',
    '`application/json`',
    '`owner/repository`',
    '`github.com/team/a.go`',
    '`https://example.com/a.ts`',
    '`@scope/package`',
    '`and/or`',
    '`../other/a.ts`',
    '`node_modules/a/b.js`',
  ])('lets %s be', async (text) => {
    expect(await drifts(text)).toEqual([]);
  });

  it.each([
    ['`src/gone.ts`', 'dead-path README.md#src/gone.ts'],
    ['`src/gone/`', 'dead-path README.md#src/gone/'],
    ['`lib/gone.py`', 'dead-path README.md#lib/gone.py'],
    ['`src/gone.ts:7`', 'dead-path README.md#src/gone.ts:7'],
  ])('finds %s', async (text, expected) => {
    expect(await drifts(text)).toEqual([expected]);
  });

  it('looks below the folders of the document too', async () => {
    const files = { 'pkg/docs/a.md': '`lib/b.ts`', 'pkg/lib/b.ts': '' };
    expect((await findIn(memoryWorkspace(files))).findings).toEqual([]);
  });

  it('lets a changelog tell of what is gone', async () => {
    const { findings } = await findIn(
      memoryWorkspace({ 'CHANGELOG.md': '`src/gone.ts` [a](gone.md)', 'src/a.ts': '' }),
    );
    expect(findings.map(({ ruleId }) => ruleId)).toEqual(['drift/dead-link']);
  });
});
