import { describe, expect, it } from 'vitest';
import type { ApiUnderTest } from './api-under-test.ts';
import { batch, core, job, jobBench } from './job-bench.ts';

/** What quotas count and refuse, in the words of the server. */
export function stateQuotas(api: () => ApiUnderTest): void {
  const { make, pods, events } = jobBench(api);

  describe('a quota', () => {
    const place = { metadata: { name: 'q', namespace: 'cortex-workers' } };
    const read = async (): Promise<unknown> => (await api().send('GET', `${core}/resourcequotas/q`)).body['status'];

    it('counts what there is', async () => {
      await api().send('DELETE', `${batch}/jobs?propagationPolicy=Background`);
      // What is on its way out when a quota comes may be counted wrongly for minutes.
      for (const path of [`${batch}/jobs`, `${core}/pods?fieldSelector=status.phase%3DRunning`]) {
        const left = async (): Promise<number | undefined> => (await api().send('GET', path)).body.items?.length;
        await expect.poll(left, { timeout: 30_000 }).toBe(0);
      }
      const hard = { pods: '1', 'requests.cpu': '2', 'count/jobs.batch': '2' };
      await api().send('POST', `${core}/resourcequotas`, { body: { ...place, spec: { hard } } });
      await expect
        .poll(read, { timeout: 40_000 })
        .toMatchObject({ used: { pods: '0', 'requests.cpu': '0', 'count/jobs.batch': '0' } });
    });

    it('refuses pods in the words that events tell, and lets them in once there is room', async () => {
      await make('first', { requests: { cpu: '100m' }, annotations: { 'simulate/duration': '2s' } });
      await expect.poll(async () => (await pods('first')).length, { timeout: 10_000 }).toBe(1);
      await make('second', { requests: { cpu: '100m' }, annotations: { 'simulate/duration': '100ms' } });
      const told =
        /^Error creating: pods "second-[a-z0-9]{5}" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1$/;
      await expect
        .poll(async () => (await events('second', 'FailedCreate')).some((message) => told.test(message)), {
          timeout: 10_000,
        })
        .toBe(true);
      expect(await read()).toMatchObject({ used: { pods: '1', 'requests.cpu': '100m', 'count/jobs.batch': '2' } });
    });

    it('refuses Jobs themselves', async () => {
      const answer = await api().send('POST', `${batch}/jobs`, { body: job('third', {}) });
      expect(answer).toMatchObject({
        code: 403,
        body: {
          reason: 'Forbidden',
          message:
            'jobs.batch "third" is forbidden: exceeded quota: q, requested: count/jobs.batch=1, used: count/jobs.batch=2, limited: count/jobs.batch=2',
          details: { name: 'third', group: 'batch', kind: 'jobs' },
        },
      });
    });

    it('refuses pods that don’t say what they ask for', async () => {
      await api().send('DELETE', `${batch}/jobs/first?propagationPolicy=Background`);
      await expect
        .poll(async () => (await api().send('POST', `${batch}/jobs`, { body: job('mute', {}) })).code, {
          timeout: 20_000,
        })
        .toBe(201);
      const told = /is forbidden: failed quota: q: must specify requests\.cpu for: worker$/;
      await expect
        .poll(async () => (await events('mute', 'FailedCreate')).some((message) => told.test(message)), {
          timeout: 20_000,
        })
        .toBe(true);
    });
  });
}
