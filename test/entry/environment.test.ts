import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnvironment, type Environment } from '../../src/entry/environment.ts';

const before = { ...process.env };

function read(variables: Readonly<Record<string, string>>): Environment {
  Object.assign(process.env, variables);
  return readEnvironment();
}

describe('what a process gets from outside', () => {
  beforeEach(() => {
    for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  });

  it('names no store where none is given, and an empty one is none', () => {
    expect(read({})).toMatchObject({ store: undefined, workerStore: undefined, secrets: [] });
    expect(read({ CORTEX_STORE: '', CORTEX_WORKER_STORE: '' })).toMatchObject({
      store: undefined,
      workerStore: undefined,
    });
  });

  it('takes the passwords in store addresses for secrets, as they are written and as they are meant', () => {
    const store = 'redis://ada:p%2Fw@127.0.0.1';
    const workerStore = 'rediss+cluster://:plain@a,b';
    expect(read({ CORTEX_STORE: store, CORTEX_WORKER_STORE: workerStore })).toMatchObject({ store, workerStore });
    expect(new Set(readEnvironment().secrets)).toEqual(new Set(['p%2Fw', 'p/w', 'plain']));
  });

  it.each([
    ['with a % that is no encoding', 'redis://:50%off@127.0.0.1', '50%off'],
    ['that is not encoded, and holds an @', 'redis://:hunter2@more@127.0.0.1', 'hunter2'],
  ])('masks at least what stands before the first @ of a password %s', (_what, store, secret) => {
    expect(read({ CORTEX_STORE: store }).secrets).toContain(secret);
  });

  it('finds no password where there is none', () => {
    for (const store of ['redis://127.0.0.1:6379', 'redis://ada@127.0.0.1', 'no address at all'])
      expect(read({ CORTEX_STORE: store }).secrets).toEqual([]);
  });

  it('takes a variable for a secret whose name speaks of one, but not one that names a file', () => {
    const variables = { GITHUB_TOKEN: 't0ken', MY_API_KEY: 'k3y', SSH_AUTH_SOCK: '/run/agent.sock', COLOUR: 'red' };
    expect([...read(variables).secrets].sort()).toEqual(['k3y', 't0ken']);
  });

  it('takes its own token for GitHub before that of the job', () => {
    expect(read({ GITHUB_TOKEN: 'of-job' }).github.token).toBe('of-job');
    expect(read({ CORTEX_GITHUB_TOKEN: 'of-ours' }).github.token).toBe('of-ours');
    expect(read({ CORTEX_GITHUB_TOKEN: '' }).github.token).toBe('of-job');
  });

  it('knows of an App by its id and its key, which is a secret', () => {
    const environment = read({ CORTEX_APP_ID: '123', CORTEX_APP_PRIVATE_KEY: 'a\nkey' });
    expect(environment.github).toMatchObject({ appId: '123', appKey: 'a\nkey', token: undefined });
    expect(environment.secrets).toEqual(['a\nkey']);
  });

  it.each([
    [{}, 'https://github.com', 'https://api.github.com'],
    [{ GITHUB_SERVER_URL: 'https://acme.ghe.com/' }, 'https://acme.ghe.com', 'https://api.acme.ghe.com'],
    [{ GITHUB_SERVER_URL: 'https://git.acme.org' }, 'https://git.acme.org', 'https://git.acme.org/api/v3'],
    [{ GITHUB_API_URL: 'http://127.0.0.1:8080/api/v3/' }, 'https://github.com', 'http://127.0.0.1:8080/api/v3'],
  ])('%j: GitHub is at %s, and its API at %s', (variables, serverUrl, apiUrl) => {
    expect(read(variables).github).toMatchObject({ serverUrl, apiUrl });
  });

  it.each([
    [{}, false],
    [{ NO_COLOR: '' }, false],
    [{ NO_COLOR: '1' }, true],
    [{ TERM: 'dumb' }, true],
  ])('%j: colours left out is %s', (variables, noColor) => {
    expect(read(variables).noColor).toBe(noColor);
  });
});
