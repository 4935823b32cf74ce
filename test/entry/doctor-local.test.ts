import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { parseStoreAddress } from '../../src/coordination/redis/address.ts';
import { connectRedis } from '../../src/coordination/redis/client.ts';
import { nodeCheck, oldestNode } from '../../src/entry/doctor/machine.ts';
import { renderSections, wrap } from '../../src/entry/doctor/render.ts';
import { freePort, hasEngine, startServer, type StoreServer } from '../support/redis-servers.ts';
import { scratchRepository } from '../support/scratch-repository.ts';
import { smallPlan } from '../support/small-plan.ts';
import { shippedPlan } from '../support/plans.ts';
import { doctorWorld, type DoctorWorld } from './doctor-world.ts';

describe('cortex doctor on a machine without a cluster', () => {
  let world: DoctorWorld;
  beforeAll(() => {
    world = doctorWorld();
  });
  afterAll(() => world.remove());

  it('finds nothing that fails, and says that no cluster and no store were asked', async () => {
    const { code, failed, line } = await world.diagnose(['--plan', world.plan()]);
    expect({ code, failed }).toEqual({ code: 0, failed: [] });
    expect([line('cluster')?.ok, line('store')?.ok, line('catalog')?.ok, line('github')?.ok]).toEqual(
      Array(4).fill(null),
    );
  });

  it('says of the plan what it may spend, and what its models cost', async () => {
    const { line } = await world.diagnose(['--plan', world.file('full.yaml', shippedPlan('full-orchestration'))]);
    expect(line('plan')?.seen).toContain('7 masters');
    expect(line('budget')?.seen).toContain('2,950,000 tokens');
    expect(line('model')).toMatchObject({ ok: null, seen: expect.stringContaining('ANTHROPIC_API_KEY is not set') });
  });

  it('fails over a plan that may not run, names the first place, and goes on with the defaults', async () => {
    const broken = world.plan((spec) => (spec['deadlin'] = '60m'));
    const { code, failed, line } = await world.diagnose(['--plan', broken]);
    expect({ code, failed }).toEqual({ code: 2, failed: ['plan'] });
    expect(line('plan')?.seen).toMatch(/plan-\d+\.yaml: 1 error \d+:\d+ .*deadlin/);
    expect(line('plan')?.remedy).toContain('cortex validate');
    expect(line('model')?.ok).toBeNull();
  });

  it('fails over a plan that is not there', async () => {
    const { code, failed } = await world.diagnose(['--plan', `${world.folder}/none.yaml`]);
    expect({ code, failed }).toEqual({ code: 2, failed: ['plan'] });
  });

  it('looks at the repository that is named, and fails where it is none', async () => {
    const repository = scratchRepository({ 'plan.yaml': smallPlan });
    const good = await world.diagnose(['--target', repository.directory]);
    expect(good.failed).toEqual([]);
    expect(good.line('repository')?.seen).toContain(repository.git('rev-parse', 'HEAD').slice(0, 12));
    repository.remove();
    expect(await world.diagnose(['--target', world.folder])).toMatchObject({ code: 2, failed: ['repository'] });
    expect(await world.diagnose(['--target', repository.directory])).toMatchObject({ code: 2, failed: ['repository'] });
  });

  it('fails where a cluster is asked for and there is no way in, and where one is named that is not there', async () => {
    const asked = await world.diagnose(['--launcher', 'kubernetes']);
    expect(asked).toMatchObject({ code: 2, failed: ['way in', 'store'] });
    const named = await world.diagnose(['--kubeconfig', `${world.folder}/none`]);
    expect(named).toMatchObject({ code: 2, failed: ['way in'] });
    expect(await world.diagnose(['--kubeconfig', `${world.folder}/none`, '--launcher', 'process'])).toMatchObject({
      code: 0,
      failed: [],
    });
  });

  it('refuses a launcher that there is not', async () => {
    await expect(world.diagnose(['--launcher', 'nomad'])).rejects.toMatchObject({ code: 'bad-launcher' });
  });

  it('ends with 1 where only the world outside did not answer', async () => {
    const store = `redis://127.0.0.1:${await freePort()}`;
    const { code, failed } = await world.diagnose(['--store', store, '--store-timeout', '300ms']);
    expect({ code, failed }).toEqual({ code: 1, failed: ['store'] });
  });

  it('ends with 2 where the address of the store is wrong', async () => {
    expect(await world.diagnose(['--store', 'redis://'])).toMatchObject({ code: 2, failed: ['store'] });
  });

  it('shows all of it in lines of 100 characters, with no colour, and no stack', async () => {
    const text = await world.show(['--launcher', 'kubernetes', '--plan', world.plan()]);
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(text).toContain('  ✗ way in');
    expect(text).toContain('→ ');
    expect(text).not.toContain('\u001b');
    expect(text).not.toMatch(/^\s+at .*\.ts/m);
    expect(text).toMatch(/\d+ checks: \d+ met, 0 to look at, 2 failed, \d+ not known\n$/);
  });

  it('keeps a password to itself', async () => {
    const store = `redis://:correct-horse-battery@127.0.0.1:${await freePort()}`;
    const environment = { store, secrets: ['correct-horse-battery'] };
    const text = await world.show(['--store-timeout', '200ms'], environment);
    expect(text).toContain('✗ store');
    expect(text).not.toContain('correct-horse-battery');
  });
});

describe.skipIf(!hasEngine('redis'))('cortex doctor before a store', () => {
  let world: DoctorWorld;
  let server: StoreServer;
  beforeAll(async () => {
    world = doctorWorld();
    server = await startServer('redis');
  });
  afterAll(async () => {
    await server.remove();
    world.remove();
  });

  it('says what it is, how long it takes, that it keeps what it is given, and what workers may there', async () => {
    const { failed, line } = await world.diagnose(['--store', server.url]);
    expect(failed).toEqual([]);
    expect(line('store')?.seen).toMatch(/Redis \d+\.\d+.*PING [\d.]+ ms/);
    expect(line('storage of results')?.ok).toBe(true);
    expect(line("workers' rights")?.seen).toContain('as a user of this execution');
    const client = await connectRedis(parseStoreAddress(server.url));
    // The user that was made for workers, to see whether it can be, is gone again.
    expect(await client.call('ACL', ['USERS'])).toEqual(['default']);
    expect(await client.call('DBSIZE', [])).toBe(0);
    await client.close();
  });

  it('fails over an address that pods would take for themselves', async () => {
    const flags = ['--store', server.url, '--launcher', 'kubernetes'];
    expect((await world.diagnose(flags)).failed).toEqual(['way in', 'store for pods']);
    const workerStore = 'redis://worker:some-password@redis.cortex-system.svc:6379';
    const told = await world.diagnose(flags, { workerStore });
    expect(told.failed).toEqual(['way in']);
    expect(told.line('store for pods')?.seen).toContain('redis.cortex-system.svc:6379');
    expect(told.line('store for pods')?.seen).not.toContain('some-password');
  });

  it('fails over a server that keeps nothing over a restart, or makes room by removing keys', async () => {
    const args = ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'];
    const careless = await startServer('redis', { appendOnly: false, args });
    const { code, failed } = await world.diagnose(['--store', careless.url]);
    await careless.remove();
    expect({ code, failed }).toEqual({ code: 2, failed: ['storage of results', 'memory of the store'] });
  });
});

describe('the check of Node', () => {
  it('knows the version that package.json asks for', () => {
    expect(manifest.engines.node).toBe(`>=${oldestNode}`);
  });

  it.for([
    ['20.18.3', false],
    ['18.20.0', false],
    ['20.19.0', true],
    ['24.21.0', true],
  ] as const)('judges %s: %s', ([version, ok]) => {
    expect(nodeCheck(version).ok).toBe(ok);
  });
});

describe('the text of a doctor', () => {
  it('breaks lines at blanks, and words that are longer than a line', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl']);
  });

  it('tells by signs what failed, what to look at and what is not known, and obeys no control characters', () => {
    const needed = 'x';
    const lines = [
      { check: 'a', ok: true, seen: 'fine', needed },
      { check: 'b', ok: true, seen: 'odd', needed, remedy: 'look' },
      { check: 'c', ok: false, seen: 'bad\u001b[2J', needed, remedy: 'mend' },
      { check: 'd', ok: null, seen: 'who knows', needed: 'nothing' },
    ];
    const text = renderSections([{ title: 'T', lines }], { columns: 80, color: false });
    expect(text.split('\n')).toEqual([
      'T',
      '  ✓ a  fine (needed: x)',
      '  ! b  odd (needed: x)',
      '       → look',
      '  ✗ c  bad[2J (needed: x)',
      '       → mend',
      '  – d  who knows',
      '',
      '4 checks: 1 met, 1 to look at, 1 failed, 1 not known',
      '',
    ]);
  });
});
