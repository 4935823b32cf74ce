import type { V1Container, V1EnvVar, V1PodSpec, V1PodTemplateSpec, V1Toleration } from '@kubernetes/client-node';
import type { LaunchRequest } from '../../../protocol/attempt.ts';
import type { JobPlace } from './job.ts';
import { key, runName, workerAccount } from './names.ts';

/** No user of any image, and the same for files that pods make. */
const nobody = 65_532;
/** Long enough for a worker to give its attempt back and say how far it came. */
const graceSeconds = 30;
/** A node that says nothing loses its workers after that long, instead of the cluster's five minutes. */
const silentNodeSeconds = 60;
const spareSeconds = 30;

/** The pod of one attempt: restricted Pod Security, a read-only root, and nothing mounted but its program and scratch. */
export function podTemplate(
  request: LaunchRequest,
  place: JobPlace,
  marks: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  },
): V1PodTemplateSpec {
  const { wishes, execution, program } = place;
  const spec: V1PodSpec = {
    restartPolicy: 'Never',
    serviceAccountName: workerAccount,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: graceSeconds,
    // The kubelet counts from before the image is pulled: the launcher, which sees the start, is the exact one.
    activeDeadlineSeconds: Math.ceil(request.timeoutMs / 1000) + spareSeconds,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: nobody,
      runAsGroup: nobody,
      fsGroup: nobody,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...placement(request, place),
    tolerations: tolerations(wishes.tolerations),
    ...(wishes.priorityClass === null ? {} : { priorityClassName: wishes.priorityClass }),
    ...(wishes.runtimeClass === null ? {} : { runtimeClassName: wishes.runtimeClass }),
    containers: [workerContainer(request, place)],
    volumes: [
      { name: 'cortex', configMap: { name: program.object } },
      { name: 'tmp', emptyDir: { sizeLimit: String(request.diskBytes) } },
    ],
  };
  return {
    metadata: {
      labels: { ...marks.labels },
      annotations: { [key.execution]: execution, [key.worker]: request.worker, ...marks.annotations },
    },
    spec,
  };
}

function workerContainer(request: LaunchRequest, place: JobPlace): V1Container {
  const { memoryBytes, cpuMillicores, diskBytes } = request;
  const heapMiB = Math.max(32, Math.floor((memoryBytes / 1024 / 1024) * 0.75));
  const bounded = { memory: String(memoryBytes), 'ephemeral-storage': String(diskBytes) };
  return {
    name: 'worker',
    image: request.image ?? place.wishes.image,
    imagePullPolicy: 'IfNotPresent',
    command: ['node'],
    // Below the limit, so that V8 says that its heap is full before the kernel ends it.
    args: [`--max-old-space-size=${heapMiB}`, '/cortex/start.mjs'],
    env: environment(request, place),
    resources: { requests: { cpu: `${cpuMillicores}m`, ...bounded }, limits: bounded },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      { name: 'cortex', mountPath: '/cortex', readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

function environment({ worker, document }: LaunchRequest, place: JobPlace): V1EnvVar[] {
  const plain = {
    CORTEX_EXECUTION: place.execution,
    CORTEX_LAUNCHER: 'kubernetes',
    CORTEX_PROGRAM: place.program.sha256,
    CORTEX_TASK: document,
    CORTEX_TERMINATION_PATH: '/dev/termination-log',
    CORTEX_WORKER: worker,
    HOME: '/tmp',
    LANG: 'C.UTF-8',
    TMPDIR: '/tmp',
    TZ: 'UTC',
  };
  return [
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    { name: 'CORTEX_STORE', valueFrom: { secretKeyRef: { name: place.secret, key: 'CORTEX_STORE' } } },
  ];
}

const topologies = { hostname: 'kubernetes.io/hostname', zone: 'topology.kubernetes.io/zone' } as const;

/** Spread over what the plan says, away from the servers, and onto a node where the plan names one. */
function placement({ node }: LaunchRequest, { wishes, execution }: JobPlace): Partial<V1PodSpec> {
  const spread = wishes.spread === 'none' ? undefined : topologies[wishes.spread];
  return {
    ...affinity(node, wishes.servers),
    ...(Object.keys(wishes.nodeSelector).length === 0 ? {} : { nodeSelector: { ...wishes.nodeSelector } }),
    ...(spread === undefined
      ? {}
      : {
          topologySpreadConstraints: [
            {
              topologyKey: spread,
              maxSkew: 1,
              whenUnsatisfiable: 'ScheduleAnyway',
              nodeTaintsPolicy: 'Honor',
              labelSelector: { matchLabels: { [key.run]: runName(execution) } },
            },
          ],
        }),
  };
}

/** K3s takes work on its servers unless they are tainted: etcd and the API server live there. */
function affinity(node: string | null, servers: JobPlace['wishes']['servers']): Partial<V1PodSpec> {
  const offServers = { key: 'node-role.kubernetes.io/control-plane', operator: 'DoesNotExist' };
  const matchExpressions = [
    ...(servers === 'avoid' ? [offServers] : []),
    ...(node === null ? [] : [{ key: topologies.hostname, operator: 'In', values: [node] }]),
  ];
  if (matchExpressions.length === 0) return {};
  const nodeSelectorTerms = [{ matchExpressions }];
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}

function tolerations(wished: JobPlace['wishes']['tolerations']): V1Toleration[] {
  const silent = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((taint) => ({
    key: taint,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: silentNodeSeconds,
  }));
  const plain = wished.map(({ value, ...each }) => (each.operator === 'Exists' ? each : { ...each, value }));
  return [...silent, ...plain];
}
