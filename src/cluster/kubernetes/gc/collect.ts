import { compareText } from '../../../shared/canonical.ts';
import { outside } from '../../../shared/errors.ts';
import { codeOf, ifThere } from '../api/api-errors.ts';
import type { Transport } from '../api/transport.ts';
import { key, runName } from '../spec/names.ts';

/** What an execution left in the cluster, and why it may go. */
export interface Garbage {
  readonly kind: 'ConfigMap' | 'Job' | 'Secret';
  readonly name: string;
  /** The execution it belongs to, as far as it says so. */
  readonly execution: string;
  readonly reason: string;
}

export interface Collection {
  readonly garbage: readonly Garbage[];
  /** Executions that may still run. */
  readonly kept: number;
  /** Kinds that this way in may not list. */
  readonly unread: readonly string[];
}

interface Listed {
  readonly metadata: {
    readonly name: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** What has no anchor may be about to get one, as far as a list can tell. */
const youngMs = 10 * 60_000;
/** An anchor that does not say when it ends has been made by hand, or spoilt. */
const unmarkedMs = 7 * 24 * 3_600_000;

const paths = {
  ConfigMap: (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`,
  Secret: (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`,
  Job: (namespace: string) => `/apis/batch/v1/namespaces/${namespace}/jobs`,
} as const;

/**
 * Finds what executions have left behind: anchors whose time is over, and whatever of ours has no anchor. Works without
 * the generated clients, so that it fits into an object of the cluster itself.
 */
export async function findGarbage(transport: Transport, namespace: string): Promise<Collection> {
  const now = await serverTime(transport);
  const unread: string[] = [];
  const list = async (kind: Garbage['kind']): Promise<readonly Listed[]> => {
    try {
      return await listOurs(transport, paths[kind](namespace));
    } catch (error) {
      // Launchers may not list Secrets: theirs go with their anchor.
      if (codeOf(error) !== 403 || kind !== 'Secret') throw error;
      unread.push(kind);
      return [];
    }
  };
  const configMaps = await list('ConfigMap');
  const anchors = configMaps.filter(isAnchor);
  const over = anchors.flatMap((anchor) => overdue(anchor, now));
  const runs = new Set(anchors.map(runOf));
  const orphans = (kind: Garbage['kind'], all: readonly Listed[]): readonly Garbage[] =>
    all.filter((each) => !isAnchor(each)).flatMap((each) => orphan(kind, each, { runs, now }));
  const garbage = [
    ...over,
    ...orphans('Job', await list('Job')),
    ...orphans('ConfigMap', configMaps),
    ...orphans('Secret', await list('Secret')),
  ];
  return { garbage: garbage.sort((a, b) => compareText(a.name, b.name)), kept: anchors.length - over.length, unread };
}

/** The workers that masters of an execution have in the cluster, of a process that was ended before it could end them. */
export async function findWorkers(
  transport: Transport,
  namespace: string,
  of: { readonly execution: string; readonly masters: readonly string[] },
): Promise<readonly Garbage[]> {
  const jobs = await listOurs(transport, paths.Job(namespace));
  return jobs
    .filter(({ metadata: { labels } }) => labels?.[key.run] === runName(of.execution))
    .filter(({ metadata: { labels } }) => of.masters.includes(labels?.[key.master] ?? ''))
    .map(({ metadata: { name } }) => ({
      kind: 'Job',
      name,
      execution: of.execution,
      reason: 'its master was ended',
    }));
}

/** What could not be removed, and why. */
export interface Remaining {
  readonly item: Garbage;
  readonly error: unknown;
}

/** Removes all of it, as far as that goes: one that can't be removed does not hold up the others. */
export async function removeAll(
  transport: Transport,
  namespace: string,
  garbage: readonly Garbage[],
): Promise<readonly Remaining[]> {
  const remaining: Remaining[] = [];
  for (const item of garbage) {
    await removeGarbage(transport, namespace, item).catch((error: unknown) => remaining.push({ item, error }));
  }
  return remaining;
}

/** Removes it, and what it owns; what is gone already is no fault. */
export async function removeGarbage(transport: Transport, namespace: string, { kind, name }: Garbage): Promise<void> {
  const path = `${paths[kind](namespace)}/${name}`;
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ propagationPolicy: 'Background' });
  await ifThere(transport.send({ method: 'DELETE', path, headers, body }));
}

const metadataOnly = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';

/** By the clock of the cluster: that of this machine may be days off, and would remove what runs. */
async function serverTime(transport: Transport): Promise<number> {
  const { headers } = await transport.send({ method: 'GET', path: '/version' });
  const time = Date.parse(headers['date'] ?? '');
  if (!Number.isNaN(time)) return time;
  throw outside('kube-no-time', 'The cluster does not say what time it is', {
    hint: 'A proxy may remove the header `Date` from its answers.',
  });
}

async function listOurs(transport: Transport, path: string): Promise<readonly Listed[]> {
  const all: Listed[] = [];
  let next = '';
  do {
    const query = new URLSearchParams({
      labelSelector: `${key.managedBy}=cortex`,
      limit: '250',
      ...(next === '' ? {} : { continue: next }),
    });
    // Names, times, labels and annotations alone: a list of Secrets would bring their content.
    const request = { method: 'GET', path: `${path}?${query.toString()}`, headers: { accept: metadataOnly } } as const;
    const { body } = await transport.send(request);
    const page = JSON.parse(body.toString('utf8')) as { items?: Listed[]; metadata?: { continue?: string } };
    for (const { metadata } of page.items ?? []) all.push({ metadata });
    next = page.metadata?.continue ?? '';
  } while (next !== '');
  return all.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

function isAnchor({ metadata }: Listed): boolean {
  return metadata.labels?.[key.anchor] === 'true';
}

function runOf({ metadata }: Listed): string {
  return metadata.labels?.[key.run] ?? '';
}

function overdue(anchor: Listed, now: number): readonly Garbage[] {
  const { name, annotations, creationTimestamp } = anchor.metadata;
  const endsAt = Date.parse(annotations?.[key.endsAt] ?? '');
  const execution = annotations?.[key.execution] ?? 'unknown';
  const found = { kind: 'ConfigMap', name, execution } as const;
  if (Number.isNaN(endsAt)) {
    const isOld = now - Date.parse(creationTimestamp) > unmarkedMs;
    return isOld ? [{ ...found, reason: 'it does not say when its execution ends, and is a week old' }] : [];
  }
  return endsAt < now ? [{ ...found, reason: `its execution had to end by ${new Date(endsAt).toISOString()}` }] : [];
}

function orphan(
  kind: Garbage['kind'],
  { metadata }: Listed,
  { runs, now }: { readonly runs: ReadonlySet<string>; readonly now: number },
): readonly Garbage[] {
  const { name, annotations, creationTimestamp } = metadata;
  const isYoung = now - Date.parse(creationTimestamp) < youngMs;
  if (metadata.labels?.[key.run] === undefined || runs.has(metadata.labels[key.run] ?? '') || isYoung) return [];
  return [{ kind, name, execution: annotations?.[key.execution] ?? 'unknown', reason: 'its execution has no anchor' }];
}
