import { describe, expect, it } from 'vitest';
import { findSecretFormats, secretFormat, secretFormats } from '../../src/shared/secret-formats.ts';
import { plantedSecrets } from '../support/planted-secrets.ts';

const githubToken = plantedSecrets().find((planted) => planted.id === 'github-personal-token')?.secret ?? '';

describe('findSecretFormats', () => {
  it.each(plantedSecrets())('finds a $id at its exact place', ({ id, secret, line }) => {
    const text = `first line\n${line}\nlast line`;
    const start = text.indexOf(secret);
    expect(findSecretFormats(text)).toMatchObject([{ id, start, end: start + secret.length }]);
  });

  it('has a planted secret for every format of the table, each id once', () => {
    expect(plantedSecrets().map((planted) => planted.id)).toEqual(secretFormats.map((format) => format.id));
    expect(new Set(secretFormats.map((format) => format.id)).size).toBe(secretFormats.length);
  });

  it('gives several secrets in the order of the text', () => {
    const text = plantedSecrets()
      .toReversed()
      .map((planted) => planted.line)
      .join('\n\n');
    const ids = plantedSecrets().map((planted) => planted.id);
    expect(findSecretFormats(text).map((span) => span.id)).toEqual(ids.toReversed());
  });

  it.each([
    ['a JSON escape', String.raw`"first\n${'%'}"`],
    ['a unicode escape', String.raw`"\u0022${'%'}"`],
    ['an escape of a URL', 'token%3D%'],
    ['an underscore', 'prefix_%'],
  ])('finds a token right after %s', (_what, frame) => {
    const at = frame.lastIndexOf('%');
    const text = frame.slice(0, at) + githubToken + frame.slice(at + 1);
    expect(findSecretFormats(text)).toMatchObject([{ start: at, end: at + githubToken.length }]);
  });

  it.each([
    ['the access key id of the AWS manual', ['AKIA', 'IOSFODNN7', 'EXAMPLE'].join('')],
    [
      'the secret key of the AWS manual',
      ['aws_secret_access_key=wJalrXUtnFEMI/', 'K7MDENG/bPxRfiCYEXAMPLEKEY'].join(''),
    ],
    ['crosses', ['gh', 'p_', 'x'.repeat(36)].join('')],
    ['zeros', ['gh', 'p_', '0'.repeat(36)].join('')],
    ['an ascending sequence', ['gh', 'p_', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('')],
    ['a variable in a URL', 'postgres://shop:${DB_PASSWORD}@db/shop'],
    ['a template in a URL', 'https://x-access-token:{{ token }}@git.internal/a'],
    ['an angle bracket in a URL', 'redis://:<password>@cache:6379'],
    ['the default of a manual in a URL', 'postgres://postgres:postgres@localhost:5432/test'],
    ['a port, not a password', 'http://localhost:8080/users/@me'],
    ['a key elided in documentation', '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----'],
    [
      'a PEM header in code',
      "const begin = '-----BEGIN PRIVATE KEY-----';\nconst somethingElseThatIsALongIdentifierInCode = 1;",
    ],
    ['a word that goes on', `${['gh', 'p_'].join('')}is_the_prefix_of_a_personal_access_token_of_github`],
    ['an integrity hash', `"integrity": "sha512-${'q9R+f2/Z'.repeat(11)}=="`],
  ])('leaves %s alone', (_what, text) => {
    expect(findSecretFormats(text)).toEqual([]);
  });

  it('takes a key whose end was cut off', () => {
    const pem = plantedSecrets().find((planted) => planted.id === 'private-key')?.secret ?? '';
    const cut = pem.slice(0, pem.indexOf('\n-----END'));
    expect(findSecretFormats(cut)).toMatchObject([{ id: 'private-key', start: 0, end: cut.length }]);
  });

  it.each([
    'eyJ',
    '-eyJ',
    '://a:',
    '-----BEGIN PRIVATE KEY-----',
    'private_key":"',
    'secret_key=',
    'SK',
    'pypi-AgEI',
    'dp.pt.',
    '-us',
    'xox',
  ])('stays linear on a megabyte of %j', (seed) => {
    const started = performance.now();
    findSecretFormats(seed.repeat(Math.ceil(1_000_000 / seed.length)));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('knows each format by its id and no other', () => {
    expect(secretFormat('npm-token')?.severity).toBe('critical');
    expect(secretFormat('nothing')).toBeUndefined();
  });
});
