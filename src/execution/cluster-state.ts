import type { clusterEventData } from '../protocol/cluster-events.ts';
import type { Reducer } from './execution-state.ts';

/** How the cluster's own events change the state. */
export const clusterReducers: { readonly [T in keyof typeof clusterEventData]: Reducer<T> } = {
  'watch.lost': (state) => {
    state.cluster.watchLost += 1;
  },
  'watch.restored': (state, { gapMs }) => {
    state.cluster.gapMs += gapMs;
  },
  'cluster.sampled': (state, { nodes, workers }, { at }) => {
    state.cluster.samples.push({ at, nodes, workers });
  },
  'cluster.unsampled': (state, { reason }) => {
    state.cluster.unsampled ??= reason;
  },
  'execution.cancelled': (state, { by }) => {
    state.cancelledBy ??= by;
  },
};
