import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { appTokens, type AppOptions } from '../../../src/repository/github/tokens.ts';
import { pausedClock, rejection, startScripted, type Scripted, type ScriptedServer } from './scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = keys.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const now = Date.UTC(2026, 10, 30);
const minute = 60_000;
const all = { contents: 'write', issues: 'write', metadata: 'read', pull_requests: 'write' };

const installed = (permissions: Readonly<Record<string, string>> = all): Scripted => ({
  body: { id: 77, permissions },
});
const minted = (token: string, minutes = 60): Scripted => ({
  status: 201,
  body: { token, expires_at: new Date(now + minutes * minute).toISOString(), permissions: all },
});

async function app(script: readonly Scripted[], given: Partial<AppOptions> = {}) {
  const server = await startScripted(script);
  servers.push(server);
  const time = pausedClock(now);
  const made: string[] = [];
  const tokens = appTokens({
    apiUrl: server.url,
    app: { id: '1234', privateKey: pem },
    repository: { owner: 'acme', repo: 'shop' },
    clock: time.clock,
    pause: time.pause,
    userAgent: 'cortex',
    limits: { writeSpacingMs: 0 },
    onToken: (token) => made.push(token),
    ...given,
  });
  return { tokens, server, made, pass: time.pause };
}

interface Claims {
  readonly iat: number;
  readonly exp: number;
  readonly iss: string;
}

describe('tokens of a GitHub App', () => {
  it('are asked for with a word that the App has signed, good for less than ten minutes', async () => {
    const { tokens, server } = await app([installed(), minted('ghs_one')]);
    expect(await tokens.token()).toBe('ghs_one');
    const [scheme, jwt = ''] = server.received[0]?.authorization?.split(' ') ?? [];
    const [head = '', claims = '', signature = ''] = jwt.split('.');
    const isSigned = verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      createPublicKey(keys.publicKey.export({ type: 'spki', format: 'pem' })),
      Buffer.from(signature, 'base64url'),
    );
    const { iat, exp, iss } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Claims;
    expect({ scheme, isSigned, iss }).toEqual({ scheme: 'bearer', isSigned: true, iss: '1234' });
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'JWT' });
    expect(iat).toBeLessThan(now / 1000);
    expect(exp).toBeGreaterThan(now / 1000);
    expect(exp - iat).toBeLessThanOrEqual(600);
  });

  it('are narrowed to the repository and to what is needed, with the right to workflow files where the App has it', async () => {
    const more = { ...all, workflows: 'write', administration: 'write', members: 'read' };
    const { tokens, server } = await app([installed(more), minted('ghs_one')]);
    await tokens.token();
    expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /repos/acme/shop/installation',
      'POST /app/installations/77/access_tokens',
    ]);
    expect(JSON.parse(server.received[1]?.body ?? '')).toEqual({
      repositories: ['shop'],
      permissions: { ...all, workflows: 'write', members: 'read' },
    });
  });

  it('are kept until five minutes before they end, and told of when they are made', async () => {
    const { tokens, made, pass } = await app([installed(), minted('ghs_one'), installed(), minted('ghs_two', 120)]);
    expect(await tokens.token()).toBe('ghs_one');
    await pass(54 * minute);
    expect(await tokens.token()).toBe('ghs_one');
    await pass(minute);
    expect(await tokens.token()).toBe('ghs_two');
    expect(made).toEqual(['ghs_one', 'ghs_two']);
  });

  it('are ended when they are needed no more; without one nothing is asked', async () => {
    const { tokens, server } = await app([installed(), minted('ghs_one'), { status: 204 }]);
    await tokens.revoke();
    expect(server.received).toEqual([]);
    await tokens.token();
    await tokens.revoke();
    await tokens.revoke();
    expect(server.received.at(-1)).toMatchObject({
      method: 'DELETE',
      path: '/installation/token',
      authorization: 'token ghs_one',
    });
    expect(server.received).toHaveLength(3);
  });

  it('that have ended by themselves are as good as ended', async () => {
    const { tokens } = await app([
      installed(),
      minted('ghs_one'),
      { status: 401, body: { message: 'Bad credentials' } },
    ]);
    await tokens.token();
    await expect(tokens.revoke()).resolves.toBeUndefined();
  });

  it('are not asked for where the installation lacks something, which is named', async () => {
    const { tokens, server } = await app([installed({ contents: 'read', metadata: 'read', issues: 'write' })]);
    const error = await rejection(tokens.token());
    expect(error).toMatchObject({ family: 'problem', code: 'app-permissions' });
    expect(error.message).toContain('contents: write, pull_requests: write');
    expect(server.received).toHaveLength(1);
  });

  it.each<[string, Scripted, string]>([
    ['is not installed there', { status: 404, body: { message: 'Not Found' } }, 'app-not-installed'],
    [
      'is suspended there',
      { body: { id: 7, suspended_at: '2026-11-01T00:00:00Z', permissions: all } },
      'app-suspended',
    ],
    [
      'is not who it says',
      { status: 401, body: { message: 'A JSON web token could not be decoded' } },
      'github-unauthorized',
    ],
  ])('are not to be had by an App that %s', async (_what, answer, code) => {
    const { tokens } = await app([answer]);
    expect(await rejection(tokens.token())).toMatchObject({ family: 'problem', code });
  });

  it('are asked for again after a failure', async () => {
    const { tokens } = await app([{ status: 404, body: { message: 'Not Found' } }, installed(), minted('ghs_one')]);
    await rejection(tokens.token());
    expect(await tokens.token()).toBe('ghs_one');
  });

  it('need a key: one whose line ends were lost on the way is read, and no key is shown', async () => {
    const { tokens } = await app([installed(), minted('ghs_one')], {
      app: { id: '1', privateKey: pem.replaceAll('\n', '\\n') },
    });
    expect(await tokens.token()).toBe('ghs_one');
    const broken = app([], { app: { id: '1', privateKey: pem.slice(0, 400) } });
    const error = await rejection(broken);
    expect(error).toMatchObject({ code: 'app-key-unreadable' });
    expect(JSON.stringify([error.message, error.hint, String(error.cause)])).not.toContain(pem.slice(100, 150));
  });
});
