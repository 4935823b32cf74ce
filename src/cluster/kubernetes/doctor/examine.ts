import type { V1Namespace } from '@kubernetes/client-node';
import { ifThere } from '../api/api-errors.ts';
import { workerAccount } from '../spec/names.ts';
import { broken, guarded, unasked, type CheckLine } from './check.ts';
import { dryRunChecks } from './dry-run.ts';
import { look, seenLines, type Ground, type Seen } from './ground.ts';
import { leftoversChecks } from './leftovers.ts';
import { accountCheck, namespaceCheck, podSecurityCheck, withoutNamespace } from './namespace.ts';
import { imageChecks, kubeletCheck, placesCheck, readyCheck } from './nodes.ts';
import { askRights, neededRights, rightsChecks } from './rights.ts';
import { limitsCheck, quotaCheck } from './room.ts';
import { clockCheck, noServer, readServer, versionCheck, wayInCheck, type ApiServer } from './server.ts';
import { metricsCheck, wantedChecks } from './wanted.ts';

/** What the cluster is asked through, for people. */
export interface WayIn {
  readonly about: string;
  readonly isUnverified: boolean;
}

/**
 * Everything that can be known of a cluster before anything runs on it, a line each. Where the server does not answer,
 * that is the one failed line, and the others say that they were not asked.
 */
export async function examineCluster(ground: Ground, wayIn: WayIn): Promise<readonly CheckLine[]> {
  return withServer(ground, wayIn, (server) => [
    guarded('server', () => serverChecks(ground, server, { ...wayIn, fails: true })),
    guarded('nodes', () => nodeChecks(ground, server)),
    guarded('namespace', () => namespaceChecks(ground)),
    guarded('rights', () => rightsGroup(ground, false)),
    guarded('plan in the cluster', () => wantedChecks(ground)),
    guarded('metrics', async () => [await metricsCheck(ground)]),
    guarded('leftovers', () => leftoversChecks(ground)),
  ]);
}

/** What would make a run fail, and no more: asked in the first phase of a run, by each process over its own way in. */
export async function examineForRun(ground: Ground, wayIn: WayIn): Promise<readonly CheckLine[]> {
  return withServer(ground, wayIn, (server) => [
    guarded('server', () => serverChecks(ground, server, { ...wayIn, fails: false })),
    guarded('nodes', () => placeChecks(ground)),
    guarded('namespace', () => holdingChecks(ground)),
    guarded('rights', () => rightsGroup(ground, true)),
    guarded('plan in the cluster', () => wantedChecks(ground)),
  ]);
}

/** Asks for the server first: one that does not answer is waited for once, not by each check. */
async function withServer(
  ground: Ground,
  { about }: WayIn,
  ask: (server: ApiServer) => readonly Promise<readonly CheckLine[]>[],
): Promise<readonly CheckLine[]> {
  const server = await readServer(ground.transport, ground.now).catch((error: unknown) => ({ error }));
  if (!('error' in server)) return (await Promise.all(ask(server))).flat();
  return [broken('way in', about, server.error), unasked('cluster', noServer(server.error))];
}

/** `fails`: whether clocks that differ do. */
function serverChecks(
  { clock }: Ground,
  server: ApiServer,
  { about, isUnverified, fails }: WayIn & { readonly fails: boolean },
): readonly CheckLine[] {
  const { aheadMs } = server;
  return [
    wayInCheck(about, isUnverified),
    versionCheck(server),
    clockCheck('clock of the cluster', { aheadMs, than: clock, fails }),
  ];
}

async function nodeChecks(ground: Ground, { version }: ApiServer): Promise<readonly CheckLine[]> {
  const { clients, wishes, tasks } = ground;
  const seen = await look(clients.core.listNode().then(({ items }) => items));
  const images = [...new Set([wishes.image, ...tasks.flatMap(({ image }) => (image === null ? [] : [image]))])];
  return seenLines(seen, 'nodes', (nodes) => [
    readyCheck(nodes, wishes),
    ...placesCheck(nodes, wishes, tasks),
    kubeletCheck(nodes, version),
    ...imageChecks(nodes, images),
  ]);
}

async function placeChecks({ clients, wishes, tasks }: Ground): Promise<readonly CheckLine[]> {
  const seen = await look(clients.core.listNode().then(({ items }) => items));
  return seenLines(seen, 'nodes', (nodes) => [readyCheck(nodes, wishes), ...placesCheck(nodes, wishes, tasks)]);
}

async function namespaceChecks(ground: Ground): Promise<readonly CheckLine[]> {
  const seen = await readNamespace(ground);
  const first = namespaceLines(seen, ground);
  if ('value' in seen && seen.value === undefined) return [...first, ...withoutNamespace(inNamespace)];
  const security = 'value' in seen && seen.value ? [podSecurityCheck(seen.value)] : [];
  return [...first, ...security, ...(await contentChecks(ground))];
}

async function holdingChecks(ground: Ground): Promise<readonly CheckLine[]> {
  const seen = await readNamespace(ground);
  const first = namespaceLines(seen, ground);
  if ('value' in seen && seen.value === undefined) return first;
  return [...first, ...(await contentChecks(ground))];
}

const inNamespace = ['pod security', 'service account', 'quota', 'limits', 'dry run'];

function readNamespace({ clients, wishes }: Ground): Promise<Seen<V1Namespace | undefined>> {
  return look(ifThere(clients.core.readNamespace({ name: wishes.namespace })));
}

function namespaceLines(seen: Seen<V1Namespace | undefined>, { wishes }: Ground): readonly CheckLine[] {
  return seenLines(seen, 'namespace', (namespace) => [namespaceCheck(namespace, wishes.namespace)]);
}

/** What has to be in the namespace, and what it has room for. */
async function contentChecks(ground: Ground): Promise<readonly CheckLine[]> {
  const { clients, wishes, tasks } = ground;
  const { namespace } = wishes;
  const groups = await Promise.all([
    guarded('service account', async () => {
      const seen = await look(ifThere(clients.core.readNamespacedServiceAccount({ namespace, name: workerAccount })));
      return seenLines(seen, 'service account', (account) => [accountCheck(account, namespace)]);
    }),
    guarded('quota', async () => {
      const seen = await look(clients.core.listNamespacedResourceQuota({ namespace }));
      return seenLines(seen, 'quota', ({ items }) => [quotaCheck(items, ground)]);
    }),
    guarded('limits', async () => {
      const seen = await look(clients.core.listNamespacedLimitRange({ namespace }));
      return seenLines(seen, 'limits', ({ items }) => [limitsCheck(items, tasks)]);
    }),
    guarded('dry run', () => dryRunChecks(ground)),
  ]);
  return groups.flat();
}

async function rightsGroup(ground: Ground, onlyVital: boolean): Promise<readonly CheckLine[]> {
  const rights = await neededRights(ground, onlyVital);
  return rightsChecks(rights, await askRights(ground, rights));
}
