import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { workerJob, type JobPlace } from '../../../../src/cluster/kubernetes/spec/job.ts';
import { jobName, key } from '../../../../src/cluster/kubernetes/spec/names.ts';
import type { PodWishes } from '../../../../src/cluster/kubernetes/spec/wishes.ts';
import type { LaunchRequest } from '../../../../src/protocol/attempt.ts';
import { launchRequest, plainWishes } from '../../../support/launch-request.ts';

const request = (change?: Partial<LaunchRequest>): LaunchRequest => launchRequest('scan-secrets-1', change);

const place: JobPlace = {
  execution: 'CORTEX-EXEC-2026-11-30-010203',
  namespace: 'cortex-workers',
  owner: { apiVersion: 'v1', kind: 'ConfigMap', name: 'cx-0123456789', uid: 'u', blockOwnerDeletion: false },
  wishes: plainWishes,
  program: { object: 'cx-0123456789-worker-aa', sha256: 'a'.repeat(64) },
  secret: 'cx-0123456789-store-bb',
  startMs: 600_000,
  endsAt: Date.parse('2026-11-30T02:00:00Z'),
  now: Date.parse('2026-11-30T01:00:00Z'),
};

const hashOf = (each: LaunchRequest, where: JobPlace = place): string =>
  workerJob(each, where).metadata?.annotations?.[key.spec] ?? '';
const podOf = (each: LaunchRequest, where: JobPlace = place) => workerJob(each, where).spec?.template.spec;
const wishing = (change: Partial<PodWishes>): JobPlace => ({ ...place, wishes: { ...plainWishes, ...change } });

describe('the name of a Job', () => {
  const slug = fc.stringMatching(/^[a-z0-9](?:-?[a-z0-9]){0,30}$/);

  it('is one that Kubernetes takes, with room for what is added to it', () => {
    fc.assert(
      fc.property(fc.string(), slug, fc.integer({ min: 1, max: 99 }), (execution, task, attempt) => {
        const name = jobName(execution, { task, attempt });
        expect(name).toMatch(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/);
        expect(name.length).toBeLessThanOrEqual(52);
      }),
    );
  });

  it('is a function of execution, task and attempt, and differs where one of them does', () => {
    const task = 'scan-secrets-in-configuration';
    expect(jobName('A', { task, attempt: 1 })).toBe(jobName('A', { task, attempt: 1 }));
    const others = [
      jobName('B', { task, attempt: 1 }),
      jobName('A', { task, attempt: 2 }),
      // The same first twenty characters.
      jobName('A', { task: 'scan-secrets-in-configuration-files', attempt: 1 }),
    ];
    expect(new Set([jobName('A', { task, attempt: 1 }), ...others]).size).toBe(4);
  });
});

describe('the hash of a Job', () => {
  it('is the same for two processes, each of which has a password of its own for its workers', () => {
    expect(hashOf(request(), { ...place, secret: 'cx-0123456789-store-cc' })).toBe(hashOf(request()));
  });

  it.each<readonly [string, Partial<LaunchRequest>]>([
    ['task document', { document: 'f'.repeat(64) }],
    ['time limit', { timeoutMs: 61_000 }],
    ['memory', { memoryBytes: 1024 ** 3 }],
    ['processors', { cpuMillicores: 500 }],
    ['image', { image: 'registry.example/node@sha256:00' }],
    ['node', { node: 'agent-2' }],
  ])('changes with the %s', (_what, change) => {
    expect(hashOf(request(change))).not.toBe(hashOf(request()));
  });

  it('is the same for whoever launches it later, with less time left', () => {
    const late = { ...place, now: place.endsAt - 60_000 };
    expect(workerJob(request(), late).spec?.activeDeadlineSeconds).toBe(60);
    expect(hashOf(request(), late)).toBe(hashOf(request()));
  });

  it('changes with the program', () => {
    const other = { ...place, program: { ...place.program, sha256: 'b'.repeat(64) } };
    expect(hashOf(request(), other)).not.toBe(hashOf(request()));
  });
});

describe('the Job of a worker', () => {
  it('is bounded by the cluster: a deadline beyond waiting and work, a time to live, an owner', () => {
    const { spec, metadata } = workerJob(request({ timeoutMs: 90_500 }), place);
    expect(spec?.activeDeadlineSeconds).toBeGreaterThanOrEqual(600 + 91);
    expect(spec?.activeDeadlineSeconds).toBeLessThanOrEqual(600 + 91 + 120);
    expect(spec?.ttlSecondsAfterFinished).toBeGreaterThan(0);
    expect(metadata?.ownerReferences).toEqual([place.owner]);
    expect(spec?.backoffLimit).toBe(0);
  });

  it('does not outlive its execution, however long it might wait', () => {
    const late = { ...place, now: place.endsAt - 90_500 };
    expect(workerJob(request(), late).spec?.activeDeadlineSeconds).toBe(90);
    const over = { ...place, now: place.endsAt + 1000 };
    expect(workerJob(request(), over).spec?.activeDeadlineSeconds).toBe(1);
  });

  it('bounds the pod too, though not before the launcher does', () => {
    expect(podOf(request({ timeoutMs: 1000 }))?.activeDeadlineSeconds).toBeGreaterThan(1);
  });

  it('keeps the heap of the worker below its memory limit', () => {
    const args = podOf(request({ memoryBytes: 400 * 1024 * 1024 }))?.containers[0]?.args;
    expect(args).toEqual(['--max-old-space-size=300', '/cortex/start.mjs']);
  });

  it('takes the store’s address from the Secret alone', () => {
    const text = JSON.stringify(workerJob(request(), place));
    const fromSecret = podOf(request())?.containers[0]?.env?.filter(({ valueFrom }) => valueFrom !== undefined);
    expect(fromSecret).toEqual([
      { name: 'CORTEX_STORE', valueFrom: { secretKeyRef: { name: place.secret, key: 'CORTEX_STORE' } } },
    ]);
    expect(text).not.toMatch(/redis:|TOKEN/);
  });

  it('spreads over nodes that take workers, by what the plan says, or not at all', () => {
    const [spread] = podOf(request())?.topologySpreadConstraints ?? [];
    expect(spread).toMatchObject({ topologyKey: 'kubernetes.io/hostname', maxSkew: 1, nodeTaintsPolicy: 'Honor' });
    expect(podOf(request(), wishing({ spread: 'zone' }))?.topologySpreadConstraints?.[0]?.topologyKey).toBe(
      'topology.kubernetes.io/zone',
    );
    expect(podOf(request(), wishing({ spread: 'none' }))?.topologySpreadConstraints).toBeUndefined();
  });

  it('stays off the servers, unless the plan allows them', () => {
    const avoids = JSON.stringify(podOf(request())?.affinity);
    expect(avoids).toContain('node-role.kubernetes.io/control-plane');
    expect(podOf(request(), wishing({ servers: 'allow' }))?.affinity).toBeUndefined();
  });

  it('goes to the node that the plan names', () => {
    expect(JSON.stringify(podOf(request({ node: 'agent-3' }))?.affinity)).toContain('"values":["agent-3"]');
  });

  it('waits in a queue of Kueue where the plan names one', () => {
    const job = workerJob(request(), wishing({ queue: 'night' }));
    expect(job.spec?.suspend).toBe(true);
    expect(job.metadata?.labels?.['kueue.x-k8s.io/queue-name']).toBe('night');
    expect(workerJob(request(), place).spec?.suspend).toBeUndefined();
  });

  it('carries classes, selectors and tolerations of the plan', () => {
    const toleration = { key: 'gpu', operator: 'Equal', value: 'no', effect: 'NoSchedule' } as const;
    const pod = podOf(
      request(),
      wishing({
        priorityClass: 'low',
        runtimeClass: 'gvisor',
        nodeSelector: { disk: 'ssd' },
        tolerations: [toleration],
      }),
    );
    expect(pod).toMatchObject({ priorityClassName: 'low', runtimeClassName: 'gvisor', nodeSelector: { disk: 'ssd' } });
    expect(pod?.tolerations).toContainEqual(toleration);
  });
});
