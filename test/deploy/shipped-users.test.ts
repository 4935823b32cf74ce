import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { aclRules } from '../../src/coordination/redis/acl.ts';
import { sha256 } from '../../src/shared/canonical.ts';
import { hasEngine, startServer } from '../support/redis-servers.ts';
import { deployFolder } from './deployed.ts';

const redisFolder = join(deployFolder, 'redis');
const folder = mkdtempSync(join(tmpdir(), 'cortex-users-'));
const target = join(folder, 'users.acl');
const passwordOf = (role: string): string => `${role}-`.padEnd(24, 'x');

/** What the pod of Redis does before Redis starts. */
function writeUsers(): { readonly status: number | null; readonly stderr: string } {
  const args = [join(redisFolder, 'users.mjs'), join(redisFolder, 'users.acl'), folder, target];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

describe('the users of the Redis that deploy/ starts', () => {
  beforeEach(() => {
    for (const role of ['master', 'worker', 'exporter']) writeFileSync(join(folder, role), passwordOf(role));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('have the rights that the code gives them', () => {
    const lines = readFileSync(join(redisFolder, 'users.acl'), 'utf8').trim().split('\n');
    expect(lines).toEqual([
      'user default reset',
      `user cortex-master ${aclRules('master', { makesUsers: true }).join(' ')}`,
      `user cortex-worker ${aclRules('worker').join(' ')}`,
      `user cortex-exporter ${aclRules('exporter').join(' ')}`,
      'user cortex-probe reset on nopass resetchannels +ping',
    ]);
  });

  it('get the hashes of the passwords in the Secret, and no password', () => {
    writeFileSync(join(folder, 'master'), `${passwordOf('master')}\n`);
    expect(writeUsers()).toMatchObject({ status: 0, stderr: '' });
    const written = readFileSync(target, 'utf8');
    expect(written).toContain(`+acl|deluser #${sha256(passwordOf('master'))}\n`);
    expect(written).not.toContain(passwordOf('worker'));
    expect(written).toMatch(/^user default reset$/m);
  });

  it.each([
    ['missing', '', 'key worker: expected the password of cortex-worker, 24 or more characters without a space, found'],
    ['short', 'short', 'found 5 characters'],
    ['with a space', 'a password of more than 24 characters', 'found 37 characters'],
  ])('are not written where a password is %s', (_what, password, message) => {
    writeFileSync(join(folder, 'worker'), password);
    const { status, stderr } = writeUsers();
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain(password === '' ? passwordOf('worker') : ` ${password} `);
  });

  it.skipIf(!hasEngine('redis'))('are what a server starts with: nobody comes in without a name', async () => {
    writeUsers();
    const server = await startServer('redis', { args: ['--aclfile', target] });
    const ask = (...args: readonly string[]): string => {
      const where = ['-p', String(server.port), '--no-auth-warning'];
      return spawnSync('redis-cli', [...where, ...args], { encoding: 'utf8' }).stdout;
    };
    try {
      const as = (role: string): readonly string[] => ['--user', `cortex-${role}`, '--pass', passwordOf(role)];
      expect(ask('ping')).toContain('NOAUTH');
      expect(ask(...as('probe'), 'ping')).toBe('PONG\n');
      expect(ask(...as('probe'), 'get', 'cortex:{a}:meta')).toContain('NOPERM');
      expect(ask(...as('master'), 'hset', 'cortex:{a}:meta', 'a', 'b')).toBe('1\n');
      expect(ask(...as('worker'), 'hget', 'cortex:{a}:meta', 'a')).toContain('NOPERM');
      expect(ask(...as('exporter'), 'hget', 'cortex:{a}:meta', 'a')).toBe('b\n');
      expect(ask('--user', 'cortex-master', '--pass', 'guessed', 'ping')).toContain('NOAUTH');
    } finally {
      await server.remove();
    }
  });
});
