import { afterEach, describe, expect, it } from 'vitest';
import { maxConnections } from '../../../src/cluster/kubernetes/api/connections.ts';
import { selfSigned } from '../../support/kubernetes/certificate.ts';
import type { Script } from '../launcher-contract.ts';
import { openFakeWorld, plainAccess, shortTimes, type FakeWorld } from './fake-world.ts';
import { simulatedLife } from './simulated-script.ts';

const work: Script = [['wait', 500], ['leave'], ['exit', 0]];

describe('what a launcher asks of the API server', () => {
  let world: FakeWorld | undefined;
  afterEach(() => world?.remove());

  it('is little: 200 workers over TLS, by kept connections and one watch', async () => {
    const certificate = await selfSigned();
    const opened = await openFakeWorld({
      manner: 'simulated',
      tls: certificate,
      access: ({ url }) => ({ ...plainAccess(url), ca: certificate.cert }),
    });
    world = opened;
    const launcher = opened.launcherWith({
      logs: undefined,
      slots: 200,
      annotations: (request) => simulatedLife(work, request),
    });
    opened.api.resetCounts();
    const names = Array.from({ length: 200 }, (_, index) => `scan-${index}-1`);
    const all = await Promise.all(names.map((name) => launcher.launch(opened.request(name, []))));
    const outcomes = await Promise.all(all.map(({ outcome }) => outcome));
    expect(outcomes.filter(({ kind }) => kind === 'returned')).toHaveLength(200);
    const { connections, requests, total, watches } = opened.api.counts();
    process.stdout.write(`requests of 200 workers: ${JSON.stringify(requests)}, connections: ${connections.opened}\n`);
    expect(requests['create jobs']).toBe(200);
    expect(total).toBeLessThanOrEqual(1.2 * 200);
    expect(watches.opened).toBe(1);
    expect(connections.most).toBeLessThanOrEqual(maxConnections + watches.opened);
    expect(connections.opened).toBeLessThanOrEqual(maxConnections + watches.opened);
  });

  it('loses no result of 600 workers, more than there is room for at once, while it lists and watches', async () => {
    const opened = await openFakeWorld({ manner: 'simulated' });
    world = opened;
    const launcher = opened.launcherWith({
      logs: undefined,
      slots: 600,
      startMs: 60_000,
      times: { ...shortTimes, relistMs: 700, tendMs: 100 },
      annotations: (request) => simulatedLife(work, request),
    });
    const names = Array.from({ length: 600 }, (_, index) => `scan-${index}-1`);
    const all = await Promise.all(names.map((name) => launcher.launch(opened.request(name, []))));
    const outcomes = await Promise.all(all.map(({ outcome }) => outcome));
    expect(outcomes.filter(({ kind }) => kind !== 'returned')).toEqual([]);
    expect(opened.api.verbs.list('pods')).toHaveLength(600);
  });

  it('is spread evenly: no agent has more than one worker more than another', async () => {
    const opened = await openFakeWorld({ manner: 'simulated' });
    world = opened;
    const launcher = opened.launcherWith({
      logs: undefined,
      annotations: (request) => simulatedLife([['wait', 3000], ['leave']], request),
    });
    const names = Array.from({ length: 17 }, (_, index) => `scan-${index}-1`);
    const all = await Promise.all(names.map((name) => launcher.launch(opened.request(name, []))));
    await Promise.all(all.map(({ outcome }) => outcome));
    const nodes = opened.notices.flatMap((each) => (each.of === 'placed' ? [each.node] : []));
    const counts = [...new Set(nodes)].map((node) => nodes.filter((each) => each === node).length);
    expect(nodes.every((node) => node.startsWith('agent-'))).toBe(true);
    expect(counts.toSorted((a, b) => a - b)).toEqual([4, 4, 4, 5]);
  });
});
