import type { V1ConfigMap, V1Secret } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageOf, type ApiAnswer } from '../support/cluster-api.ts';
import { clusterGate, type Cluster } from '../support/clusters.ts';
import { brokenJobs } from './broken-jobs.ts';
import { eventually, itemsOf, startDeployed } from './deployed.ts';
import { anchor, jobOf, namespace, program, store } from './worker-objects.ts';

const { skip, note } = clusterGate();
const jobsPath = `/apis/batch/v1/namespaces/${namespace}/jobs`;
const corePath = `/api/v1/namespaces/${namespace}`;
/** Somebody whom RBAC lets do everything: what is refused, the policies refuse. */
const launcher = { user: 'github:1:production', groups: ['system:masters', 'cortex:launchers'] };
const dry = '?dryRun=All';
const other = { task: 'another', worker: 'another-1' };

const labels = { app: 'x' };
const controllerSpec = {
  selector: { matchLabels: labels },
  template: { metadata: { labels }, spec: { containers: [{ name: 'x', image: 'x' }] } },
};

/** A copy of an object under another name, with further changes. */
function renamed(object: V1ConfigMap | V1Secret, name: string, change: object = {}): V1ConfigMap | V1Secret {
  return Object.assign(structuredClone(object), { metadata: Object.assign({}, object.metadata, { name }) }, change);
}

const otherStore = `${store.metadata?.name}-other`;
const token = renamed(store, otherStore, { type: 'kubernetes.io/service-account-token' });
Object.assign(token.metadata ?? {}, { annotations: { 'kubernetes.io/service-account.name': 'cortex-worker' } });

describe.skipIf(skip)(`the admission policies${note}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startDeployed({ name: 'policy', args: ['--agents', '2'] });
  });
  afterAll(() => cluster?.down());

  const post = (path: string, body: unknown): Promise<ApiAnswer> => cluster.api.post(path, body, launcher);

  it('admit the Job that the launcher makes, and restricted Pod Security its pod', async () => {
    const job = jobOf();
    expect(messageOf(await post(`${corePath}/configmaps`, anchor))).not.toContain('denied');
    expect(messageOf(await post(`${corePath}/configmaps`, program))).not.toContain('denied');
    expect(messageOf(await post(`${corePath}/secrets`, store))).not.toContain('denied');
    const held = await cluster.api.get(`${corePath}/configmaps/${anchor.metadata?.name}`);
    const { uid } = (held.body as { metadata: { uid: string } }).metadata;
    Object.assign(job.metadata?.ownerReferences?.[0] ?? {}, { uid });
    expect(await post(jobsPath, job)).toMatchObject({ status: 201 });
    const pods = await eventually(
      () => cluster.api.get(`${corePath}/pods?labelSelector=job-name=${job.metadata?.name}`),
      (answer) => itemsOf(answer).length > 0,
    );
    expect(itemsOf(pods)).toMatchObject([{ spec: { serviceAccountName: 'cortex-worker' } }]);
  });

  it.each([
    ['an image by its digest', jobOf({ ...other, image: `registry.example/team/node@sha256:${'a'.repeat(64)}` })],
    ['a queue of Kueue', jobOf(other, { queue: 'cortex' })],
    [
      'a toleration of the plan',
      jobOf(other, { tolerations: [{ key: 'gpu', operator: 'Exists', value: '', effect: 'NoSchedule' }] }),
    ],
    ['our priority class', jobOf(other, { priorityClass: 'cortex-worker' })],
    ['a place on servers that are not tainted', jobOf(other, { servers: 'allow', spread: 'none' })],
    ['annotations of its pod', jobOf(other, {}, { 'simulate/duration': '1s' })],
  ])('admit a Job with %s', async (_what, job) => {
    expect(await post(`${jobsPath}${dry}`, job)).toMatchObject({ status: 201 });
  });

  it.each(brokenJobs)('refuse a Job with $what', async ({ job, message }) => {
    const answer = await post(`${jobsPath}${dry}`, job);
    expect(messageOf(answer)).toContain('ValidatingAdmissionPolicy');
    expect(messageOf(answer)).toContain(message);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  it.each([
    ['CronJob', 'batch', { schedule: '0 0 * * *', jobTemplate: { spec: jobOf().spec } }],
    ['Deployment', 'apps', controllerSpec],
    ['DaemonSet', 'apps', controllerSpec],
    ['StatefulSet', 'apps', { ...controllerSpec, serviceName: 'x' }],
  ])('refuse a %s', async (kind, group, spec) => {
    const path = `/apis/${group}/v1/namespaces/${namespace}/${kind.toLowerCase()}s${dry}`;
    const answer = await post(path, { metadata: { name: 'x' }, spec });
    expect(messageOf(answer)).toContain(`kind: found ${kind}, expected Job`);
    expect(answer.status).toBe(422);
  });

  it('refuse a pod that somebody makes directly, the administrator too', async () => {
    const { spec, metadata } = jobOf().spec?.template ?? {};
    const pod = { metadata: Object.assign({}, metadata, { name: 'direct' }), spec };
    const answers = [await post(`${corePath}/pods${dry}`, pod), await cluster.api.post(`${corePath}/pods${dry}`, pod)];
    expect(answers.map(messageOf)).toEqual([
      expect.stringContaining('created by: found github:1:production, expected the Job controller'),
      expect.stringContaining('created by: found admin, expected the Job controller'),
    ]);
  });

  it('refuse a change that would break a rule, and let others through', async () => {
    const path = `${jobsPath}/${jobOf().metadata?.name}${dry}`;
    const patch = (spec: unknown): Promise<ApiAnswer> =>
      cluster.api.send('PATCH', path, {
        body: { spec },
        contentType: 'application/merge-patch+json',
        caller: launcher,
      });
    expect(messageOf(await patch({ activeDeadlineSeconds: 100_000 }))).toContain('activeDeadlineSeconds: found 100000');
    expect(messageOf(await patch({ ttlSecondsAfterFinished: null }))).toContain('ttlSecondsAfterFinished: found none');
    expect(await patch({ ttlSecondsAfterFinished: 60 })).toMatchObject({ status: 200 });
  });

  it.each([
    ['configmaps', 'metadata.name: found settings', renamed(anchor, 'settings')],
    ['configmaps', 'metadata.name: found cx-0000000000', renamed(anchor, 'cx-0000000000')],
    ['configmaps', 'metadata.labels: found app.kubernetes.io/managed-by none', { metadata: { name: 'cx-1' } }],
    ['secrets', 'immutable: found false', renamed(store, otherStore, { immutable: false })],
    ['secrets', 'type: found kubernetes.io/service-account-token', token],
  ])('refuse %s of a launcher, with the words %s', async (resource, message, body) => {
    const answer = await post(`${corePath}/${resource}${dry}`, body);
    expect(messageOf(answer)).toContain(message);
    expect(answer.status).toBe(422);
  });

  it("refuse that a launcher deletes what is not an execution's", async () => {
    const remove = (path: string): Promise<ApiAnswer> =>
      cluster.api.send('DELETE', `${corePath}/${path}${dry}`, { caller: launcher });
    expect(messageOf(await remove('configmaps/kube-root-ca.crt'))).toContain('metadata.labels: found');
    expect(await remove(`configmaps/${anchor.metadata?.name}`)).toMatchObject({ status: 200 });
  });

  it('let the operator keep objects of other names there', async () => {
    const pull = { metadata: { name: 'registry' }, stringData: { token: 'x' } };
    expect(await cluster.api.post(`${corePath}/secrets${dry}`, pull)).toMatchObject({ status: 201 });
  });

  it('hold in namespaces with the label alone', async () => {
    const answer = await cluster.api.post(`/apis/batch/v1/namespaces/default/jobs${dry}`, {
      metadata: { name: 'any' },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'any', image: 'any' }] } } },
    });
    expect(answer).toMatchObject({ status: 201 });
  });

  it('are free of type errors', async () => {
    const policies = await cluster.api.get('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies');
    const found = itemsOf(policies).map((policy) => (policy as { status?: { typeChecking?: unknown } }).status);
    expect(found.map((status) => status?.typeChecking)).toEqual(found.map(() => ({})));
    expect(found).toHaveLength(5);
  });
});
