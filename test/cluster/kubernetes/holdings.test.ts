import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobName } from '../../../src/cluster/kubernetes/spec/names.ts';
import type { Outcome } from '../../../src/protocol/attempt.ts';
import type { Script } from '../launcher-contract.ts';
import { launcherOptions, openFakeWorld, type FakeWorld } from './fake-world.ts';

const work: Script = [['leave'], ['exit', 0]];
const returned = { kind: 'returned', envelope: { worker: 'scan-1' } };
const namespace = 'cortex-workers';

describe('what an execution needs in the cluster', () => {
  let world: FakeWorld;
  beforeEach(async () => {
    world = await openFakeWorld();
  });
  afterEach(() => world.remove());

  const run = async (): Promise<Outcome> =>
    (await world.launcher.launch(world.request('scan-1', work, { timeoutMs: 60_000 }))).outcome;
  const named = (plural: 'configmaps' | 'secrets' | 'jobs'): readonly string[] =>
    world.api.verbs.list(plural, namespace).map(({ metadata }) => metadata.name);
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  it.each([
    ['its anchor', 'configmaps', 0],
    ['its program', 'configmaps', 1],
    ['its secret', 'secrets', 0],
    ['its Job', 'jobs', 0],
  ] as const)(
    'is asked for again where a quota changed while %s was made (409 Conflict): nothing is taken for made',
    async (_what, plural, before) => {
      const rule = { verb: 'create', path: new RegExp(`/${plural}$`) };
      if (before > 0) world.api.faults.next({ pieces: 1, everyMs: 1 }, { ...rule, times: before });
      world.api.faults.next({ status: 409 }, { ...rule, times: 2 });
      expect(await run()).toMatchObject(returned);
      expect(world.api.faults.served()).toBe(before + 2);
      expect(world.api.counts().requests[`create ${plural}`]).toBe(plural === 'configmaps' ? 4 : 3);
      const isSaid = world.notices.some((notice) => notice.of === 'waiting' && notice.reason === 'quota');
      // Its worker waits for its Job alone; what comes before that is made for all.
      expect(isSaid).toBe(plural === 'jobs');
      expect([named('configmaps').length, named('secrets').length, named('jobs').length]).toEqual([2, 1, 1]);
    },
  );

  it.each([
    ['its anchor', 'count/configmaps', '0'],
    ['its program', 'count/configmaps', '1'],
    ['its secret', 'count/secrets', '0'],
  ])('waits where a quota has no room for %s (403), and is made once there is', async (_what, key, room) => {
    const place = { namespace, name: 'objects' };
    world.api.verbs.create('resourcequotas', {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: place,
      spec: { hard: { [key]: room } },
    });
    const running = run();
    await pause(700);
    expect(named('jobs')).toEqual([]);
    world.api.verbs.remove('resourcequotas', place);
    expect(await running).toMatchObject(returned);
  });

  it.each(['configmaps', 'secrets'] as const)(
    'is not taken over from an anchor that is gone: what is left of it in %s is waited for, and made anew',
    async (plural) => {
      const stranger = world.api.verbs.create('configmaps', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'earlier-anchor', namespace },
      });
      // What an earlier launcher of the same execution has made, as if for an anchor that has been deleted since.
      const first = await world.launcher.launch(world.request('other-1', work));
      await first.outcome;
      const content = world.api.verbs
        .list(plural, namespace)
        .find(({ metadata }) => /-(?:worker|store)-/.test(metadata.name));
      const place = { namespace, name: content?.metadata.name ?? '' };
      const { apiVersion, kind, metadata } = stranger;
      const owner = { apiVersion, kind, name: metadata.name, uid: metadata.uid };
      world.api.verbs.patch(plural, place, { metadata: { ownerReferences: [owner] } });
      const second = world.another().launch(world.request('scan-1', work));
      await pause(800);
      expect(named('jobs')).not.toContain(jobName(launcherOptions('').execution, { task: 'scan', attempt: 1 }));
      world.api.verbs.remove('configmaps', { namespace, name: 'earlier-anchor' });
      expect(await (await second).outcome).toMatchObject(returned);
      const made = world.api.verbs.read(plural, place);
      expect(made.metadata.uid).not.toBe(content?.metadata.uid);
    },
  );
});
