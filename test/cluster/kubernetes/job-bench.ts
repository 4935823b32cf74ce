import { expect } from 'vitest';
import type { ApiUnderTest, Loose } from './api-under-test.ts';

export const core = '/api/v1/namespaces/cortex-workers';
export const batch = '/apis/batch/v1/namespaces/cortex-workers';

export interface JobShape {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: object;
  readonly pod?: object;
  readonly requests?: Readonly<Record<string, string>>;
  readonly owner?: Loose | undefined;
}

export function job(name: string, { annotations = {}, spec = {}, pod = {}, requests, owner }: JobShape): object {
  const refs = owner
    ? [{ apiVersion: 'v1', kind: 'ConfigMap', name: owner.metadata?.name, uid: owner.metadata?.uid }]
    : undefined;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels: { suite: 'jobs' }, ...(refs ? { ownerReferences: refs } : {}) },
    spec: {
      backoffLimit: 0,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          { action: 'FailJob', onExitCodes: { containerName: 'worker', operator: 'In', values: [64, 65] } },
          { action: 'FailJob', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        ],
      },
      ...spec,
      template: {
        metadata: { annotations },
        spec: {
          restartPolicy: 'Never',
          containers: [{ name: 'worker', image: 'node:24', ...(requests ? { resources: { requests } } : {}) }],
          ...pod,
        },
      },
    },
  };
}

export interface Told {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** Makes Jobs, and reads what became of them. */
export interface JobBench {
  readonly make: (name: string, shape?: JobShape) => Promise<Loose>;
  readonly pods: (name: string) => Promise<readonly Loose[]>;
  /** The code of reading it: 404 once it is gone. */
  readonly code: (name: string) => Promise<number>;
  readonly running: (name: string) => Promise<void>;
  readonly gone: (name: string) => Promise<void>;
  readonly conditions: (name: string) => Promise<readonly Told[]>;
  /** Its last two conditions: that it is about to end, and that it has ended. */
  readonly ending: (name: string) => Promise<readonly Told[]>;
  readonly events: (name: string, reason: string) => Promise<readonly string[]>;
}

export function jobBench(api: () => ApiUnderTest): JobBench {
  const make = async (name: string, shape: JobShape = {}): Promise<Loose> => {
    const { code, body } = await api().send('POST', `${batch}/jobs`, { body: job(name, shape) });
    expect(code).toBe(201);
    return body;
  };
  const pods = async (name: string): Promise<readonly Loose[]> =>
    (await api().send('GET', `${core}/pods?labelSelector=job-name%3D${name}`)).body.items ?? [];
  const conditions = async (name: string): Promise<readonly Told[]> => {
    const { body } = await api().send('GET', `${batch}/jobs/${name}`);
    return (body['status'] as { conditions?: Told[] } | undefined)?.conditions ?? [];
  };
  const ending = async (name: string): Promise<readonly Told[]> => {
    const isOver = async (): Promise<boolean> =>
      (await conditions(name)).some(({ type, status }) => /^(?:Complete|Failed)$/.test(type) && status === 'True');
    await expect.poll(isOver, { timeout: 20_000 }).toBe(true);
    return (await conditions(name)).slice(-2);
  };
  const events = async (name: string, reason: string): Promise<readonly string[]> => {
    const selector = encodeURIComponent(`involvedObject.name=${name},reason=${reason}`);
    const { body } = await api().send('GET', `${core}/events?fieldSelector=${selector}`);
    return (body.items ?? []).map(({ message }) => message ?? '');
  };
  const code = async (name: string): Promise<number> => (await api().send('GET', `${batch}/jobs/${name}`)).code;
  const running = async (name: string): Promise<void> => {
    const status = async (): Promise<unknown> => (await pods(name))[0]?.['status'];
    await expect.poll(status, { timeout: 20_000 }).toMatchObject({ phase: 'Running' });
  };
  const gone = async (name: string): Promise<void> => {
    await expect.poll(() => code(name), { timeout: 20_000 }).toBe(404);
  };
  return { make, pods, code, running, gone, conditions, ending, events };
}
