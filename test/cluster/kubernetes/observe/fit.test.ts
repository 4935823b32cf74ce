import type { V1Node, V1ResourceQuota, V1Taint } from '@kubernetes/client-node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neverFits } from '../../../../src/cluster/kubernetes/observe/fit.ts';
import { parseQuantity } from '../../../../src/cluster/kubernetes/observe/quantities.ts';
import type { LaunchRequest } from '../../../../src/protocol/attempt.ts';
import { launchRequest } from '../../../support/launch-request.ts';

const request = (change?: Partial<LaunchRequest>): LaunchRequest => launchRequest('scan-secrets-1', change);

const wishes = { nodeSelector: {}, tolerations: [], servers: 'avoid' } as const;
const node = (
  name: string,
  change: { cpu?: string; memory?: string; labels?: object; taints?: V1Taint[]; disk?: string } = {},
): V1Node => ({
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...change.labels } },
  spec: { taints: change.taints ?? [] },
  status: {
    allocatable: {
      cpu: change.cpu ?? '2',
      memory: change.memory ?? '4Gi',
      ...(change.disk === undefined ? {} : { 'ephemeral-storage': change.disk }),
    },
  },
});
const server = node('server-1', { cpu: '64', labels: { 'node-role.kubernetes.io/control-plane': 'true' } });
const tainted = node('gpu-1', { cpu: '64', taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] });
const quota = (hard: Record<string, string>): V1ResourceQuota => ({ metadata: { name: 'workers' }, spec: { hard } });

describe('whether a worker can ever have a place', () => {
  const asks = (millicores: number) => request({ cpuMillicores: millicores });

  it('is left open where a node could take it alone', () => {
    expect(neverFits(asks(2000), wishes, { nodes: [node('agent-1')], quotas: [] })).toBeUndefined();
  });

  it('is denied where no node is large enough, with what it asks and what there is', () => {
    const why = neverFits(asks(2500), wishes, { nodes: [node('agent-1'), node('agent-2', { cpu: '1' })], quotas: [] });
    expect(why).toContain('2500m of cpu');
    expect(why).toContain('of 2 nodes that take workers the largest have 2000m');
  });

  it('does not count servers, tainted nodes and nodes that the plan does not select', () => {
    const nodes = [server, tainted];
    expect(neverFits(asks(100), wishes, { nodes, quotas: [] })).toMatch(/^none of 2 nodes takes it/);
    expect(neverFits(asks(100), { ...wishes, servers: 'allow' }, { nodes, quotas: [] })).toBeUndefined();
    const tolerations = [{ key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' }] as const;
    expect(neverFits(asks(100), { ...wishes, tolerations }, { nodes, quotas: [] })).toBeUndefined();
    const selecting = { ...wishes, nodeSelector: { disk: 'ssd' } };
    expect(neverFits(asks(100), selecting, { nodes: [node('agent-1')], quotas: [] })).toContain('disk=ssd');
  });

  it('does not despair of a node that is down for now', () => {
    const down = node('agent-1', {
      taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }],
    });
    expect(neverFits(asks(100), wishes, { nodes: [down], quotas: [] })).toBeUndefined();
  });

  it('is denied by a quota that is smaller than the worker alone, and named', () => {
    const seen = { nodes: [node('agent-1')], quotas: [quota({ 'requests.cpu': '200m', pods: '4' })] };
    expect(neverFits(asks(250), wishes, seen)).toContain('the quota workers allows 200m (requests.cpu)');
    expect(neverFits(asks(200), wishes, seen)).toBeUndefined();
  });

  it('is not denied by a quota that counts only some pods', () => {
    const scoped: V1ResourceQuota = { spec: { hard: { pods: '0' }, scopes: ['BestEffort'] } };
    expect(neverFits(asks(100), wishes, { nodes: [node('agent-1')], quotas: [scoped] })).toBeUndefined();
  });

  it('is denied where no node has the disk', () => {
    const small = node('agent-1', { disk: '1Gi' });
    const asked = request({ diskBytes: 2 * 1024 ** 3 });
    expect(neverFits(asked, wishes, { nodes: [small], quotas: [] })).toContain('2147483648 of disk');
    expect(neverFits(asked, wishes, { nodes: [node('agent-2')], quotas: [] })).toBeUndefined();
  });

  it('says nothing of nodes that could not be read', () => {
    expect(neverFits(asks(1_000_000), wishes, { nodes: undefined, quotas: [] })).toBeUndefined();
  });
});

describe('a quantity', () => {
  it.each([
    ['250m', 0.25],
    ['1', 1],
    ['1.5', 1.5],
    ['1Gi', 2 ** 30],
    ['512Mi', 512 * 2 ** 20],
    ['1e3', 1000],
    ['2k', 2000],
    ['32873368Ki', 32_873_368 * 1024],
    ['156340n', 156_340e-9],
  ])('%s is %d', (text, expected) => {
    expect(parseQuantity(text)).toBeCloseTo(expected, 12);
  });

  it('is read back as it was written, whatever its size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (bytes) => {
        expect(parseQuantity(String(bytes))).toBe(bytes);
        expect(parseQuantity(`${bytes}Ki`)).toBe(bytes * 1024);
      }),
    );
  });

  it.each(['', 'much', '1Qi', '1 Gi', '--1'])('is none in %j', (text) => {
    expect(parseQuantity(text)).toBeNaN();
  });
});
