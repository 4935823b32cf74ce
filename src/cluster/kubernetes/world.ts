import type { Transport } from './api/transport.ts';
import type { TypedClients } from './api/typed-clients.ts';
import type { Attempt } from './attempt.ts';
import type { KubernetesOptions, KubernetesTimes } from './kubernetes-launcher.ts';
import type { FollowedLog } from './log-follower.ts';
import type { PodView } from './observe/pod-view.ts';

/** What the parts of one launcher share. */
export interface World {
  readonly options: KubernetesOptions;
  readonly transport: Transport;
  readonly clients: TypedClients;
  readonly times: KubernetesTimes;
  /** By the name of their Job. */
  readonly attempts: Map<string, Attempt>;
  /** Pods of Jobs that nobody here waits for, or not yet: by the name of their Job. */
  readonly strays: Map<string, PodView>;
  readonly logs: Map<Attempt, FollowedLog>;
  /** Aborts when the launcher looks no more. */
  readonly closing: AbortSignal;
}
