import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openingEvents, routePlan } from '../../src/entry/run/start.ts';
import { localDoors } from '../../src/entry/run/doors.ts';
import type { RedisStore } from '../../src/coordination/redis/redis-store.ts';
import { sha256 } from '../../src/shared/canonical.ts';
import type { CliOutcome } from '../support/cli.ts';
import { newEvent } from '../support/events.ts';
import { changedPlan, validPlan } from '../support/plans.ts';
import { redisWorld } from '../support/redis-worlds.ts';
import { freshId } from '../support/shared-run.ts';
import { stores } from '../support/stores.ts';
import { clusterWorld, type ClusterWorld } from './cluster-world.ts';

const head = { repository: 'example/shop', commit: 'c'.repeat(40) };

describe.each(stores().slice(0, 1))('cortex run --cancel, over a cluster and a store ($name)', ({ url }) => {
  const redis = redisWorld();
  let world: ClusterWorld;
  let id = '';
  beforeAll(async () => {
    world = await clusterWorld();
  });
  afterAll(async () => {
    await world.remove();
    await redis.close();
  });
  beforeEach(() => {
    id = freshId();
  });
  const denied: (() => void)[] = [];
  afterEach(() => {
    for (const allow of denied.splice(0)) allow();
  });

  const forbid = (denial: Parameters<ClusterWorld['api']['rights']['deny']>[0]): void =>
    void denied.push(world.api.rights.deny(denial));
  const cancel = (...flags: readonly string[]): Promise<CliOutcome> =>
    world.cortex(['run', '--cancel', id, '--launcher', 'kubernetes', '--store', url, ...flags]);
  /** The execution in the store, of a plan whose workers are in that namespace. */
  const begin = async (namespace: string): Promise<RedisStore> => {
    const text = changedPlan((spec) => (spec['cluster'] = { namespace }));
    const { plan } = validPlan(text);
    const store = await redis.open({ client: await redis.connect(url), id, mode: 'new' });
    const blob = await store.putBlob(text);
    const facts = { name: plan.name, file: 'plan.yaml', digest: sha256(text), blob };
    const doors = { ...localDoors, redis: true, cluster: true };
    await store.append([...openingEvents({ routed: routePlan(plan), plan: facts, head, doors, simulated: false })]);
    return store;
  };
  const isCancelled = async (store: RedisStore): Promise<boolean> =>
    (await store.read()).some(({ type }) => type === 'execution.cancelled');

  it('tells the store, and clears the namespace that the plan in the store names', async () => {
    const namespace = 'team-workers';
    world.api.verbs.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const store = await begin(namespace);
    world.anchor(id, { namespace });
    const { code, stdout, stderr } = await cancel();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`${id} is cancelled`);
    expect(stdout).toContain(`its workers and objects in ${namespace} are being removed`);
    expect(world.anchors(namespace)).toEqual([]);
    expect(await isCancelled(store)).toBe(true);
  });

  it('refuses a launcher that there is not, before it tells anybody', async () => {
    const store = await begin('cortex-workers');
    const { code, stderr } = await world.cortex(['run', '--cancel', id, '--launcher', 'kubernets', '--store', url]);
    expect(code).toBe(2);
    expect(stderr).toContain('--launcher expects process or kubernetes, found "kubernets"');
    expect(await isCancelled(store)).toBe(false);
  });

  it('clears the namespace that a flag names, whatever the plan says', async () => {
    await begin('cortex-workers');
    world.anchor(id, { namespace: 'catalog-system' });
    const { code, stdout } = await cancel('--namespace', 'catalog-system');
    expect(code).toBe(0);
    expect(stdout).toContain('objects in catalog-system are being removed');
    expect(world.anchors('catalog-system')).toEqual([]);
  });

  it('clears the cluster also where the store does not know the execution, and says both', async () => {
    world.anchor(id);
    const { code, stdout, stderr } = await cancel();
    expect(code).toBe(2);
    expect(stdout).toContain('its workers and objects in cortex-workers are being removed');
    expect(stderr).toContain(`The store does not know ${id}`);
    expect(world.anchors()).toEqual([]);
  });

  it('clears the cluster also where the execution has ended in the store', async () => {
    const store = await begin('cortex-workers');
    await store.append([newEvent('execution.ended', { status: 'complete', exitCode: 0, reason: 'all is done' })]);
    world.anchor(id);
    const { code, stdout, stderr } = await cancel();
    expect(code).toBe(2);
    expect(stdout).toContain('its workers and objects in cortex-workers are being removed');
    expect(stderr).toContain(`${id} has ended already: complete`);
    expect(world.anchors()).toEqual([]);
  });

  it('tells the store also where the cluster may not be cleared, and says both', async () => {
    const store = await begin('cortex-workers');
    const name = world.anchor(id);
    forbid({ verb: 'delete', resource: 'configmaps', name });
    const { code, stdout, stderr } = await cancel();
    expect(code).toBe(2);
    expect(stdout).toContain(`${id} is cancelled`);
    expect(stderr).toContain(`configmaps "${name}" is forbidden`);
    expect(await isCancelled(store)).toBe(true);
  });

  it('says what both have against it where neither can be told', async () => {
    const name = world.anchor(id);
    forbid({ verb: 'delete', resource: 'configmaps', name });
    const { code, stderr } = await cancel();
    expect(code).toBe(2);
    expect(stderr).toContain(`The store does not know ${id}`);
    expect(stderr).toContain(`configmaps "${name}" is forbidden`);
  });

  it('says that the cluster has nothing of it', async () => {
    await begin('cortex-workers');
    const { code, stdout } = await cancel();
    expect(code).toBe(0);
    expect(stdout).toContain('there is nothing of it in cortex-workers');
  });
});
