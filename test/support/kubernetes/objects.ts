/** The parts of Kubernetes objects, as they travel, that the fake API server reads or writes; it keeps all others too. */
export interface Meta {
  name: string;
  generateName?: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: Meta;
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastProbeTime?: string | null;
}

export interface Resources {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: {
    secretKeyRef?: { name: string; key: string; optional?: boolean };
    configMapKeyRef?: { name: string; key: string; optional?: boolean };
    fieldRef?: { fieldPath: string };
  };
}

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: EnvVar[];
  resources?: Resources;
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
  terminationMessagePath?: string;
  terminationMessagePolicy?: 'File' | 'FallbackToLogsOnError';
}

export interface Volume {
  name: string;
  configMap?: { name: string; optional?: boolean };
  secret?: { secretName: string; optional?: boolean };
  emptyDir?: { sizeLimit?: string };
}

export interface Toleration {
  key?: string;
  operator?: 'Exists' | 'Equal';
  value?: string;
  effect?: string;
  tolerationSeconds?: number;
}

export interface NodeRequirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[];
}

export interface PodSpec {
  containers: Container[];
  volumes?: Volume[];
  nodeName?: string;
  nodeSelector?: Record<string, string>;
  tolerations?: Toleration[];
  affinity?: {
    nodeAffinity?: {
      requiredDuringSchedulingIgnoredDuringExecution?: {
        nodeSelectorTerms: { matchExpressions?: NodeRequirement[] }[];
      };
    };
  };
  topologySpreadConstraints?: { labelSelector?: { matchLabels?: Record<string, string> } }[];
  serviceAccountName?: string;
  restartPolicy?: string;
  activeDeadlineSeconds?: number;
  terminationGracePeriodSeconds?: number;
  priorityClassName?: string;
  schedulerName?: string;
}

export interface ContainerState {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: {
    exitCode: number;
    signal?: number;
    reason?: string;
    message?: string;
    startedAt?: string;
    finishedAt?: string;
    containerID?: string;
  };
}

export interface ContainerStatus {
  name: string;
  image: string;
  imageID: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  containerID?: string;
  state: ContainerState;
}

export interface Pod extends KubeObject {
  spec: PodSpec;
  status: {
    phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
    reason?: string;
    message?: string;
    startTime?: string;
    conditions?: Condition[];
    containerStatuses?: ContainerStatus[];
    qosClass?: string;
    hostIP?: string;
    podIP?: string;
  };
}

export interface PodFailureRule {
  action: 'FailJob' | 'Ignore' | 'Count';
  onExitCodes?: { containerName?: string; operator: 'In' | 'NotIn'; values: number[] };
  onPodConditions?: { type: string; status?: string }[];
}

export interface Job extends KubeObject {
  spec: {
    parallelism?: number;
    completions?: number;
    backoffLimit?: number;
    activeDeadlineSeconds?: number;
    ttlSecondsAfterFinished?: number;
    suspend?: boolean;
    podReplacementPolicy?: string;
    completionMode?: string;
    podFailurePolicy?: { rules: PodFailureRule[] };
    selector?: { matchLabels?: Record<string, string> };
    template: {
      metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
      spec: PodSpec;
    };
  };
  status: {
    active?: number;
    ready?: number;
    succeeded?: number;
    failed?: number;
    terminating?: number;
    startTime?: string;
    completionTime?: string;
    conditions?: Condition[];
  };
}

export interface Taint {
  key: string;
  value?: string;
  effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  timeAdded?: string;
}

export interface Node extends KubeObject {
  spec: { taints?: Taint[]; unschedulable?: boolean };
  status: {
    allocatable: Record<string, string>;
    capacity: Record<string, string>;
    conditions: Condition[];
    nodeInfo: Record<string, string>;
  };
}

export interface ConfigMap extends KubeObject {
  immutable?: boolean;
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

export interface Secret extends KubeObject {
  immutable?: boolean;
  type?: string;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

export interface Service extends KubeObject {
  spec: { selector?: Record<string, string>; ports?: { name?: string; port: number; targetPort?: number | string }[] };
}

export interface ResourceQuota extends KubeObject {
  spec: { hard: Record<string, string> };
  status?: { hard: Record<string, string>; used: Record<string, string> };
}

export interface Event extends KubeObject {
  involvedObject: { apiVersion?: string; kind: string; name: string; namespace?: string; uid?: string };
  reason: string;
  message: string;
  type: 'Normal' | 'Warning';
  count: number;
  firstTimestamp: string;
  lastTimestamp: string;
  source: { component: string; host?: string };
}

/** Every kind of object that the fake keeps, by the name of its collection. */
export interface Kinds {
  namespaces: KubeObject;
  nodes: Node;
  configmaps: ConfigMap;
  secrets: Secret;
  pods: Pod;
  events: Event;
  services: Service;
  serviceaccounts: KubeObject;
  resourcequotas: ResourceQuota;
  limitranges: KubeObject;
  jobs: Job;
  priorityclasses: KubeObject;
}

export type Plural = keyof Kinds;

/** Where an object lies: a namespace, empty for what lies in none, and a name. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
}

export function placeOf(object: KubeObject): Place {
  return { namespace: object.metadata.namespace ?? '', name: object.metadata.name };
}

/** Sets a condition, as the server does: the time moves only with the status. */
export function setCondition(conditions: Condition[] | undefined, next: Condition): Condition[] {
  const old = conditions?.find(({ type }) => type === next.type);
  const lastTransitionTime = old?.status === next.status ? old.lastTransitionTime : next.lastTransitionTime;
  const others = (conditions ?? []).filter(({ type }) => type !== next.type);
  return [...others, { ...next, ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }) }];
}

export function hasCondition(object: { conditions?: Condition[] }, type: string): boolean {
  return (object.conditions ?? []).some((each) => each.type === type && each.status === 'True');
}

/** `2026-11-30T00:42:37Z`: the API's times have whole seconds. */
export function apiTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
