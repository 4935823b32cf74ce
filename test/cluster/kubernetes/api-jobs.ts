import { describe, expect, it } from 'vitest';
import type { ApiUnderTest } from './api-under-test.ts';
import { batch, core, jobBench, type Told } from './job-bench.ts';

/** How Jobs live: their pods, their ends, and what stands in their way. */
export function stateJobs(api: () => ApiUnderTest): void {
  const { make, pods, running, conditions, ending, events } = jobBench(api);

  describe('a Job', () => {
    it('has a pod of its own name, label and owner, and is complete once that has succeeded', async () => {
      const made = await make('good', { annotations: { 'simulate/duration': '300ms', 'simulate/message': 'done' } });
      expect(await ending('good')).toMatchObject([
        { type: 'SuccessCriteriaMet', status: 'True', reason: 'CompletionsReached' },
        { type: 'Complete', status: 'True', reason: 'CompletionsReached' },
      ]);
      const [pod] = await pods('good');
      expect(pod?.metadata?.name).toMatch(/^good-[a-z0-9]{5}$/);
      expect(pod).toMatchObject({
        metadata: {
          labels: { 'job-name': 'good', 'batch.kubernetes.io/job-name': 'good' },
          ownerReferences: [{ kind: 'Job', name: 'good', uid: made.metadata?.uid, controller: true }],
        },
        status: {
          phase: 'Succeeded',
          containerStatuses: [
            { name: 'worker', state: { terminated: { exitCode: 0, reason: 'Completed', message: 'done' } } },
          ],
        },
      });
      expect((await api().send('GET', `${batch}/jobs/good`)).body['status']).toMatchObject({ succeeded: 1 });
    });

    it('fails with its pod, by the rule that its exit code matches, or by the end of its tries', async () => {
      await make('exit-64', { annotations: { 'simulate/exit-code': '64' } });
      await make('exit-1', { annotations: { 'simulate/exit-code': '1' } });
      const [pod] = await pods('exit-64');
      const message = `Container worker for pod cortex-workers/${pod?.metadata?.name} failed with exit code 64 matching FailJob rule at index 0`;
      const byRule = { status: 'True', reason: 'PodFailurePolicy', message };
      expect(await ending('exit-64')).toMatchObject([
        { type: 'FailureTarget', ...byRule },
        { type: 'Failed', ...byRule },
      ]);
      const spent = { status: 'True', reason: 'BackoffLimitExceeded' };
      expect(await ending('exit-1')).toMatchObject([
        { type: 'FailureTarget', ...spent },
        { type: 'Failed', ...spent, message: 'Job has reached the specified backoff limit' },
      ]);
    });

    it('fails at its deadline, and ends its pod', async () => {
      await make('late', { annotations: { 'simulate/duration': '60s' }, spec: { activeDeadlineSeconds: 1 } });
      expect(await ending('late')).toMatchObject([
        { type: 'FailureTarget', reason: 'DeadlineExceeded' },
        { type: 'Failed', message: 'Job was active longer than specified deadline' },
      ]);
      await expect.poll(() => pods('late'), { timeout: 10_000 }).toEqual([]);
    });

    it('fails by its rule where its pod is evicted through the API', async () => {
      await make('evicted', { annotations: { 'simulate/duration': '60s' } });
      await running('evicted');
      const name = (await pods('evicted'))[0]?.metadata?.name ?? '';
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'cortex-workers' } };
      expect(await api().send('POST', `${core}/pods/${name}/eviction`, { body })).toMatchObject({
        code: 201,
        body: { kind: 'Status', status: 'Success', code: 201 },
      });
      const message = `Pod cortex-workers/${name} has condition DisruptionTarget matching FailJob rule at index 1`;
      expect((await ending('evicted'))[1]).toMatchObject({ type: 'Failed', reason: 'PodFailurePolicy', message });
      expect(await pods('evicted')).toEqual([]);
    });

    it('makes no pod while it is suspended, and says so', async () => {
      await make('held', { spec: { suspend: true }, annotations: { 'simulate/duration': '100ms' } });
      const suspended = async (): Promise<readonly Told[]> => conditions('held');
      await expect
        .poll(suspended, { timeout: 10_000 })
        .toMatchObject([{ type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }]);
      expect(await pods('held')).toEqual([]);
      const patch = { body: { spec: { suspend: false } }, contentType: 'application/merge-patch+json' };
      await api().send('PATCH', `${batch}/jobs/held`, patch);
      expect((await ending('held'))[1]).toMatchObject({ type: 'Complete' });
      expect((await conditions('held'))[0]).toMatchObject({ type: 'Suspended', status: 'False', reason: 'JobResumed' });
    });

    it('can’t change its template', async () => {
      await make('set', { spec: { suspend: false }, annotations: { 'simulate/duration': '30s' } });
      const body = { spec: { template: { spec: { serviceAccountName: 'other' } } } };
      const sent = { body, contentType: 'application/merge-patch+json' };
      const answer = await api().send('PATCH', `${batch}/jobs/set`, sent);
      expect(answer.code).toBe(422);
      expect(answer.body.message).toContain('spec.template: Invalid value:');
      expect(answer.body.message).toContain('field is immutable');
    });

    it('waits for a node, in the words of the scheduler', async () => {
      await make('big', { requests: { cpu: '99' } });
      await make('elsewhere', { pod: { nodeSelector: { place: 'elsewhere' } } });
      const unschedulable = async (name: string): Promise<Told | undefined> => {
        const status = (await pods(name))[0]?.['status'] as { conditions?: Told[] } | undefined;
        return status?.conditions?.find(({ type }) => type === 'PodScheduled');
      };
      await expect
        .poll(() => unschedulable('big'), { timeout: 10_000 })
        .toMatchObject({
          status: 'False',
          reason: 'Unschedulable',
          message:
            '0/7 nodes are available: 3 node(s) had untolerated taint(s), 4 Insufficient cpu. no new claims to deallocate, preemption: 0/7 nodes are available: 7 Preemption is not helpful for scheduling.',
        });
      await expect
        .poll(() => unschedulable('elsewhere'), { timeout: 10_000 })
        .toMatchObject({
          message: expect.stringContaining(
            "3 node(s) had untolerated taint(s), 4 node(s) didn't match Pod's node affinity/selector.",
          ) as string,
        });
      expect((await events('big-', 'FailedScheduling')).length).toBe(0);
    });

    it('says in an event why it may make no pod', async () => {
      await make('stranger', { pod: { serviceAccountName: 'nobody' } });
      await expect
        .poll(() => events('stranger', 'FailedCreate'), { timeout: 10_000 })
        .toContain(
          'Error creating: pods "stranger-" is forbidden: error looking up service account cortex-workers/nobody: serviceaccount "nobody" not found',
        );
    });

    it('has no log on a node that only simulates it', async () => {
      await make('quiet', { annotations: { 'simulate/duration': '30s' } });
      await running('quiet');
      const [pod] = await pods('quiet');
      const { code, body } = await api().send('GET', `${core}/pods/${pod?.metadata?.name}/log`);
      expect(code).toBe(500);
      expect(body.message).toContain('connect: connection refused');
    });
  });
}
