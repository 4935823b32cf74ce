import { describe, expect, it } from 'vitest';
import type { ApiUnderTest } from './api-under-test.ts';
import { batch, core, jobBench } from './job-bench.ts';

/** What goes along with what is deleted, and what stays. */
export function stateDeletions(api: () => ApiUnderTest): void {
  const { make, pods, code, running, gone, ending } = jobBench(api);

  describe('what is deleted', () => {
    it('leaves the pods of a Job behind, unless it is said otherwise', async () => {
      for (const name of ['kept', 'swept']) await make(name, { annotations: { 'simulate/duration': '100ms' } });
      await ending('kept');
      await ending('swept');
      expect(await api().send('DELETE', `${batch}/jobs/kept`)).toMatchObject({ code: 200 });
      expect(await api().send('DELETE', `${batch}/jobs/swept?propagationPolicy=Background`)).toMatchObject({
        code: 200,
        body: { kind: 'Status', status: 'Success', details: { name: 'swept', group: 'batch', kind: 'jobs' } },
      });
      await expect.poll(() => pods('swept'), { timeout: 10_000 }).toEqual([]);
      await gone('kept');
      expect(await pods('kept')).toHaveLength(1);
    });

    it('in the foreground stays until its pods have gone', async () => {
      await make('front', { annotations: { 'simulate/duration': '60s', 'simulate/stop': '1500ms' } });
      await running('front');
      const { body } = await api().send('DELETE', `${batch}/jobs/front?propagationPolicy=Foreground`);
      expect(body).toMatchObject({ kind: 'Job', metadata: { finalizers: ['foregroundDeletion'] } });
      expect((await api().send('GET', `${batch}/jobs/front`)).body.metadata).toHaveProperty('deletionTimestamp');
      await gone('front');
      expect(await pods('front')).toEqual([]);
    });

    it('takes along all that it owns, down to the pods', async () => {
      const anchor = { metadata: { name: 'anchor' } };
      const { body: owner } = await api().send('POST', `${core}/configmaps`, { body: anchor });
      await make('owned', { owner, annotations: { 'simulate/duration': '60s' } });
      await expect.poll(async () => (await pods('owned')).length, { timeout: 10_000 }).toBe(1);
      await api().send('DELETE', `${core}/configmaps/anchor`);
      await gone('owned');
      await expect.poll(() => pods('owned'), { timeout: 20_000 }).toEqual([]);
    });

    it('takes along what is made for it afterwards', async () => {
      const { body: owner } = await api().send('POST', `${core}/configmaps`, { body: { metadata: { name: 'late' } } });
      await api().send('DELETE', `${core}/configmaps/late`);
      await make('orphan', { owner });
      await expect.poll(() => code('orphan'), { timeout: 20_000 }).toBe(404);
    });
  });
}
