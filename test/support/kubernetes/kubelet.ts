import { hasEnded } from './deletion.ts';
import { missingObject } from './mounts.ts';
import { placeOf, type Pod } from './objects.ts';
import { ended, running, waiting } from './pod-status.ts';
import type { PodRun, Runtime } from './runtime.ts';
import type { World } from './world.ts';

/** The kubelets of all nodes. */
export interface Kubelets {
  readonly runOf: (pod: Pod) => PodRun | undefined;
  /** Ends what runs of a pod, whether or not the pod was deleted. */
  readonly stop: (pod: Pod) => void;
  /** From now on nothing is heard from a node, until it is back. */
  readonly lose: (node: string) => void;
  readonly restore: (node: string) => void;
  readonly missingImages: Set<string>;
  readonly end: () => void;
}

interface State {
  readonly world: World;
  readonly runtime: Runtime;
  readonly runs: Map<string, PodRun>;
  readonly taken: Set<string>;
  readonly stopping: Set<string>;
  /** What a lost node would have said. */
  readonly unheard: Map<string, (() => void)[]>;
  readonly missingImages: Set<string>;
}

export function runKubelets(world: World, runtime: Runtime): Kubelets {
  const state: State = {
    world,
    runtime,
    runs: new Map(),
    taken: new Set(),
    stopping: new Set(),
    unheard: new Map(),
    missingImages: new Set(),
  };
  world.store.onChange(({ plural, type, object }) => {
    if (plural === 'pods') queueMicrotask(() => onNode(state, object as Pod, () => sync(state, object as Pod, type)));
  });
  return {
    runOf: (pod) => state.runs.get(pod.metadata.uid),
    stop: (pod) => stop(state, pod),
    lose: (node) => void state.unheard.set(node, []),
    restore: (node) => {
      const waitingChanges = state.unheard.get(node) ?? [];
      state.unheard.delete(node);
      for (const change of waitingChanges) world.act(change);
    },
    missingImages: state.missingImages,
    end: () => state.runs.forEach((run) => run.discard()),
  };
}

/** What happens on a node becomes known, or is done, when the node and the API server can hear each other. */
function onNode({ world, unheard }: State, pod: Pod, change: () => void): void {
  const queue = unheard.get(pod.spec.nodeName ?? '');
  if (queue) queue.push(change);
  else world.act(change);
}

function sync(state: State, pod: Pod, type: string): void {
  const { uid, deletionTimestamp } = pod.metadata;
  const run = state.runs.get(uid);
  if (type === 'DELETED') run?.discard();
  if (type === 'DELETED' || hasEnded(pod) || pod.spec.nodeName === undefined) return;
  if (deletionTimestamp !== undefined) {
    stop(state, pod);
  } else if (!state.taken.has(uid)) {
    state.taken.add(uid);
    begin(state, pod);
  }
}

/** Starts a pod once its image and the objects that it mounts are there. */
function begin(state: State, pod: Pod): void {
  const { world, missingImages } = state;
  if (!isThere(state, pod)) return;
  const wait = (reason: string, message: string): void => {
    update(state, pod, (draft) => waiting(draft, { reason, message }, world.now()));
    world.later(world.pace.pullBackoffMs, () => onNode(state, pod, () => begin(state, pod)));
  };
  const image = pod.spec.containers[0]?.image ?? '';
  const missing = missingObject(world.store, pod);
  if (missing?.kind === 'volume') {
    world.tell({ about: pod, type: 'Warning', reason: 'FailedMount', message: missing.message, by: 'kubelet' });
    wait('ContainerCreating', '');
  } else if (missingImages.has(image)) {
    pull(state, pod, image);
  } else if (missing) {
    wait('CreateContainerConfigError', missing.message);
  } else {
    start(state, pod);
  }
}

/** The first refusal is an error, what follows is the back-off, which names the error. */
function pull(state: State, pod: Pod, image: string): void {
  const { world } = state;
  const error = `failed to pull and unpack image "${image}": failed to resolve image: ${image}: not found`;
  const again = (reason: string, message: string): void => {
    update(state, pod, (draft) => waiting(draft, { reason, message }, world.now()));
    world.tell({ about: pod, type: 'Warning', reason: 'Failed', message: `Error: ${reason}`, by: 'kubelet' });
    world.later(world.pace.pullBackoffMs, () => onNode(state, pod, () => retry(reason)));
  };
  const retry = (last: string): void => {
    if (!isThere(state, pod)) return;
    if (!state.missingImages.has(image)) begin(state, pod);
    else if (last === 'ErrImagePull')
      again('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${error}`);
    else again('ErrImagePull', error);
  };
  again('ErrImagePull', error);
}

function isThere({ world }: State, pod: Pod): boolean {
  const now = world.store.get('pods', placeOf(pod));
  return now?.metadata.uid === pod.metadata.uid && !now.metadata.deletionTimestamp && !hasEnded(now);
}

function start(state: State, pod: Pod): void {
  const { world, runtime, runs } = state;
  const run = runtime(pod, {
    waiting: (reason, message) => update(state, pod, (draft) => waiting(draft, { reason, message }, world.now())),
    started: () => update(state, pod, (draft) => running(draft, world.now())),
    ended: (end) => update(state, pod, (draft) => ended(draft, end, world.now())),
  });
  runs.set(pod.metadata.uid, run);
  const limit = pod.spec.activeDeadlineSeconds;
  if (limit !== undefined) world.later(limit * world.pace.secondMs, () => endByDeadline(state, pod));
}

function endByDeadline(state: State, pod: Pod): void {
  if (!isThere(state, pod)) return;
  const message = 'Pod was active on the node longer than the specified deadline';
  onNode(state, pod, () => {
    update(state, pod, ({ status }) => Object.assign(status, { reason: 'DeadlineExceeded', message }));
    stop(state, pod);
  });
}

function stop(state: State, pod: Pod): void {
  const { world, runs } = state;
  const seconds = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  const run = runs.get(pod.metadata.uid);
  if (run) {
    if (!state.stopping.has(pod.metadata.uid)) run.stop(seconds * world.pace.secondMs);
    state.stopping.add(pod.metadata.uid);
    return;
  }
  // It never came to run: there is nothing to wait for.
  update(state, pod, ({ status }) => (status.phase = 'Failed'));
}

function update(state: State, pod: Pod, change: (draft: Pod) => void): void {
  onNode(state, pod, () => {
    const current = state.world.store.get('pods', placeOf(pod));
    if (current?.metadata.uid !== pod.metadata.uid || hasEnded(current)) return;
    state.world.store.update('pods', placeOf(pod), change);
  });
}
