import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executionKeys } from '../../src/coordination/redis/keys.ts';
import { clockId } from '../../src/entry/run/execution-id.ts';
import { runCli, type CliOutcome } from '../support/cli.ts';
import { freePort, startServer, type StoreServer } from '../support/redis-servers.ts';
import { redisWorld } from '../support/redis-worlds.ts';
import { scriptedWorld } from '../support/resumed-run.ts';
import { freshId, readCopies, scriptedFlags, startLeg } from '../support/shared-run.ts';
import { smallRun, smallSharedPlan } from '../support/small-run.ts';
import { stores } from '../support/stores.ts';

/** Every file below a folder, whatever it is. */
function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe.each(stores().slice(0, 1))('a process that is given something else, over $name', ({ url }) => {
  const small = smallRun(url, { severity: 'critical' });
  const { run, world } = small;
  const refused = async (id: string, plan: string): Promise<CliOutcome> => {
    const other = scriptedWorld(plan);
    const outcome = await startLeg({ url, id, path: other.path }).ended;
    other.remove();
    return outcome;
  };
  const otherPlan = smallSharedPlan('high');
  // The plan is the same, and its repository has another file: so has the commit.
  const otherCommit = async (id: string): Promise<CliOutcome> => {
    const other = scriptedWorld(smallSharedPlan('critical'), { 'README.md': 'b\n' });
    const outcome = await startLeg({ url, id, path: other.path }).ended;
    other.remove();
    return outcome;
  };
  let early: readonly CliOutcome[];
  let ran: CliOutcome;

  beforeAll(async () => {
    const leg = small.start();
    await leg.printed(/question/);
    early = await Promise.all([refused(run.id, otherPlan), otherCommit(run.id)]);
    await small.cortex('answer', run.id, 'find-critical', 'proceed');
    ran = await leg.ended;
  });
  afterAll(small.remove);

  const differs = {
    code: 2,
    stderr: expect.stringMatching(/ runs plan .* and this process was given plan /),
  };

  it.each([
    ['another plan', 0],
    ['another commit', 1],
  ])('%s: is refused, and told both', (_what, index) => {
    expect(early[index]).toMatchObject(differs);
    expect(early[index]?.stderr).toContain('choose another --id');
  });

  it('leaves no trace in the execution, which goes on', () => {
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(readCopies(world.out, run.id).filter(({ type }) => type === 'leg.joined')).toHaveLength(1);
  });

  it('is refused also after the execution has ended: it is not told that all is well', async () => {
    expect(await refused(run.id, otherPlan)).toMatchObject(differs);
    expect(await otherCommit(run.id)).toMatchObject(differs);
  });

  it('of two plans that begin one execution at once, one is run, and the other leaves no word in its log', async () => {
    const id = freshId();
    const worlds = [scriptedWorld(smallSharedPlan('high')), scriptedWorld()];
    const both = await Promise.all(worlds.map(({ path }) => startLeg({ url, id, path }).ended));
    expect(both.filter(({ stderr }) => /this process was given/.test(stderr))).toHaveLength(1);
    const winner = worlds[both.findIndex(({ stderr }) => stderr === '')];
    const log = readCopies(winner?.out ?? '', id);
    const declared = new Set(
      log.flatMap((each) => (each.type === 'execution.started' ? each.data.tasks : [])).map((task) => task.id),
    );
    const routed = log.flatMap((each) => (each.type === 'task.routed' ? [each.data.task] : []));
    expect(routed.filter((task) => !declared.has(task))).toEqual([]);
    worlds.forEach(({ remove }) => remove());
  });
});

describe.each(stores().slice(0, 1))('a run that is given no id, over $name', ({ url }) => {
  it('takes one of a second that nobody has taken', async () => {
    const redis = redisWorld();
    const client = await redis.connect(url);
    const now = Date.now();
    const taken = Array.from({ length: 4 }, (_, seconds) => clockId(now + seconds * 1000));
    await Promise.all(taken.map((id) => redis.open({ client, id, mode: 'join' })));
    const world = scriptedWorld(smallSharedPlan('high'));
    const args = ['run', 'plans/scripted.yaml', ...scriptedFlags];
    const both = await Promise.all(
      [1, 2].map((leg) => runCli([...args, '--out', `out-${leg}`], { cwd: world.path, env: { CORTEX_STORE: url } })),
    );
    const ids = both.map(({ stdout }) => /^(CORTEX-EXEC-\S+): complete/m.exec(stdout)?.[1]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(new Set([...ids, ...taken]).size).toBe(2 + taken.length);
    world.remove();
    await redis.close();
  });
});

describe.each(stores().slice(0, 1))('a store that asks for a password, over $name', ({ name }) => {
  const password = ['corr3ct-h0rse', 'battery'].join('/');
  const written = encodeURIComponent(password);
  let server: StoreServer;
  const open = (secret: string): string => `redis://:${secret}@127.0.0.1:${server.port}`;
  const isSaid = (text: string): boolean => text.includes(password) || text.includes(written);
  beforeAll(async () => {
    server = await startServer(name, { args: ['--requirepass', password] });
  });
  afterAll(() => server.remove());

  it.each(['by the environment', 'by --store'])('is used, and its password %s is nowhere to be read', async (how) => {
    const small = smallRun('');
    const address = open(written);
    const given =
      how === 'by --store'
        ? { flags: ['--store', address], env: { CORTEX_STORE: '' } }
        : { env: { CORTEX_STORE: address } };
    const { code, stdout, stderr } = await small.start(given).ended;
    expect(code).toBe(0);
    const files = filesBelow(small.world.out);
    expect(files.some((file) => file.endsWith('security-master.log'))).toBe(true);
    expect([stdout, stderr].some(isSaid)).toBe(false);
    expect(files.filter((file) => isSaid(readFileSync(file, 'latin1')))).toEqual([]);
    small.remove();
  });

  const commands = [
    ['run', 'plans/scripted.yaml'],
    ['watch', 'CORTEX-EXEC-X'],
    ['report', 'CORTEX-EXEC-X'],
    ['explain', 'tokens.used', 'CORTEX-EXEC-X'],
    ['answer', 'CORTEX-EXEC-X', 'a', 'stop'],
  ];

  it.concurrent.each(commands)(
    '%s says what is wrong in one message, with what to do, and no password',
    async (...args) => {
      const world = scriptedWorld();
      const port = await freePort();
      const wrong = [
        { address: open('wr0ng-s3cret'), code: 2, says: /refus|password/i },
        {
          address: `redis://:wr0ng-s3cret@127.0.0.1:${port}`,
          code: 1,
          says: /can't be reached|not reached|did not answer/,
        },
        {
          address: `redis://:wr0ng-s3cret@127.0.0.1:${port}/x/y`,
          code: 2,
          says: /The store address is wrong at the path/,
        },
        { address: 'http://:wr0ng-s3cret@127.0.0.1', code: 2, says: /The store address is wrong at the scheme/ },
        { address: '/var/run/wr0ng-s3cret', code: 2, says: /The store address is wrong at the scheme/ },
      ];
      for (const { address, code, says } of wrong) {
        for (const given of [
          { flags: ['--store', address], env: {} },
          { flags: [], env: { CORTEX_STORE: address } },
        ]) {
          const ended = await runCli([...args, ...given.flags, '--store-timeout', '300ms'], {
            cwd: world.path,
            env: given.env,
          });
          expect({ address, code: ended.code, stdout: ended.stdout }).toEqual({ address, code, stdout: '' });
          expect(ended.stderr).toMatch(/^cortex: .+\n {2}.+\n$/);
          expect(ended.stderr).toMatch(says);
          expect(ended.stderr).not.toContain('wr0ng-s3cret');
        }
      }
      world.remove();
    },
  );
});

describe.each(stores().slice(0, 1))('what redis-cli shows after a run, over $name', ({ name }) => {
  let server: StoreServer;
  const redis = redisWorld();
  beforeAll(async () => {
    server = await startServer(name);
  });
  afterAll(async () => {
    await redis.close();
    await server.remove();
  });

  it('is true: masters at rest with what they spent, workers at their end, nothing in the queue', async () => {
    const small = smallRun(server.url);
    await small.start().ended;
    const client = await redis.connect(server.url);
    const hashOf = async (key: string): Promise<Record<string, string>> => {
      const flat = (await client.call('HGETALL', [key])) as readonly string[];
      return Object.fromEntries(
        flat.flatMap((field, index) => (index % 2 === 0 ? [[field, flat[index + 1] ?? '']] : [])),
      );
    };
    const { id } = small.run;
    // find 1100 and follow 20
    expect(await hashOf('cortex:masters:security-master')).toMatchObject({
      status: 'idle',
      tasks_active: '0',
      workers_spawned: '2',
      tokens_used: '1120',
      execution_id: id,
    });
    expect(await hashOf(`cortex:workers:${id}:find-1`)).toMatchObject({
      status: 'completed',
      tokens_used: '1100',
      progress: '100',
    });
    expect(await client.call('LLEN', ['cortex:tasks:queue'])).toBe(0);
    const told = JSON.stringify(await client.call('XRANGE', ['cortex:events:system', '-', '+']));
    expect(told.match(/TASK_COMPLETE/g)).toHaveLength(4);
    expect(await client.call('EXISTS', [executionKeys(id).events])).toBe(1);
    small.remove();
  });
});
