import { hasEnded } from './deletion.ts';
import type { Kubelets } from './kubelet.ts';
import { apiTime, placeOf, setCondition, type Node, type Pod, type Taint } from './objects.ts';
import { disrupt, ended } from './pod-status.ts';
import { tolerates } from './scheduler.ts';
import type { World } from './world.ts';

/** What befalls nodes and pods from outside. Pods are named by any part of their name. */
export interface Disruptions {
  /** The node is not heard of any more: its pods are evicted after their toleration, and stay Terminating. */
  readonly loseNode: (node: string) => void;
  readonly restoreNode: (node: string) => void;
  /** The node's object goes, as when a cloud takes the machine away: its pods are collected. */
  readonly removeNode: (node: string) => void;
  /** `kubectl drain`: no new pods, and every pod is evicted through the API. */
  readonly drain: (node: string) => void;
  readonly evict: (pod: string) => void;
  /** The kubelet ends the pod because the node is short of memory or disk; the pod stays as Failed. */
  readonly pressure: (pod: string) => void;
  readonly preempt: (pod: string) => void;
  /** The pod's object goes at once, in the middle of its work: nobody learns of its end. */
  readonly vanish: (pod: string) => void;
  readonly removeImage: (image: string) => void;
  readonly restoreImage: (image: string) => void;
}

export function disruptions(world: World, kubelets: Kubelets): Disruptions {
  const { store, verbs, now } = world;
  const target = (pod: Pod, reason: string, message: string): void => {
    store.update('pods', placeOf(pod), (draft) => disrupt(draft, { reason, message }, now()));
    verbs.remove('pods', placeOf(pod));
  };
  const evict = (pod: Pod): void => target(pod, 'EvictionByEvictionAPI', 'Eviction API: evicting');
  const named = (part: string): Pod => namedPod(world, part);
  return {
    loseNode: (node) => loseNode(world, kubelets, node),
    restoreNode: (node) => {
      kubelets.restore(node);
      setReady(world, node, { status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' });
      store.update('nodes', { namespace: '', name: node }, ({ spec }) => {
        spec.taints = (spec.taints ?? []).filter(({ key }) => key !== unreachable);
      });
    },
    removeNode: (node) => {
      kubelets.lose(node);
      store.remove('nodes', { namespace: '', name: node });
      for (const pod of podsOn(world, node)) collect(world, kubelets, pod);
    },
    drain: (node) => {
      store.update('nodes', { namespace: '', name: node }, ({ spec }) => void (spec.unschedulable = true));
      podsOn(world, node).forEach(evict);
    },
    evict: (pod) => evict(named(pod)),
    pressure: (pod) => endByPressure(world, kubelets, named(pod)),
    preempt: (pod) => {
      const message = 'default-scheduler: preempting to accommodate a higher priority pod';
      target(named(pod), 'PreemptionByScheduler', message);
    },
    vanish: (part) => {
      const pod = named(part);
      kubelets.runOf(pod)?.discard();
      store.remove('pods', placeOf(pod));
    },
    removeImage: (image) => void kubelets.missingImages.add(image),
    restoreImage: (image) => void kubelets.missingImages.delete(image),
  };
}

const unreachable = 'node.kubernetes.io/unreachable';

function podsOn({ store }: World, node: string): Pod[] {
  return store.list('pods').filter((pod) => pod.spec.nodeName === node && !hasEnded(pod));
}

function namedPod({ store }: World, part: string): Pod {
  const pods = store.list('pods').filter((pod) => pod.metadata.name.includes(part) && !hasEnded(pod));
  const [pod, another] = pods;
  if (!pod || another) throw new Error(`${pods.length} pods that have not ended are named like ${part}, expected one`);
  return pod;
}

function setReady(
  { store, now }: World,
  node: string,
  ready: { readonly status: 'True' | 'Unknown'; readonly reason: string; readonly message: string },
): void {
  store.update('nodes', { namespace: '', name: node }, ({ status }: Node) => {
    const condition = { type: 'Ready', lastTransitionTime: apiTime(now()), ...ready };
    status.conditions = setCondition(status.conditions, condition);
  });
}

function loseNode(world: World, kubelets: Kubelets, node: string): void {
  const { store, now, pace } = world;
  kubelets.lose(node);
  const message = 'Kubelet stopped posting node status.';
  setReady(world, node, { status: 'Unknown', reason: 'NodeStatusUnknown', message });
  const timeAdded = apiTime(now());
  const taint: Taint = { key: unreachable, effect: 'NoExecute', timeAdded };
  store.update('nodes', { namespace: '', name: node }, ({ spec }) => {
    spec.taints = [...(spec.taints ?? []), { key: unreachable, effect: 'NoSchedule', timeAdded }, taint];
  });
  for (const pod of podsOn(world, node)) {
    store.update('pods', placeOf(pod), ({ status }) => {
      const ready = { type: 'Ready', status: 'False', lastTransitionTime: timeAdded, lastProbeTime: null } as const;
      status.conditions = setCondition(status.conditions, ready);
    });
    const tolerated =
      pod.spec.tolerations?.filter((each) =>
        tolerates({ ...pod, spec: { ...pod.spec, tolerations: [each] } }, taint),
      ) ?? [];
    if (tolerated.some(({ tolerationSeconds }) => tolerationSeconds === undefined)) continue;
    const seconds = Math.min(...tolerated.map(({ tolerationSeconds = 0 }) => tolerationSeconds), Infinity);
    world.later(Number.isFinite(seconds) ? seconds * pace.secondMs : 0, () => evictByTaint(world, node, pod));
  }
}

function evictByTaint({ store, verbs, now }: World, node: string, pod: Pod): void {
  const isLost = store.get('nodes', { namespace: '', name: node })?.spec.taints?.some(({ key }) => key === unreachable);
  const current = store.get('pods', placeOf(pod));
  if (!isLost || !current || current.metadata.uid !== pod.metadata.uid || hasEnded(current)) return;
  const why = { reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' };
  store.update('pods', placeOf(pod), (draft) => disrupt(draft, why, now()));
  verbs.remove('pods', placeOf(pod));
}

/** What the collector of pods does with those of a node that is no more. */
function collect({ store, verbs, now }: World, kubelets: Kubelets, pod: Pod): void {
  kubelets.runOf(pod)?.discard();
  const why = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' };
  store.update('pods', placeOf(pod), (draft) => {
    disrupt(draft, why, now());
    draft.status.phase = 'Failed';
  });
  verbs.remove('pods', placeOf(pod), { graceSeconds: 0 });
}

function endByPressure({ store, now, tell }: World, kubelets: Kubelets, pod: Pod): void {
  const message =
    'The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi, available: 512Mi. Container worker was using 900Mi, request is 100Mi, has larger consumption of ephemeral-storage. ';
  kubelets.runOf(pod)?.discard();
  tell({ about: pod, type: 'Warning', reason: 'Evicted', message, by: 'kubelet' });
  store.update('pods', placeOf(pod), (draft) => {
    disrupt(draft, { reason: 'TerminationByKubelet', message }, now());
    Object.assign(draft.status, { reason: 'Evicted', message });
    ended(draft, { exitCode: 137, reason: 'Error', message: '' }, now());
  });
}
