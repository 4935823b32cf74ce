import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanSecrets } from '../../../src/checks/secrets/scan-secrets.ts';
import { memoryWorkspace } from '../../../src/checks/workspace.ts';
import { findingSchema } from '../../../src/protocol/finding.ts';
import { folderWorkspace } from '../../support/folder-workspace.ts';
import { pemBlock, plantedSecrets, randomLike } from '../../support/planted-secrets.ts';

const token = plantedSecrets().find((planted) => planted.id === 'npm-token')?.secret ?? '';
const password = randomLike(20, 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789', 'password');

function scan(files: Readonly<Record<string, string | Uint8Array>>): ReturnType<typeof scanSecrets> {
  return scanSecrets(memoryWorkspace(files), ['**']);
}

describe('scanSecrets finds', () => {
  it('every planted credential, once, where it stands', () => {
    const planted = plantedSecrets();
    const files = Object.fromEntries(planted.map(({ id, line }) => [`src/${id}.txt`, `# ${id}\n${line}\n`]));
    const found = scan(files).findings.map(({ ruleId, location }) => ({
      ruleId,
      path: location?.path,
      line: location?.line,
    }));
    const expected = planted.map(({ id }) => ({ ruleId: `secrets/${id}`, path: `src/${id}.txt`, line: 2 }));
    expect(found).toEqual(expected.toSorted((a, b) => (a.path < b.path ? -1 : 1)));
  });

  it('a credential with its line, column, severity and how sure it is', () => {
    const [finding] = scan({ '.npmrc': `registry=x\nauth=${token}\n` }).findings;
    expect(finding).toMatchObject({
      ruleId: 'secrets/npm-token',
      severity: 'critical',
      confidence: 'high',
      subject: '.npmrc',
      location: { path: '.npmrc', line: 2, column: 6 },
      basis: 'measured',
    });
    expect(findingSchema.parse(finding)).toEqual(finding);
  });

  it('a key over several lines from its first line to its last', () => {
    const [finding] = scan({ 'id.pem': `\n${pemBlock('PRIVATE KEY', 4)}\n` }).findings;
    expect(finding?.location).toEqual({ path: 'id.pem', line: 2, column: 1, endLine: 7 });
  });

  it.each([
    ['a.ts', `const password = '${password}';`],
    ['a.ts', `const apiKey: string = "${password}";`],
    ['a.json', `{ "client_secret": "${password}" }`],
    ['a.rb', `'access_key' => '${password}'`],
    ['a.go', `dbPassword := "${password}"`],
    ['.env', `DB_PASSWORD=${password}`],
    ['.env.production', `export API_TOKEN=${password}\r`],
    ['values.yaml', `  adminPassword: ${password}`],
  ])('a random value under a telling name in %s: less surely', (path, line) => {
    expect(scan({ [path]: `first\n${line}\n` }).findings).toMatchObject([
      {
        ruleId: 'secrets/generic-assignment',
        confidence: 'low',
        location: { line: 2, column: line.indexOf(password) + 1 },
      },
    ]);
  });

  it('a known format under a telling name once, as what it is', () => {
    expect(scan({ 'a.ts': `const token = '${token}';` }).findings.map((finding) => finding.ruleId)).toEqual([
      'secrets/npm-token',
    ]);
  });

  it('credentials in lockfiles and in files that are not UTF-8', () => {
    const latin1 = Buffer.from(`# h\u00e4, ${token}`, 'latin1');
    const found = scan({ 'package-lock.json': `"resolved": "${token}"`, 'old.txt': latin1 }).findings;
    expect(found.map((finding) => finding.location?.path)).toEqual(['old.txt', 'package-lock.json']);
  });
});

describe('scanSecrets keeps the secret to itself', () => {
  it('shows at most four characters of a token and none of a password', () => {
    for (const { secret, line } of plantedSecrets()) {
      const outcome = scan({ 'a.txt': line });
      expect(JSON.stringify(outcome)).not.toContain(secret.slice(4));
      expect(outcome.findings[0]?.message).not.toContain(secret.slice(0, 5));
    }
    expect(JSON.stringify(scan({ 'a.ts': `password = "${password}"` }))).not.toContain(password.slice(0, 4));
  });

  it('gives the same secret the same identity after a move by lines, and another secret another', () => {
    const fingerprints = (text: string): readonly string[] =>
      scan({ 'a.txt': text }).findings.map((finding) => finding.fingerprint);
    const other = `${token.slice(0, -1)}Z`;
    expect(fingerprints(`\n\n${token}`)).toEqual(fingerprints(token));
    expect(fingerprints(`${token} ${token}`)).toEqual(fingerprints(token));
    expect(fingerprints(other)).not.toEqual(fingerprints(token));
  });
});

describe('scanSecrets is silent about', () => {
  it.each([
    [
      'a workflow that reads secrets',
      '.github/workflows/ci.yml',
      'env:\n  TOKEN: ${{ secrets.GITHUB_TOKEN }}\n  password: "${{ secrets.DB_PASSWORD_2024 }}"\n',
    ],
    [
      'a reference to the environment',
      'a.ts',
      'const password = process.env.DB_PASSWORD_V2;\nconst token = `${prefix}-${value}-1234`;',
    ],
    [
      'documentation',
      'README.md',
      'export GITHUB_TOKEN=<your token>\napi_key: "YOUR_API_KEY_HERE_123"\npassword = "correct-horse-battery"',
    ],
    [
      'names about secrets',
      'a.yaml',
      'secretName: "prod-db-credentials-2024a1b2"\ntokenUrl: "https://auth.internal/oauth2/v2/token4711"\npasswordHash: "a8f5f167f44f4964e6c998dee827110c"',
    ],
    [
      'identifiers and versions',
      'a.ts',
      "const token = 'oauth2-access-token-v2';\nconst secret = 'my.app.module42.Thing7';\nconst password = 'PasswordInput12';",
    ],
    ['a lockfile', 'yarn.lock', `"token@^1.0.0":\n  integrity "sha512-${randomLike(86, 'abcdefXYZ0123456789+/')}=="\n`],
    ['a lockfile of Go', 'go.sum', `example.org/token v1.2.3 h1:${randomLike(43, 'abcdefXYZ0123456789+/')}=\n`],
    [
      'a digest',
      'a.yaml',
      `image: shop/token@sha256:${randomLike(64, '0123456789abcdef')}\nuses: a/secret@${randomLike(40, '0123456789abcdef')}\n`,
    ],
    ['a public key', 'a.pub', pemBlock('PUBLIC KEY')],
    [
      'an identifier of the world',
      'a.ts',
      "const tokenOwner = '123e4567-e89b-12d3-a456-426614174000';\nconst secret = '3b241101-e2bb-4255-8caf-4136c566a962';",
    ],
  ])('%s', (_what, path, text) => {
    expect(scan({ [path]: text }).findings).toEqual([]);
  });
});

describe('scanSecrets accounts for', () => {
  it('every file: scanned, skipped or unread', () => {
    const outcome = scan({
      'a.ts': 'x',
      'app.min.js': token,
      'logo.png': new Uint8Array([137, 80, 0, 1]),
      'huge.txt': 'a'.repeat(1024 * 1024 + 1),
      'node_modules/a/index.js': token,
    });
    expect(outcome.scanned.map((file) => file.path)).toEqual(['a.ts']);
    expect(outcome.skipped).toEqual([
      { path: 'app.min.js', reason: 'minified or a source map' },
      { path: 'logo.png', reason: 'binary' },
      { path: 'node_modules/a/index.js', reason: 'vendored' },
    ]);
    expect(outcome.unread).toEqual([{ path: 'huge.txt', reason: 'larger than 1048576 bytes' }]);
    expect(outcome.findings).toEqual([]);
  });

  it('only the files that the task names', () => {
    const workspace = memoryWorkspace({ 'a/b.txt': token, 'c.txt': token });
    expect(scanSecrets(workspace, ['**', '!a/**']).scanned.map((file) => file.path)).toEqual(['c.txt']);
  });
});

describe('scanSecrets stays linear', () => {
  it.each([
    'password',
    'password="',
    'password = ',
    "token: 'a1b2c3d4",
    'api_key=a1b2 ',
    '# -----BEGIN PRIVATE KEY-----\\n',
  ])('on a file full of %j', (seed) => {
    const started = performance.now();
    scan({ '.env': seed.repeat(Math.floor((1024 * 1024) / seed.length)) });
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

const corpora = process.env['CORTEX_CORPORA'];

describe.skipIf(corpora === undefined)('scanSecrets over a real shop (needs CORTEX_CORPORA)', () => {
  // Read by hand: every password, token and key there is a placeholder or a reference.
  it('finds nothing, because nothing is there', () => {
    const outcome = scanSecrets(folderWorkspace(join(corpora ?? '', 'microservices-demo')), ['**']);
    expect(outcome.findings).toEqual([]);
    expect(outcome.scanned).toHaveLength(144);
    expect(outcome.unread).toEqual([]);
  });

  it('finds a credential that was planted in it', () => {
    const folder = folderWorkspace(join(corpora ?? '', 'microservices-demo'));
    const files = Object.fromEntries(folder.files.map((file) => [file.path, folder.readBytes(file.path) ?? '']));
    const path = 'release/kubernetes-manifests.yaml';
    const workspace = memoryWorkspace({ ...files, [path]: `${Buffer.from(files[path] ?? '').toString()}# ${token}\n` });
    expect(scanSecrets(workspace, ['**']).findings).toMatchObject([
      { ruleId: 'secrets/npm-token', location: { path } },
    ]);
  });
});
