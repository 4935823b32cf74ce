import { afterEach, describe, expect, it } from 'vitest';
import { openTransport, type Transport } from '../../../src/cluster/kubernetes/api/transport.ts';
import { findGarbage, removeAll } from '../../../src/cluster/kubernetes/gc/collect.ts';
import { anchorObject } from '../../../src/cluster/kubernetes/spec/anchor.ts';
import { anchorName } from '../../../src/cluster/kubernetes/spec/names.ts';
import { describeCollection } from '../../../src/entry/cluster/describe-garbage.ts';
import { startFakeApi, type FakeApi } from '../../support/kubernetes/fake-api.ts';
import { plainAccess } from './fake-world.ts';

const namespace = 'cortex-workers';
const dayMs = 24 * 3_600_000;

describe('what executions have left in a cluster', () => {
  let api: FakeApi;
  let transport: Transport;
  const open = async (now: () => number = Date.now): Promise<void> => {
    api = await startFakeApi({ manner: 'simulated', now });
    transport = openTransport(plainAccess(api.url), { patienceMs: 300 });
  };
  afterEach(async () => {
    transport.close();
    await api.close();
  });

  /** The anchor of an execution that has to end by then. */
  const anchor = (execution: string, endsAt: number): string => {
    const made = anchorObject({ execution, namespace, repository: 'example/shop', endsAt });
    const name = anchorName(execution);
    const metadata = {
      name,
      namespace,
      labels: { ...made.metadata?.labels },
      annotations: { ...made.metadata?.annotations },
    };
    api.verbs.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    return name;
  };
  const names = (): readonly string[] => api.verbs.list('configmaps', namespace).map(({ metadata }) => metadata.name);

  it.each([
    ['days behind', -3],
    ['days ahead', 3],
  ])('is over by the clock of the cluster, that of this machine may be %s', async (_how, days) => {
    const clusterNow = Date.now() - days * dayMs;
    await open(() => clusterNow);
    const over = anchor('EXECUTION-OVER', clusterNow - 60_000);
    anchor('EXECUTION-RUNS', clusterNow + 60_000);
    const { garbage, kept } = await findGarbage(transport, namespace);
    expect(garbage.map(({ name }) => name)).toEqual([over]);
    expect(kept).toBe(1);
  });

  it('is not judged where the cluster does not say what time it is', async () => {
    await open();
    const timeless: Transport = {
      ...transport,
      send: async (request) => ({ ...(await transport.send(request)), headers: {} }),
    };
    await expect(findGarbage(timeless, namespace)).rejects.toMatchObject({ code: 'kube-no-time', family: 'outside' });
  });

  it('is found by names and labels alone: no content of a Secret comes over', async () => {
    const longAgo = Date.now() - dayMs;
    let now = longAgo;
    await open(() => now);
    const labels = { 'app.kubernetes.io/managed-by': 'cortex', 'cortex.dev/run': '0123456789' };
    const secret = { CORTEX_STORE: 'redis://worker:hunter2@redis.invalid' };
    api.verbs.create('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'cx-left', namespace, labels },
      stringData: secret,
    });
    now = Date.now();
    const heard: string[] = [];
    const listening: Transport = {
      ...transport,
      send: async (request) => {
        const answer = await transport.send(request);
        heard.push(answer.body.toString('utf8'));
        return answer;
      },
    };
    const { garbage } = await findGarbage(listening, namespace);
    expect(garbage).toMatchObject([{ kind: 'Secret', name: 'cx-left' }]);
    expect(heard.join('')).toContain('cx-left');
    expect(heard.join('')).not.toContain(Buffer.from(secret.CORTEX_STORE).toString('base64'));
  });

  it('is removed as far as that goes: what can’t be does not hold up the rest, and is named', async () => {
    await open();
    const all = ['EXECUTION-A', 'EXECUTION-B', 'EXECUTION-C'].map((id) => anchor(id, Date.now() - 60_000)).toSorted();
    const [stubborn = '', ...others] = all;
    api.rights.deny({ verb: 'delete', resource: 'configmaps', name: stubborn });
    const collection = await findGarbage(transport, namespace);
    const remaining = await removeAll(transport, namespace, collection.garbage);
    expect(remaining).toMatchObject([{ item: { name: stubborn }, error: { code: 'kube-forbidden' } }]);
    expect(names()).toEqual([stubborn]);
    const said = describeCollection(collection, { namespace, isDryRun: false, remaining }).split('\n');
    expect(said.find((line) => line.includes(stubborn))).toMatch(/^could not remove ConfigMap .* is forbidden: /);
    for (const other of others) expect(said.find((line) => line.includes(other))).toMatch(/^removed ConfigMap /);
    expect(said.at(-2)).toBe(`3 left over in ${namespace}, 0 executions may still run`);
  });
});
