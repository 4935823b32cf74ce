import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isRedisAddress,
  parseStoreAddress,
  printAddress,
  storeSecrets,
  writeAddress,
  type StoreAddress,
} from '../../../src/coordination/redis/address.ts';
import { CortexError } from '../../../src/shared/errors.ts';

function thrownBy(text: string): CortexError {
  try {
    parseStoreAddress(text);
  } catch (error) {
    if (error instanceof CortexError) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
}

function outcomeOf(text: string): string {
  try {
    parseStoreAddress(text);
    return 'taken';
  } catch (error) {
    return error instanceof CortexError ? `${error.family} ${error.code}` : String(error);
  }
}

const server = { kind: 'server', hosts: [{ host: 'redis.example', port: 6379 }], database: 0 } as const;

describe('a store address', () => {
  it.each<[string, StoreAddress]>([
    ['redis://redis.example', server],
    ['redis://redis.example/', server],
    ['redis://10.0.0.7:7000/3', { kind: 'server', hosts: [{ host: '10.0.0.7', port: 7000 }], database: 3 }],
    ['redis://[2001:db8::7]:7000', { kind: 'server', hosts: [{ host: '2001:db8::7', port: 7000 }], database: 0 }],
    ['redis://[::1]', { kind: 'server', hosts: [{ host: '::1', port: 6379 }], database: 0 }],
    ['redis://ada:secret@redis.example', { ...server, username: 'ada', password: 'secret' }],
    ['redis://:secret@redis.example', { ...server, password: 'secret' }],
    ['redis://a%40b:p%2F%3F%23%40%25:x@redis.example', { ...server, username: 'a@b', password: 'p/?#@%:x' }],
    ['rediss://redis.example', { ...server, tls: {} }],
    [
      'rediss://redis.example?ca=%2Fetc%2Fca.pem&servername=shop.example',
      { ...server, tls: { ca: '/etc/ca.pem', serverName: 'shop.example' } },
    ],
    ['rediss://redis.example?ca=/etc/ca.pem', { ...server, tls: { ca: '/etc/ca.pem' } }],
    [
      'redis+sentinel://ada:secret@s1,s2:26380,[::1]/orders/2',
      {
        kind: 'sentinel',
        hosts: [
          { host: 's1', port: 26_379 },
          { host: 's2', port: 26_380 },
          { host: '::1', port: 26_379 },
        ],
        service: 'orders',
        database: 2,
        username: 'ada',
        password: 'secret',
      },
    ],
    [
      'rediss+cluster://c1:7001,c2',
      {
        kind: 'cluster',
        hosts: [
          { host: 'c1', port: 7001 },
          { host: 'c2', port: 6379 },
        ],
        database: 0,
        tls: {},
      },
    ],
  ])('is read from %s', (text, address) => {
    expect(parseStoreAddress(text)).toEqual(address);
  });

  it.each([
    ['', 'the scheme'],
    ['redis.example', 'the scheme'],
    ['http://redis.example', 'the scheme'],
    ['redis+sentinal://s1/orders', 'the scheme'],
    ['redis://redis.example\n', 'character 22 of 22'],
    ['redis://', 'host 1'],
    ['redis://:6379', 'host 1'],
    ['redis://re dis', 'character 11 of 14'],
    ['redis://a_b$c', 'host 1'],
    ['redis://2001:db8::7', 'the port of host 1'],
    ['redis://[2001:db8::zz]', 'host 1'],
    ['redis://[fe80::1%25eth0]', 'host 1'],
    ['redis://[redis.example]', 'host 1'],
    ['redis://redis.example:', 'the port of host 1'],
    ['redis://redis.example:0', 'the port of host 1'],
    ['redis://redis.example:65536', 'the port of host 1'],
    ['redis://redis.example:06379', 'the port of host 1'],
    ['redis://h1,h2', 'the hosts'],
    ['redis+cluster://h1,', 'host 2'],
    ['redis://redis.example/first', 'the database'],
    ['redis://redis.example/-1', 'the database'],
    ['redis://redis.example/1/2', 'the path'],
    ['redis+sentinel://s1', 'the service'],
    ['redis+sentinel://s1/', 'the service'],
    ['redis+sentinel://s1/or%20ders', 'the service'],
    ['redis+cluster://c1/1', 'the database'],
    ['redis://ada@redis.example', 'user and password'],
    ['redis://ada:@redis.example', 'the password'],
    ['redis://ada:%zz@redis.example', 'the password'],
    ['redis://ada:%ff@redis.example', 'the password'],
    ['redis://redis.example?db=1', 'the query'],
    ['redis://redis.example?ca=/etc/ca.pem', 'the query'],
    ['rediss://redis.example?ca=', 'the query'],
    ['rediss://redis.example?ca=a&ca=b', 'the query'],
    ['rediss://redis.example?servername=a/b', 'servername'],
    ['rediss://redis.example#x', 'the end'],
  ])('is refused as %j, wrong at %s', (text, where) => {
    const error = thrownBy(text);
    expect(error).toMatchObject({ family: 'problem', code: 'bad-store-url' });
    expect(error.message).toContain(`wrong at ${where}:`);
  });

  it.each([
    'redis://ada:hunter/22@redis.example',
    'redis://ada:hunter#22@redis.example',
    'redis://ada:hunter?22@redis.example',
    'redis://ada:hunter@22@redis.example',
    'redis://ada:hunter22%@redis.example',
    'redis://ada:hunter22@',
    'redis://hunter22@redis.example',
    'redis://ada:hunter22',
    'redis://ada:hunter22/0',
    'redis://redis.example?password=hunter22',
    'redis://ada:hunter22 @redis.example',
    'ada:hunter22@redis.example',
  ])('does not repeat the password of %s in its refusal', (text) => {
    const { message, hint } = thrownBy(text);
    expect(`${message} ${hint}`).not.toContain('hunter');
  });

  it('is printed without its password', () => {
    const address = parseStoreAddress('rediss+sentinel://ada:hunter22@s1,[::1]/orders/2?ca=/etc/ca.pem');
    expect(printAddress(address)).toBe('rediss+sentinel://ada:***@s1:26379,[::1]:26379/orders/2?ca=%2Fetc%2Fca.pem');
  });

  it('names its password as a secret, as it is and as it stands in a URL', () => {
    expect(storeSecrets(parseStoreAddress('redis://ada:p%2Fq@redis.example'))).toEqual(['p/q', 'p%2Fq']);
    expect(storeSecrets(parseStoreAddress('redis://redis.example'))).toEqual([]);
  });

  it.each([
    ['redis://h', true],
    ['rediss+cluster://h', true],
    ['redis+sentinal://h', true],
    ['REDIS://h', true],
    ['file:/tmp/store', false],
    ['redis-data/store', false],
    ['./redis:x', false],
  ])('is %s one at all: %s', (text, is) => {
    expect(isRedisAddress(text)).toBe(is);
  });
});

const word = fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/);
const host = fc.record({ host: fc.oneof(word, fc.ipV4(), fc.ipV6()), port: fc.integer({ min: 1, max: 65_535 }) });
const visible = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const withKeys = { requiredKeys: [] };
const who = fc.oneof(
  fc.constant({}),
  fc.record({ password: visible }),
  fc.record({ username: visible, password: visible }),
);
const tls = fc.oneof(fc.constant({}), fc.record({ tls: fc.record({ ca: visible, serverName: word }, withKeys) }));
const database = fc.integer({ min: 0, max: 999_999_999 });
const place = fc.oneof(
  fc.record({ kind: fc.constant('server' as const), hosts: fc.tuple(host), database }),
  fc.record({
    kind: fc.constant('sentinel' as const),
    hosts: fc.array(host, { minLength: 1 }),
    service: word,
    database,
  }),
  fc.record({
    kind: fc.constant('cluster' as const),
    hosts: fc.array(host, { minLength: 1 }),
    database: fc.constant(0),
  }),
);
const anyAddress = fc.tuple(place, who, tls).map(([a, b, c]): StoreAddress => ({ ...a, ...b, ...c }));

describe('any store address', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        expect(parseStoreAddress(writeAddress(address))).toEqual(address);
      }),
    );
  });

  it('is read back from its printed form, but for its password', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        const shown = address.password === undefined ? address : { ...address, password: '***' };
        expect(parseStoreAddress(printAddress(address))).toEqual(shown);
      }),
    );
  });

  it('is taken or refused with bad-store-url, whatever the text', () => {
    const near = fc
      .tuple(anyAddress, fc.nat(), fc.string({ unit: 'binary', maxLength: 4 }))
      .map(([address, at, junk]) => {
        const text = writeAddress(address);
        const index = at % (text.length + 1);
        return text.slice(0, index) + junk + text.slice(index + junk.length);
      });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), near), (text) => {
        expect(['taken', 'problem bad-store-url']).toContain(outcomeOf(text));
      }),
      { numRuns: 2000 },
    );
  });
});
