import { sha256 } from '../../../shared/canonical.ts';

/**
 * Names of what an execution has in the cluster. Each is a function of what it stands for: whoever makes it twice finds
 * it made, and whoever comes later finds it again.
 */
const prefix = 'cx';

/** Namespace of workers where nothing names another: the one that `deploy/` makes, and the default of a plan. */
export const usualNamespace = 'cortex-workers';
/** Service account whom workers run as. */
export const workerAccount = 'cortex-worker';

/** What an execution is called in names and labels: its id may be longer than those can be. */
export function runName(execution: string): string {
  return sha256(execution).slice(0, 10);
}

export function anchorName(execution: string): string {
  return `${prefix}-${runName(execution)}`;
}

/** Name of an immutable object that holds the content of that hash. */
export function contentName(execution: string, what: 'worker' | 'store', hash: string): string {
  return `${anchorName(execution)}-${what}-${hash.slice(0, 10)}`;
}

/** At most 52 characters: the name is a label too, and the Job controller adds to it for its pod. */
export function jobName(
  execution: string,
  { task, attempt }: { readonly task: string; readonly attempt: number },
): string {
  const slug = task.slice(0, 20).replace(/-+$/, '');
  return `${anchorName(execution)}-${slug}-${sha256(task).slice(0, 6)}-a${attempt}`;
}

/** Keys of our labels and annotations. */
export const key = {
  managedBy: 'app.kubernetes.io/managed-by',
  name: 'app.kubernetes.io/name',
  run: 'cortex.dev/run',
  anchor: 'cortex.dev/anchor',
  master: 'cortex.dev/master',
  task: 'cortex.dev/task',
  kind: 'cortex.dev/kind',
  attempt: 'cortex.dev/attempt',
  execution: 'cortex.dev/execution',
  worker: 'cortex.dev/worker',
  document: 'cortex.dev/document',
  spec: 'cortex.dev/spec-sha256',
  endsAt: 'cortex.dev/ends-at',
  repository: 'cortex.dev/repository',
  queue: 'kueue.x-k8s.io/queue-name',
} as const;

/** Labels of everything that an execution has in the cluster. */
export function runLabels(execution: string): Readonly<Record<string, string>> {
  return { [key.managedBy]: 'cortex', [key.run]: runName(execution) };
}

/** Selects the Jobs and pods of an execution. */
export function workerSelector(execution: string): string {
  return `${key.name}=cortex-worker,${key.run}=${runName(execution)}`;
}
