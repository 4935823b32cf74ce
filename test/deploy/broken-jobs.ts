import type { V1Container, V1Job, V1JobSpec, V1PodSpec, V1Volume } from '@kubernetes/client-node';
import { jobOf } from './worker-objects.ts';

/** A Job that breaks one rule, and words of its refusal. */
export interface BrokenJob {
  readonly what: string;
  readonly message: string;
  readonly job: V1Job;
}

/** The pod of a Job that we made. */
export function podOf(job: V1Job): V1PodSpec {
  const found = job.spec?.template.spec;
  if (!found) throw new Error('the Job has no pod');
  return found;
}

/** Its one container. */
export function workerOf(job: V1Job): V1Container {
  const [worker] = podOf(job).containers;
  if (!worker) throw new Error('the pod has no container');
  return worker;
}

function broken(what: string, message: string, change: (job: V1Job) => void): BrokenJob {
  const job = structuredClone(jobOf({ task: 'broken', worker: 'broken-1' }));
  change(job);
  return { what, message, job };
}

type Row<T> = readonly [what: string, message: string, change: { readonly [name in keyof T]?: T[name] | undefined }];

function changed<T extends object>(rows: readonly Row<T>[], part: (job: V1Job) => T): readonly BrokenJob[] {
  return rows.map(([what, message, change]) => broken(what, message, (job) => Object.assign(part(job), change)));
}

const template = 'spec.template.spec';
const first = `${template}.containers[0]`;
const name = 'helper';
const image = 'node:24-bookworm';

const jobs: readonly Row<V1JobSpec>[] = [
  ['no deadline', 'spec.activeDeadlineSeconds: found none', { activeDeadlineSeconds: undefined }],
  ['a deadline of a day', 'spec.activeDeadlineSeconds: found 86400', { activeDeadlineSeconds: 86_400 }],
  ['no end of its keeping', 'spec.ttlSecondsAfterFinished: found none', { ttlSecondsAfterFinished: undefined }],
  ['a week of keeping', 'spec.ttlSecondsAfterFinished: found 604800', { ttlSecondsAfterFinished: 604_800 }],
  ['retries of its own', 'a Job is one attempt', { backoffLimit: 3 }],
  ['two pods', 'a Job is one attempt', { parallelism: 2, completions: 2 }],
  [
    'a second pod beside one that ends',
    'a Job is one attempt',
    { podReplacementPolicy: 'TerminatingOrFailed', podFailurePolicy: undefined },
  ],
];

/** What is mounted at /tmp, instead of scratch. */
const volume = (tmp: V1Volume): Pick<V1PodSpec, 'volumes'> => ({
  volumes: [...(podOf(jobOf()).volumes ?? []).filter(({ name: own }) => own !== 'tmp'), tmp],
});

const pods: readonly Row<V1PodSpec>[] = [
  ['a host path', 'volumes: found tmp', volume({ name: 'tmp', hostPath: { path: '/' } })],
  ['a foreign Secret as volume', 'volumes: found tmp', volume({ name: 'tmp', secret: { secretName: 's' } })],
  ['a foreign ConfigMap', 'volumes: found tmp', volume({ name: 'tmp', configMap: { name: 'cx-0000000000-worker-0' } })],
  [
    'a projected token',
    'volumes: found tmp',
    volume({ name: 'tmp', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }),
  ],
  ['scratch without a limit', 'volumes: found tmp', volume({ name: 'tmp', emptyDir: {} })],
  ['another service account', 'serviceAccountName: found default', { serviceAccountName: 'default' }],
  ['no service account', 'serviceAccountName: found none', { serviceAccountName: undefined }],
  ['a mounted token', 'workers hold no token', { automountServiceAccountToken: true }],
  ['the default about tokens', 'workers hold no token', { automountServiceAccountToken: undefined }],
  ['the network of the host', `${template}: found hostNetwork`, { hostNetwork: true }],
  ['the processes of the host', `${template}: found hostPID`, { hostPID: true }],
  ['the memory of the host', `${template}: found hostIPC`, { hostIPC: true }],
  ['an init container', `${template}: found initContainers`, { initContainers: [{ name, image }] }],
  ['credentials for images', `${template}: found imagePullSecrets`, { imagePullSecrets: [{ name: 's' }] }],
  ['a node that it chose itself', `${template}: found nodeName`, { nodeName: 'server-1' }],
  ['names of its own', `${template}: found hostAliases`, { hostAliases: [{ ip: '10.0.0.1', hostnames: ['redis'] }] }],
  ['an endless end', 'terminationGracePeriodSeconds: found 3600', { terminationGracePeriodSeconds: 3600 }],
  ['priority', 'priorityClassName: found system-node-critical', { priorityClassName: 'system-node-critical' }],
  ['a toleration of everything', `${template}.tolerations`, { tolerations: [{ operator: 'Exists' }] }],
  [
    'a place on servers',
    `${template}.tolerations`,
    { tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }] },
  ],
  ['no word on its user', `${template}.securityContext`, { securityContext: undefined }],
  [
    'the user root',
    `${template}.securityContext`,
    { securityContext: { runAsNonRoot: true, runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } } },
  ],
  ['no filter of system calls', `${template}.securityContext`, { securityContext: { runAsNonRoot: true } }],
];

const secretVariable = (secret: string): V1Container['env'] => [
  { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: secret, key: 'password' } } },
];
const rights = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
const bounds = { memory: '512Mi', 'ephemeral-storage': '1Gi' };

const containers: readonly Row<V1Container>[] = [
  ['a foreign image', `${first}.image: found evil.example/miner:1`, { image: 'evil.example/miner:1' }],
  ['an image that only begins alike', '.image: found node-miner:1', { image: 'node-miner:1' }],
  ['half a digest', '.image: found evil.example/x@sha256:12', { image: 'evil.example/x@sha256:12' }],
  ['another command', `${first}: found the command sh -c`, { command: ['sh'], args: ['-c', 'id'] }],
  ['another program', '/tmp/other.mjs, expected node', { args: ['--max-old-space-size=100', '/tmp/other.mjs'] }],
  ['another flag', '--import=data:', { args: ['--import=data:text/javascript,1', '/cortex/start.mjs'] }],
  ['the command of the image', `${first}: found the command --max`, { command: undefined }],
  ['a hook', `${first}: found lifecycle`, { lifecycle: { preStop: { exec: { command: ['id'] } } } }],
  ['a probe that runs a command', `${first}: found livenessProbe`, { livenessProbe: { exec: { command: ['id'] } } }],
  ['a port of the host', `${first}: found ports`, { ports: [{ containerPort: 80, hostPort: 80 }] }],
  ['all of a foreign Secret', `${first}: found envFrom`, { envFrom: [{ secretRef: { name: 's' } }] }],
  ['a value of a foreign Secret', `${first}.env: found a foreign source of PASSWORD`, { env: secretVariable('s') }],
  [
    'the store of another execution',
    'found a foreign source of PASSWORD',
    { env: secretVariable('cx-0000000000-store-0000000000') },
  ],
  [
    'a value of a ConfigMap',
    'found a foreign source of SETTING',
    { env: [{ name: 'SETTING', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }] },
  ],
  ['a mount elsewhere', `${first}.volumeMounts: found /etc`, { volumeMounts: [{ name: 'tmp', mountPath: '/etc' }] }],
  ['a program that it can write', 'found /cortex', { volumeMounts: [{ name: 'cortex', mountPath: '/cortex' }] }],
  ['no resources', 'found no requests.cpu, no requests.memory', { resources: undefined }],
  [
    'no limit of memory',
    `${first}.resources: found no limits.memory, expected`,
    { resources: { requests: { cpu: '1', ...bounds }, limits: { 'ephemeral-storage': '1Gi' } } },
  ],
  [
    'privilege',
    `${first}.securityContext`,
    { securityContext: { ...rights, allowPrivilegeEscalation: true, privileged: true } },
  ],
  [
    'a way to more rights',
    `${first}.securityContext`,
    { securityContext: { ...rights, allowPrivilegeEscalation: true } },
  ],
  [
    'a root that it can write',
    `${first}.securityContext`,
    { securityContext: { ...rights, readOnlyRootFilesystem: false } },
  ],
  [
    'capabilities',
    `${first}.securityContext`,
    { securityContext: { ...rights, capabilities: { drop: ['ALL'], add: ['NET_RAW'] } } },
  ],
  ['capabilities that it keeps', `${first}.securityContext`, { securityContext: { ...rights, capabilities: {} } }],
  ['root in the container', `${first}.securityContext`, { securityContext: { ...rights, runAsUser: 0 } }],
  [
    'no filter in the container',
    `${first}.securityContext`,
    { securityContext: { ...rights, seccompProfile: { type: 'Unconfined' } } },
  ],
];

const labels = (job: V1Job): Record<string, string> => job.metadata?.labels ?? {};

const others: readonly BrokenJob[] = [
  broken('a second container', `${template}.containers: found worker, ${name}`, (job) => {
    podOf(job).containers.push(Object.assign(structuredClone(workerOf(job)), { name }));
  }),
  broken('restarts', 'a Job is one attempt', (job) => {
    Object.assign(job.spec ?? {}, { podFailurePolicy: undefined });
    Object.assign(podOf(job), { restartPolicy: 'OnFailure' });
  }),
  broken('another container', `${template}.containers: found ${name}`, (job) => {
    Object.assign(job.spec ?? {}, { podFailurePolicy: undefined });
    Object.assign(workerOf(job), { name });
  }),
  // The API server gives a Job without labels those of its pod. Both policies have something to say then.
  broken('no labels', 'expected', (job) => {
    delete job.metadata?.labels;
    delete job.spec?.template.metadata?.labels;
  }),
  broken('no label of its attempt', 'metadata.labels: found', (job) => {
    delete labels(job)['cortex.dev/attempt'];
  }),
  broken('a pod without labels', 'spec.template.metadata.labels: expected the labels of the Job', (job) => {
    delete job.spec?.template.metadata?.labels;
  }),
  broken('a pod of another execution', 'spec.template.metadata.labels', (job) => {
    Object.assign(job.spec?.template.metadata?.labels ?? {}, { 'cortex.dev/run': '0123456789' });
  }),
  broken('another name', 'metadata.name: found miner', (job) => {
    Object.assign(job.metadata ?? {}, { name: 'miner' });
  }),
  broken('a name that the cluster makes', 'metadata.name: found cx-', (job) => {
    Object.assign(job.metadata ?? {}, { name: undefined, generateName: 'cx-' });
  }),
  broken('a finalizer', 'metadata.finalizers: found some', (job) => {
    Object.assign(job.metadata ?? {}, { finalizers: ['example.com/kept'] });
  }),
  broken('no owner', 'metadata.ownerReferences: expected the ConfigMap cx-', (job) => {
    delete job.metadata?.ownerReferences;
  }),
];

/** Every rule of the policies on Jobs, broken once or more. */
export const brokenJobs: readonly BrokenJob[] = [
  ...changed(jobs, (job) => {
    if (!job.spec) throw new Error('the Job has no spec');
    return job.spec;
  }),
  ...changed(pods, podOf),
  ...changed(containers, workerOf),
  ...others,
];
