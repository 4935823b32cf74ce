import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  aclRules,
  createWorkerUser,
  dropWorkerUser,
  workerAddress,
  workerUsername,
  type RoleOptions,
  type StoreRole,
} from '../../../src/coordination/redis/acl.ts';
import { parseStoreAddress, writeAddress } from '../../../src/coordination/redis/address.ts';
import { openAttempt } from '../../../src/coordination/redis/attempt-store.ts';
import type { RedisClient } from '../../../src/coordination/redis/client.ts';
import { familiarCommands } from '../../../src/coordination/redis/familiar-names.ts';
import { executionKeys } from '../../../src/coordination/redis/keys.ts';
import type { Store } from '../../../src/coordination/store.ts';
import { foldEvents } from '../../../src/execution/state.ts';
import { completed, launched, logOf, logStart, newEvent, started } from '../../support/events.ts';
import { hasEngine, startServer, type Engine, type StoreServer } from '../../support/redis-servers.ts';
import { newId, note, redisWorld } from '../../support/redis-worlds.ts';
import { storeContract } from '../store-contract.ts';

const minute = 60_000;
const engines: readonly Engine[] = ['redis', 'valkey'];
const refused = { family: 'problem', code: 'store-access' };

describe.each(engines.filter(hasEngine))('users of %s', (engine) => {
  const world = redisWorld();
  let server: StoreServer;
  let admin: RedisClient;
  const adminWorld = redisWorld();
  beforeAll(async () => {
    server = await startServer(engine, { appendOnly: false, args: ['--enable-debug-command', 'yes'] });
    admin = await adminWorld.connect(server.url);
  });
  afterEach(world.close);
  afterAll(async () => {
    await adminWorld.close();
    await server.remove();
  });

  /** The address of a fresh user with the rights of a role. */
  async function userUrl(role: StoreRole, options: RoleOptions = {}): Promise<string> {
    const name = `${role}-${newId()}`;
    await admin.call('ACL', ['SETUSER', name, ...aclRules(role, options), '>secret']);
    return `redis://${name}:secret@127.0.0.1:${server.port}`;
  }
  const connectAs = async (role: StoreRole, options: RoleOptions = {}): Promise<RedisClient> =>
    world.connect(await userUrl(role, options), { loadsScripts: role === 'master' });

  /** An execution with a log, books, a claim, an artefact and an attempt that has ended, written without limits. */
  async function written(): Promise<{ id: string; blob: string }> {
    const { client, store } = await world.join(server.url, newId());
    const id = newId();
    const other = await world.open({ client, id, mode: 'new' });
    await other.append([started(), note('a')]);
    await other.claim('security-master', 'ada', minute);
    const attempt = openAttempt(client, { execution: id, worker: 'scan-1' });
    await attempt.take('ada', minute);
    await attempt.finish(1, '{}');
    await store.close();
    return { id, blob: await other.putBlob('content') };
  }

  describe('a master', () => {
    storeContract(`${engine} as a master`, async () => {
      const own = redisWorld();
      const client = await own.connect(await userUrl('master'));
      const clock = { ms: logStart };
      const now = (): number => clock.ms;
      const id = newId();
      let store: Store = await own.open({ client, id, mode: 'new', now });
      const again = (): Promise<Store> => own.open({ client, id, mode: 'existing', now });
      const reopen = async (): Promise<Store> => {
        await store.close();
        return (store = await again());
      };
      return { store, clock, reopen, crash: again, second: again, remove: own.close };
    });

    it('reads an attempt of its workers', async () => {
      const { id } = await written();
      const attempt = openAttempt(await connectAs('master'), { execution: id, worker: 'scan-1' });
      expect(await attempt.readEnvelope()).toBe('{}');
    });

    it('may all that the familiar names need', async () => {
      const client = await connectAs('master');
      const id = newId();
      const events = logOf(
        started(),
        newEvent('task.queued', { task: 'scan', master: 'security-master', waitsFor: [] }),
        { ...launched({ task: 'scan' }), actor: 'security-master' },
        completed('scan'),
      );
      const commands = events.flatMap((event) => familiarCommands(event, foldEvents(id, events.slice(0, event.seq))));
      expect(new Set(commands.map(({ command }) => command))).toEqual(
        new Set(['RPUSH', 'LTRIM', 'LREM', 'EXPIRE', 'HSET', 'XADD', 'PUBLISH']),
      );
      for (const { command, args } of commands) await client.call(command, args);
    });

    it.each([
      ['KEYS', '*'],
      ['SCAN', '0'],
      ['FLUSHALL'],
      ['FLUSHDB'],
      ['CONFIG', 'GET', '*'],
      ['CONFIG', 'SET', 'maxmemory', '1'],
      ['DEBUG', 'SLEEP', '0'],
      ['EVAL', 'return 1', '0'],
      ['SCRIPT', 'FLUSH'],
      ['FUNCTION', 'LIST'],
      ['ACL', 'LIST'],
      ['ACL', 'SETUSER', 'eve', 'on', 'nopass', '+@all'],
      ['ACL', 'DELUSER', 'eve'],
      ['CLIENT', 'KILL', 'TYPE', 'normal'],
      ['MONITOR'],
      ['SHUTDOWN', 'NOSAVE'],
      ['REPLICAOF', 'NO', 'ONE'],
      ['SWAPDB', '0', '1'],
      ['DEL', 'cortex:{x}:events'],
      ['XTRIM', 'cortex:{x}:events', 'MAXLEN', '0'],
      ['HGET', 'session:1', 'user'],
      ['HSET', 'session:1', 'user', 'eve'],
      ['HGETALL', 'cortex:masters:security-master'],
      ['PUBLISH', 'news', 'x'],
    ])('may not %s %s', async (command, ...args) => {
      await expect((await connectAs('master')).call(command, args)).rejects.toMatchObject(refused);
    });
  });

  describe('a worker', () => {
    it('does its attempt and its artefacts, and those of its execution alone', async () => {
      const [{ id, blob }, other] = [await written(), await written()];
      const client = await connectAs('worker', { execution: id });
      const attempt = openAttempt(client, { execution: id, worker: 'scan-2' });
      expect(await attempt.take('ada', minute)).toEqual({ fence: 1 });
      await attempt.renew(1, minute);
      await attempt.putBlob('x'.repeat(600_000));
      expect(await attempt.getBlob(blob)).toHaveLength('content'.length);
      await attempt.finish(1, '{"status":"done"}');
      expect(await attempt.readEnvelope()).toBe('{"status":"done"}');
      const foreign = openAttempt(client, { execution: other.id, worker: 'scan-1' });
      await expect(foreign.take('ada', minute)).rejects.toMatchObject(refused);
      await expect(foreign.getBlob(other.blob)).rejects.toMatchObject(refused);
      await expect(foreign.putBlob('x')).rejects.toMatchObject(refused);
      await expect(foreign.readEnvelope()).rejects.toMatchObject(refused);
    });

    it('reaches attempts and artefacts of every execution where its user is shared', async () => {
      const { id, blob } = await written();
      const attempt = openAttempt(await connectAs('worker'), { execution: id, worker: 'scan-1' });
      expect(await attempt.take('ada', minute)).toEqual({ envelope: '{}' });
      expect(await attempt.getBlob(blob)).toHaveLength('content'.length);
    });

    it.each([
      ['KEYS', '*'],
      ['SCAN', '0'],
      ['FLUSHALL'],
      ['CONFIG', 'GET', '*'],
      ['DEBUG', 'SLEEP', '0'],
      ['EVAL', 'return 1', '0'],
      ['SCRIPT', 'LOAD', 'return 1'],
      ['FCALL', 'f', '0'],
      ['ACL', 'WHOAMI'],
      ['INFO'],
      ['MONITOR'],
      ['CLIENT', 'LIST'],
      ['SELECT', '1'],
      ['DEL', 'cortex:{x}:blob:1'],
      ['SUBSCRIBE', 'cortex:masters:coordination'],
      ['PUBLISH', 'cortex:masters:coordination', 'x'],
      ['HGETALL', 'cortex:{x}:attempt:scan-1'],
      ['HGET', 'cortex:{x}:meta', 'incarnation'],
      ['HGET', 'cortex:{x}:accounts', 'execution.limit.tokens'],
      ['HSET', 'cortex:{x}:claims', 'security-master', 'x'],
      ['XRANGE', 'cortex:{x}:events', '-', '+'],
      ['HGET', 'cortex:workers:x:scan-1', 'status'],
      ['HGET', 'session:1', 'user'],
    ])('may not %s %s, even of its own execution', async (command, ...args) => {
      const client = await connectAs('worker', { execution: 'x' });
      await expect(client.call(command, args)).rejects.toMatchObject(refused);
    });

    it('may not reach books, claims or log through the scripts of masters either', async () => {
      const { id } = await written();
      const keys = executionKeys(id);
      const client = await connectAs('worker', { execution: id });
      const { meta, events, ids, claims } = keys;
      const step = ['incarnation', 0, 1000, ''];
      await expect(client.run('open', [meta], ['mine', 1000])).rejects.toMatchObject(refused);
      await expect(client.run('keep', [events], [1])).rejects.toMatchObject(refused);
      const claim = client.run('claim', [meta, events, ids, claims], [...step, 'leg', 'eve', 1000, 't', '{}']);
      await expect(claim).rejects.toMatchObject(refused);
      // A script that gets a key it should not have is held to the rights of its caller all the same.
      const disguised = client.run('attempt-finish', [claims], ['1', '{}', 1000]);
      await expect(disguised).rejects.toMatchObject(refused);
      const foreign = client.run('blob-put', [keys.blob('a'), claims], [1, 1, 0, 'x', 1000, 1000]);
      await expect(foreign).rejects.toMatchObject(refused);
    });
  });

  describe('an exporter', () => {
    it('reads and follows a log, books and claims, and the familiar names', async () => {
      const { id } = await written();
      const client = await connectAs('exporter');
      const store = await world.open({ client, id, mode: 'existing' });
      expect((await store.read()).map(({ type }) => type)).toEqual([
        'execution.started',
        'phase.started',
        'claim.taken',
      ]);
      for await (const { seq } of store.follow(3, new AbortController().signal)) {
        expect(seq).toBe(3);
        break;
      }
      const { accounts, claims } = executionKeys(id);
      expect(await client.call('HGET', [accounts, 'execution.limit.tokens'])).toBe('900');
      expect(await client.call('HLEN', [claims])).toBe(1);
      expect(await client.call('LRANGE', ['cortex:tasks:queue', '0', '-1'])).toEqual([]);
      expect(await client.call('HGETALL', ['cortex:masters:nobody'])).toEqual([]);
    });

    it.each([
      ['KEYS', '*'],
      ['SCAN', '0'],
      ['FLUSHALL'],
      ['CONFIG', 'GET', '*'],
      ['EVAL', 'return 1', '0'],
      ['EVALSHA', 'a'.repeat(40), '0'],
      ['SCRIPT', 'LOAD', 'return 1'],
      ['ACL', 'WHOAMI'],
      ['INFO'],
      ['XADD', 'cortex:{x}:events', '*', 'a', 'b'],
      ['HSET', 'cortex:{x}:accounts', 'execution.limit.tokens', '9'],
      ['PEXPIRE', 'cortex:{x}:events', '1'],
      ['RPUSH', 'cortex:tasks:queue', 'x'],
      ['PUBLISH', 'cortex:metrics:realtime', 'x'],
      ['HGET', 'cortex:{x}:ids', 'a'],
      ['HGET', 'cortex:{x}:blob:a', '0'],
      ['HGET', 'cortex:{x}:attempt:scan-1', 'envelope'],
      ['HGET', 'session:1', 'user'],
      ['SUBSCRIBE', 'news'],
    ])('may not %s %s', async (command, ...args) => {
      await expect((await connectAs('exporter')).call(command, args)).rejects.toMatchObject(refused);
    });
  });

  describe('a user for the workers of an execution', () => {
    const user = (execution: string): { username: string; password: string; execution: string } => ({
      username: workerUsername(execution, 'leg 1'),
      password: 'hunter22',
      execution,
    });

    it('is made by a master that may, and reaches that execution alone', async () => {
      const [{ id }, other] = [await written(), await written()];
      const address = parseStoreAddress(await userUrl('master', { makesUsers: true }));
      const master = await world.connect(writeAddress(address));
      expect(await createWorkerUser(master, address, user(id))).toEqual({ made: true });
      expect(await createWorkerUser(master, address, user(id))).toEqual({ made: true });
      const theirs = writeAddress(workerAddress(address, user(id)));
      const client = await world.connect(theirs, { loadsScripts: false });
      const take = (execution: string): Promise<unknown> =>
        openAttempt(client, { execution, worker: 'scan-2' }).take('ada', minute);
      expect(await take(id)).toEqual({ fence: 1 });
      await expect(take(other.id)).rejects.toMatchObject(refused);
      await dropWorkerUser(master, user(id).username);
      await expect(world.connect(theirs)).rejects.toMatchObject(refused);
      await expect(take(id)).rejects.toMatchObject(refused);
    });

    it('is not made by a master that may not, which learns why', async () => {
      const address = parseStoreAddress(await userUrl('master'));
      const answer = await createWorkerUser(await world.connect(writeAddress(address)), address, user(newId()));
      expect(answer).toEqual({ made: false, reason: expect.stringContaining('may not make users') as string });
    });

    it.each(['sentinel', 'cluster'] as const)('is not made behind a %s, which would not hand it on', async (kind) => {
      const address = { ...parseStoreAddress(server.url), kind };
      const answer = await createWorkerUser(admin, address, user(newId()));
      expect(answer).toEqual({ made: false, reason: expect.stringContaining(kind) as string });
    });

    it('does not stop a master when it cannot be dropped', async () => {
      await expect(dropWorkerUser(await connectAs('master'), 'nobody')).resolves.toBeUndefined();
    });
  });
});

describe('the rules of a role', () => {
  it('name commands one by one, and no pattern of another’s keys', () => {
    for (const role of ['master', 'worker', 'exporter'] as const) {
      const rules = aclRules(role);
      expect(rules.slice(0, 3)).toEqual(['reset', 'on', 'resetchannels']);
      for (const rule of rules.slice(3)) expect(rule).toMatch(/^(?:\+[a-z|]+|(?:~|%[RW]~|&)cortex:\S+)$/);
    }
  });

  it('hold a worker to one execution where it is named', () => {
    expect(aclRules('worker', { execution: 'CORTEX-EXEC-1' }).filter((rule) => rule.includes('~'))).toEqual([
      '~cortex:{CORTEX-EXEC-1}:blob:*',
      '~cortex:{CORTEX-EXEC-1}:blob-bytes',
      '~cortex:{CORTEX-EXEC-1}:attempt:*',
    ]);
  });

  it('let a user choose a database, or ask a cluster for its nodes, only where its address needs it', () => {
    const more = (options: RoleOptions): readonly string[] => {
      const plain = new Set(aclRules('worker'));
      return aclRules('worker', options).filter((rule) => !plain.has(rule));
    };
    expect(more({ database: 0, kind: 'server' })).toEqual([]);
    expect(more({ database: 3 })).toEqual(['+select']);
    expect(more({ kind: 'cluster' })).toEqual(['+cluster|slots', '+asking']);
  });

  it('make a name for a user of any name of a leg', () => {
    expect(workerUsername('CORTEX-EXEC-1', 'my host/7 é')).toBe('cortex-worker-CORTEX-EXEC-1-my-host-7--');
  });
});
