import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rejection } from './scripted-server.ts';
import { openShop, type Shop } from './shop-host.ts';

describe('what is read of a repository', () => {
  let shop: Shop;
  let main: string;
  beforeAll(async () => {
    shop = await openShop({
      'README.md': '# Shop\r\ncafé ☕',
      'empty.txt': '',
      'bom.txt': '\uFEFFbom',
      'latin.txt': Buffer.from('caf\u00e9', 'latin1'),
      'logo.png': Buffer.from([0, 1, 2, 255]),
      'large.txt': 'x'.repeat(700_000),
      'huge.txt': 'x'.repeat(1_048_577),
      'src/a/b/c.ts': 'c',
      'src/a/d.ts': 'd',
      'src/z.ts': 'z',
      'a file: with [odd] ${name}.txt': 'odd',
    });
    main = shop.head('main');
  });
  afterAll(() => shop.close());

  it('is text, byte for byte, or why it is none', async () => {
    const odd = 'a file: with [odd] ${name}.txt';
    const paths = [
      'README.md',
      'empty.txt',
      'bom.txt',
      'latin.txt',
      'logo.png',
      'large.txt',
      'huge.txt',
      'src',
      'no.txt',
      odd,
    ];
    for (const names of [2, 50]) {
      const texts = await shop.door({ limits: { names } }).readTexts(main, paths);
      expect(Object.fromEntries(texts)).toEqual({
        'README.md': '# Shop\r\ncafé ☕',
        'empty.txt': '',
        'bom.txt': '\uFEFFbom',
        'latin.txt': { unreadable: 'it is no text in UTF-8' },
        'logo.png': { unreadable: 'it is no text in UTF-8' },
        'large.txt': 'x'.repeat(700_000),
        'huge.txt': { unreadable: 'it is larger than 1048576 bytes' },
        src: { unreadable: 'it is a folder or a submodule' },
        'no.txt': null,
        [odd]: 'odd',
      });
    }
  });

  it('is one query for many small texts', async () => {
    shop.resetRequests();
    await shop.door().readTexts(main, ['README.md', 'empty.txt', 'src/z.ts', 'none']);
    expect(shop.requests()).toMatchObject({ total: 1, query: 1 });
  });

  it('is the whole tree, with modes, and without folders', async () => {
    shop.resetRequests();
    const tree = await shop.door().readTree(main, []);
    expect(tree.map(({ path }) => path).filter((path) => path.startsWith('src'))).toEqual([
      'src/a/b/c.ts',
      'src/a/d.ts',
      'src/z.ts',
    ]);
    expect(tree.every(({ mode }) => mode === '100644')).toBe(true);
    expect(shop.requests().total).toBe(1);
  });

  it('is read folder by folder where GitHub cuts it off, for the paths that were named', async () => {
    shop.limits({ treeEntries: 12 });
    const tree = await shop.door().readTree(main, ['src/a/b/c.ts', 'src/a/none.ts', 'none/x.ts']);
    shop.limits({ treeEntries: 100_000 });
    const paths = tree.map(({ path }) => path);
    expect(paths).toContain('src/a/b/c.ts');
    expect(paths).toContain('src/a/d.ts');
    expect(paths).not.toContain('src');
  });

  it('is not guessed where a single folder is cut off', async () => {
    shop.limits({ treeEntries: 1 });
    const error = await rejection(shop.door().readTree(main, ['src/a/b/c.ts']));
    shop.limits({ treeEntries: 100_000 });
    expect(error).toMatchObject({ family: 'problem', code: 'folder-too-large' });
  });

  it.each(['read', 'triage', 'write', 'maintain', 'admin'] as const)('is the role %s of who has it', async (role) => {
    shop.role(`with-${role}`, role);
    expect(await shop.door().roleOf(`with-${role}`)).toBe(role);
  });

  it('is no role for who is unknown', async () => {
    expect(await shop.door().roleOf('nobody-at-all')).toBe('none');
  });

  it('is who the token speaks as, and whether it may push workflow files', async () => {
    const workflow = { kind: 'workflow', login: 'github-actions[bot]', mayWriteWorkflows: false };
    expect(await shop.door({ kind: 'workflow' }).identify()).toEqual(workflow);
    const app = shop.door({ kind: 'app' });
    expect(await app.identify({ contents: 'write' })).toMatchObject({ kind: 'app', mayWriteWorkflows: false });
    expect(await app.identify({ workflows: 'write' })).toMatchObject({ kind: 'app', mayWriteWorkflows: true });
    expect(await shop.door({ kind: 'user', login: 'ada' }).identify()).toMatchObject({ kind: 'user', login: 'ada' });
  });

  it('is what is left of the hour', async () => {
    const rates = await shop.door().rates();
    expect(rates?.rest.left).toBeLessThanOrEqual(5000);
    expect(rates?.rest.resetsAt).toMatch(/^\d{4}-.*Z$/);
  });

  it('is the artifacts of a name, newest first, over all pages', async () => {
    for (let each = 0; each < 130; each += 1) shop.artifact('cortex-state', each);
    shop.artifact('other', 1);
    const found = await shop.door().listArtifacts('cortex-state');
    expect(found).toHaveLength(130);
    expect(found[0]).toMatchObject({ name: 'cortex-state', run: 129, isExpired: false });
  });

  it('keeps to what GitHub describes', () => {
    expect(shop.violations()).toEqual([]);
  });
});

describe('findings for code scanning', () => {
  let shop: Shop;
  beforeAll(async () => void (shop = await openShop({ 'README.md': '# Shop\n' })));
  afterAll(() => shop.close());

  const sarif = (results: number, runs = 1): string =>
    JSON.stringify({
      version: '2.1.0',
      runs: Array.from({ length: runs }, () => ({ tool: {}, results: Array.from({ length: results }, () => ({})) })),
    });

  it('arrive as they were sent', async () => {
    const commit = shop.head('main');
    const text = sarif(3);
    const { id } = await shop.door().uploadSarif({ commit, ref: 'refs/heads/main', sarif: text });
    expect(shop.sarifs()).toMatchObject([{ id, commit, ref: 'refs/heads/main', text }]);
  });

  const send = (text: string): Promise<unknown> =>
    shop.door().uploadSarif({ commit: shop.head('main'), ref: 'refs/heads/main', sarif: text });

  it.each([
    ['results', sarif(25_000), sarif(25_001)],
    ['runs', sarif(1, 20), sarif(1, 21)],
  ])('may have as many %s as it takes, and not one more', async (_what, most, tooMany) => {
    await expect(send(most)).resolves.toBeDefined();
    expect(await rejection(send(tooMany))).toMatchObject({ family: 'problem', code: 'sarif-too-large' });
  });

  it('leave open alerts, of which rule and path are known: of the newest analysis of each category, at that ref', async () => {
    const own = await openShop({ 'README.md': '# Shop\n' });
    const door = own.door();
    expect(await door.openAlerts('refs/heads/main')).toEqual([]);
    const upload = (category: string, paths: readonly string[], ref = 'refs/heads/main'): Promise<unknown> =>
      door.uploadSarif({ commit: own.head('main'), ref, sarif: analysis(category, paths) });
    const many = Array.from({ length: 130 }, (_, index) => `many/${index}.js`);
    await upload('cortex/a/', ['gone.js']);
    await upload('cortex/a/', ['src/with space.js', ...many]);
    await upload('cortex/b/', ['b.js']);
    await upload('cortex/a/', ['elsewhere.js'], 'refs/heads/release');
    const alerts = ['src/with space.js', ...many, 'b.js'].map((path) => ({ rule: 'test/bad', path }));
    expect(await door.openAlerts('refs/heads/main')).toEqual(alerts);
    expect(own.violations()).toEqual([]);
    await own.close();
  });

  it('larger than it takes after gzip are not sent', async () => {
    const door = shop.door({ limits: { sarifBytes: 20 } });
    const sent = door.uploadSarif({ commit: shop.head('main'), ref: 'refs/heads/main', sarif: sarif(1) });
    expect(await rejection(sent)).toMatchObject({ code: 'sarif-too-large' });
    expect(shop.violations()).toEqual([]);
  });
});

/** An analysis with a finding in each file. */
function analysis(id: string, paths: readonly string[]): string {
  const results = paths.map((path) => ({
    ruleId: 'test/bad',
    locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(path) }, region: { startLine: 1 } } }],
  }));
  return JSON.stringify({ version: '2.1.0', runs: [{ tool: {}, automationDetails: { id }, results }] });
}
