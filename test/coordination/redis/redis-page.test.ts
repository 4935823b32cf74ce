import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { familiarChannels } from '../../../src/coordination/redis/familiar-events.ts';
import { familiarKeys } from '../../../src/coordination/redis/familiar-names.ts';
import { executionKeys } from '../../../src/coordination/redis/keys.ts';
import { hasEngine, startServer, type Engine } from '../../support/redis-servers.ts';
import { newId, note, redisWorld } from '../../support/redis-worlds.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'redis.md'), 'utf8');
const userLines = page.split('\n').filter((line) => line.startsWith('user '));

describe('docs/redis.md', () => {
  it('names every key of an execution', () => {
    const { blob, attempt, ...plain } = executionKeys('ID');
    const keys = [...Object.values(plain), blob('<sha-256>'), attempt('<worker>')];
    expect(keys).toHaveLength(12);
    expect(keys.map((key) => key.replace('{ID}', '{<id>}')).filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
  });

  it('names every familiar key and channel', () => {
    const keys = [familiarKeys.queue, familiarKeys.stream, familiarKeys.worker('<id>', '<worker>')];
    const names = [...keys, ...Object.values(familiarChannels)];
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it.each((['redis', 'valkey'] as const satisfies readonly Engine[]).filter(hasEngine))(
    'gives lines that %s takes as its ACL file',
    async (engine) => {
      const directory = mkdtempSync(join(tmpdir(), 'cortex-acl-'));
      const aclfile = join(directory, 'users.acl');
      writeFileSync(aclfile, `${userLines.join('\n')}\n`);
      const server = await startServer(engine, { args: ['--aclfile', aclfile] });
      const world = redisWorld();
      try {
        const as = (role: string): string => server.url.replace('://', `://cortex-${role}:${role}-password@`);
        const id = newId();
        const { store } = await world.join(as('master'), id);
        await store.append([note('a')]);
        const client = await world.connect(as('exporter'), { loadsScripts: false });
        expect(await (await world.open({ client, id, mode: 'existing' })).read()).toHaveLength(1);
        await world.connect(as('worker'), { loadsScripts: false });
        await expect(world.connect(server.url)).rejects.toMatchObject({ code: 'store-access' });
      } finally {
        await world.close();
        await server.remove();
        rmSync(directory, { recursive: true, force: true });
      }
    },
  );
});
