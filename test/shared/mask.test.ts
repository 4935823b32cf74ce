import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMasker } from '../../src/shared/mask.ts';
import { pemBlock, plantedSecrets, randomLike } from '../support/planted-secrets.ts';

const value = 'p&ss "wörd" 9/7';

describe('createMasker', () => {
  it('replaces a given value wherever it stands', () => {
    expect(createMasker(['hunter22'])('a hunter22, b=hunter22')).toBe('a ***, b=***');
  });

  it('leaves values of fewer than six characters alone', () => {
    expect(createMasker(['prod', 'admin'])('admin of prod')).toBe('admin of prod');
  });

  it('replaces the longer of two values that begin alike', () => {
    expect(createMasker(['secret-1', 'secret-1-long'])('[secret-1-long] [secret-1]')).toBe('[***] [***]');
  });

  it('leaves nothing of two values that share characters', () => {
    expect(createMasker(['abcdef123', '123xyz999'])('<abcdef123xyz999>')).toBe('<***>');
  });

  it.each([
    ['URL-encoded', encodeURIComponent(value)],
    ['URL-encoded with small digits', 'p%26ss%20%22w%c3%b6rd%22%209%2f7'],
    ['form-encoded', 'p%26ss+%22w%C3%B6rd%22+9%2F7'],
    ['JSON-escaped', JSON.stringify(value).slice(1, -1)],
    ['in base64', Buffer.from(value).toString('base64')],
    ['in base64 for URLs', Buffer.from(value).toString('base64url')],
  ])('replaces a value %s', (_form, written) => {
    expect(createMasker([value])(`before ${written} after`)).toBe('before *** after');
  });

  it.each(['', 'u', 'us', 'user:', 'x-access-token:'])(
    'finds a value inside base64 of a longer text after %j',
    (before) => {
      const header = Buffer.from(`${before}hunter22-hunter22${before}`).toString('base64');
      const masked = createMasker(['hunter22-hunter22'])(`Basic ${header}`);
      // 17 bytes are at least 21 whole characters of base64, wherever they begin; three asterisks stand for them.
      expect(masked).toMatch(/^Basic [A-Za-z0-9+/]*\*\*\*[A-Za-z0-9+/]*=*$/);
      expect(masked.length).toBeLessThanOrEqual(`Basic ${header}`.length - 21 + 3);
    },
  );

  it.each(plantedSecrets())('replaces a $id that nobody named', ({ secret, line }) => {
    expect(createMasker([])(line)).toBe(line.replace(secret, '***'));
  });

  it('replaces a PEM block whole', () => {
    expect(createMasker([])(`key:\n${pemBlock('EC PRIVATE KEY')}\nend`)).toBe('key:\n***\nend');
  });

  it('keeps the structure of JSON and masks its strings and numbers', () => {
    const document = { 'key-hunter22': 'hunter22', count: 1234567, list: ['a\nnewsecret', 'new'] };
    const masked = createMasker(['hunter22', '123456', 'newsecret'])(JSON.stringify(document));
    expect(JSON.parse(masked)).toEqual({ 'key-***': '***', count: '***', list: ['a\n***', 'new'] });
  });

  it('takes a whole escape where a value begins inside one', () => {
    const masked = createMasker(['nextline'])(JSON.stringify({ text: 'a\nextline' }));
    expect(JSON.parse(masked)).toEqual({ text: 'a***' });
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 6, maxLength: 12 }), { maxLength: 4 }),
        fc.string(),
        (values, noise) => {
          const mask = createMasker(values);
          const once = mask([noise, ...values, noise].join('*'));
          expect(mask(once)).toBe(once);
        },
      ),
    );
  });

  it('keeps JSON valid and free of the values, whatever they are', () => {
    const piece = fc.stringMatching(/^[n"\\u0e:,{}1*é\n-]{6,9}$/);
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 3 }), fc.array(fc.json()), (values, noise) => {
        const mask = createMasker(values);
        const text = JSON.stringify({
          values,
          joined: values.join(''),
          noise: noise.map((json) => JSON.parse(json) as unknown),
        });
        const masked = mask(text);
        const strings = JSON.parse(masked) as { values: string[] };
        for (const string of strings.values) for (const secret of values) expect(string).not.toContain(secret);
      }),
      { numRuns: 300 },
    );
  });

  it('masks a megabyte with forty values in well under five seconds', () => {
    const values = Array.from({ length: 40 }, (_, index) => randomLike(24, 'abcdefghijklmnop', String(index)));
    const line = 'level=info msg="request done" url=https://shop.internal/a?b=c took=12ms\n';
    const text = line.repeat(14_000) + values.join(' ');
    const started = performance.now();
    expect(createMasker(values)(text)).toBe(line.repeat(14_000) + values.map(() => '***').join(' '));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
