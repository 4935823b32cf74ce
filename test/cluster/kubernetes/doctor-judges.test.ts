import type { V1Node, V1ResourceQuota } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { limitsCheck, quotaCheck } from '../../../src/cluster/kubernetes/doctor/room.ts';
import { podSecurityCheck } from '../../../src/cluster/kubernetes/doctor/namespace.ts';
import { imageChecks, kubeletCheck, placesCheck, readyCheck } from '../../../src/cluster/kubernetes/doctor/nodes.ts';
import { clockCheck, versionCheck } from '../../../src/cluster/kubernetes/doctor/server.ts';
import { allTasks, type Plan } from '../../../src/plan/plan.ts';
import { planWith } from './doctor-ground.ts';

interface NodeShape {
  readonly ready?: boolean;
  readonly server?: boolean;
  readonly cordoned?: boolean;
  readonly cpu?: string;
  readonly kubelet?: string;
  readonly images?: readonly string[];
}

function node(name: string, shape: NodeShape = {}): V1Node {
  const { ready = true, server = false, cordoned = false, cpu = '8', kubelet = 'v1.36.1', images = [] } = shape;
  return {
    metadata: { name, labels: server ? { 'node-role.kubernetes.io/control-plane': 'true' } : {} },
    spec: cordoned ? { unschedulable: true } : {},
    status: {
      allocatable: { cpu, memory: '32Gi' },
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }],
      nodeInfo: { kubeletVersion: kubelet } as never,
      images: [{ names: [...images] }],
    },
  };
}

const places = (nodes: readonly V1Node[], plan: Plan = planWith()): string => {
  const [line] = placesCheck(nodes, plan.cluster, allTasks(plan));
  return `${line?.ok} ${line?.seen}`;
};

describe('the check of nodes', () => {
  const plan = planWith((spec) => (spec['cluster'] = { nodes: { ready: 2 } }));

  it.for([
    ['as many as expected', [node('a'), node('b')], true],
    ['one too few', [node('a')], false],
    ['one that is not Ready', [node('a'), node('b', { ready: false })], false],
  ] as const)('is about those that are Ready: %s', ([, nodes, ok]) => {
    expect(readyCheck(nodes, plan.cluster).ok).toBe(ok);
  });

  it('names those that are not Ready, and what tells more of the first', () => {
    const line = readyCheck([node('a'), node('b', { ready: false })], plan.cluster);
    expect(line).toMatchObject({
      seen: '1 of 2 Ready; not Ready: b',
      remedy: expect.stringContaining('describe node b'),
    });
  });

  it('needs one where the plan says nothing', () => {
    expect(readyCheck([], planWith().cluster).ok).toBe(false);
  });
});

describe('the check of places', () => {
  it('counts agents that may be used, and says that servers are avoided', () => {
    const nodes = [node('s', { server: true }), node('a'), node('b', { cordoned: true }), node('c', { ready: false })];
    expect(places(nodes)).toBe('true 1 take workers (a); 1 servers, which the plan avoids');
  });

  it('fails where all nodes are servers, and says how they may be used', () => {
    const servers = [node('s', { server: true })];
    const [line] = placesCheck(servers, planWith().cluster, []);
    expect(line).toMatchObject({ ok: false, remedy: expect.stringContaining('servers: allow') });
    const allowing = planWith((spec) => (spec['cluster'] = { servers: 'allow' }));
    expect(places(servers, allowing)).toContain('true 1 take workers (s)');
  });

  it('fails where a worker fits on no node, and names it', () => {
    // The default of an implementation worker is half a processor, of the others a quarter.
    expect(places([node('a', { cpu: '300m' })])).toMatch(/^false .*no place for improve:/);
    expect(places([node('a', { cpu: '500m' })])).toMatch(/^true /);
  });
});

describe('the check of versions', () => {
  it.for([
    ['v1.34.0+k3s1', false],
    ['v1.36.3', false],
    ['v1.33.9', true],
    ['v1.37.0', true],
    ['unknown', true],
  ] as const)('takes %s, with a remark: %s', ([version, isRemarked]) => {
    const line = versionCheck({ version });
    expect([line.ok, line.remedy !== undefined]).toEqual([true, isRemarked]);
  });

  it.for([
    ['v1.36.3', undefined],
    ['v1.33.0', undefined],
    ['v1.32.0', 'behind'],
    ['v1.37.0', 'ahead'],
  ] as const)('of kubelets: %s beside 1.36', ([kubelet, wrong]) => {
    const line = kubeletCheck([node('a', { kubelet })], 'v1.36.3');
    expect([line.ok, line.remedy !== undefined]).toEqual([true, wrong !== undefined]);
  });

  it('does not know of kubelets that say no version of Kubernetes', () => {
    expect(kubeletCheck([node('a', { kubelet: 'kwok-0.8.0' })], 'v1.36.3').ok).toBeNull();
  });
});

describe('the check of clocks', () => {
  const check = (aheadMs: number | undefined): boolean | null =>
    clockCheck('clock', { aheadMs, than: 'this machine', fails: true }).ok;

  it('allows five seconds either way', () => {
    expect([check(5000), check(-5000), check(5001), check(-5001)]).toEqual([true, true, false, false]);
  });

  it('does not know of a clock that is not told', () => {
    expect(check(undefined)).toBeNull();
  });
});

describe('the check of images', () => {
  it.for([
    ['node:24-bookworm', 'docker.io/library/node:24-bookworm', true],
    ['registry.example/team/node:1', 'registry.example/team/node:1', true],
    ['node:24-bookworm', 'docker.io/library/node:24', null],
    ['node:24', 'docker.io/library/other-node:24', null],
  ] as const)('knows %s on a node that has %s: %s', ([wanted, has, ok]) => {
    expect(imageChecks([node('a', { images: [has] })], [wanted]).map((line) => line.ok)).toEqual([ok]);
  });
});

describe('the check of Pod Security', () => {
  const prefix = 'pod-security.kubernetes.io/enforce';
  it.for([
    ['restricted, pinned', { [prefix]: 'restricted', [`${prefix}-version`]: 'v1.34' }, true, false],
    ['restricted of whatever version', { [prefix]: 'restricted' }, true, true],
    ['none', {}, true, true],
    ['baseline', { [prefix]: 'baseline', [`${prefix}-version`]: 'v1.34' }, false, true],
    ['privileged', { [prefix]: 'privileged' }, false, true],
  ] as const)('judges %s', ([, labels, ok, isRemarked]) => {
    const line = podSecurityCheck({ metadata: { name: 'cortex-workers', labels: { ...labels } } });
    expect([line.ok, line.remedy !== undefined]).toEqual([ok, isRemarked]);
  });
});

describe('the check of quotas', () => {
  const quota = (hard: Record<string, string>, used: Record<string, string> = {}): V1ResourceQuota => ({
    metadata: { name: 'workers' },
    spec: { hard },
    status: { hard, used },
  });
  // Three tasks: 250m, 250m and 500m of processor, 512 MiB, 512 MiB and 1 GiB.
  const plan = planWith((spec) => (spec['parallel'] = { workers: 3 }));
  const check = (...quotas: readonly V1ResourceQuota[]): ReturnType<typeof quotaCheck> =>
    quotaCheck(quotas, { wishes: plan.cluster, tasks: allTasks(plan), parallel: 3 });

  it('is met without a quota, and where all parallel workers have room', () => {
    expect(check()).toMatchObject({ ok: true, seen: 'none in cortex-workers' });
    expect(check(quota({ 'requests.cpu': '1' }))).toMatchObject({ ok: true, seen: 'room for 3 workers now' });
  });

  it('fails where a worker can never have room, and names it', () => {
    const line = check(quota({ 'requests.memory': '900Mi' }));
    expect(line).toMatchObject({ ok: false, seen: expect.stringContaining('never any room for improve') });
  });

  it('remarks that workers wait where not all fit at one time, counted with the largest first', () => {
    const line = check(quota({ 'requests.cpu': '700m' }));
    expect(line).toMatchObject({
      ok: true,
      seen: expect.stringMatching(/^room for 1 workers now, for 1 when it is empty/),
    });
    expect(line.remedy).toContain('parallel');
  });

  it('remarks that workers wait for others that are there now', () => {
    const line = check(quota({ pods: '10' }, { pods: '9' }));
    const seen = 'room for 1 workers now, for 3 when it is empty: workers allows 10 of pods, 9 of it used';
    expect(line).toMatchObject({ ok: true, seen, remedy: expect.stringContaining('until others end') });
  });
});

describe('the check of limits', () => {
  const limits = (type: string, max: Record<string, string>, min: Record<string, string> = {}): string => {
    const line = limitsCheck([{ spec: { limits: [{ type, max, min }] } }], allTasks(planWith()));
    return `${line.ok} ${line.seen}`;
  };

  it('is met by workers within them', () => {
    expect(limits('Container', { memory: '1Gi' })).toBe('true each worker keeps them');
  });

  it('names the worker that asks for more, or for less', () => {
    expect(limits('Container', { memory: '512Mi' })).toBe(
      'false improve: it asks for 1 GiB of memory, and a Container may have at most 512Mi',
    );
    expect(limits('Pod', {}, { cpu: '300m' })).toContain('at least 300m');
  });
});
