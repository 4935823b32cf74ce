/** What the plan wishes of the pods that workers run in. */
export interface PodWishes {
  readonly image: string;
  readonly spread: 'hostname' | 'zone' | 'none';
  readonly tolerations: readonly {
    readonly key: string;
    readonly operator: 'Equal' | 'Exists';
    readonly value: string;
    readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  }[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Whether nodes of the control plane may be used. */
  readonly servers: 'avoid' | 'allow';
  readonly priorityClass: string | null;
  readonly runtimeClass: string | null;
  /** Local queue of Kueue: Jobs wait in it until they are admitted. */
  readonly queue: string | null;
}
