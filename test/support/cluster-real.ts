import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { deployFolder, startDeployed } from '../deploy/deployed.ts';
import type { Cluster } from './clusters.ts';
import { randomLike } from './planted-secrets.ts';

/** A cluster with a node that runs pods, and on it the Redis of deploy/. */
export interface RealCluster {
  readonly cluster: Cluster;
  /** As masters reach the store from outside: through the API server. */
  readonly store: string;
  /** What must stand nowhere: passwords of the store, and the token of the kubeconfig. */
  readonly secrets: readonly string[];
  /** What Redis says to the user of masters, inside its pod. */
  readonly ask: (...command: readonly string[]) => Promise<string>;
  readonly down: () => Promise<void>;
}

/** Where workers run: on the one node that runs pods, which nothing else may use. */
export const onRealNode = `nodeSelector: { cluster/real: 'true' }
    tolerations: [{ key: cluster/real, value: 'true' }]`;

const where = ['-n', 'cortex-system'];

/** Starts it; resolves when Redis is ready. */
export async function startReal(name: string): Promise<RealCluster> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-real-')));
  const volume = join(folder, 'volume');
  mkdirSync(volume);
  writeFileSync(join(folder, 'kustomization.yaml'), overlayOver(folder, volume));
  const nodes = ['--servers', '0', '--agents', '0'];
  const cluster = await startDeployed({ name, realNode: true, args: nodes }, relative(deployFolder, folder));
  const passwords = ['master', 'worker', 'exporter'].map((role) => [role, randomLike(32, 'abcdef0123456789', role)]);
  const [master = ''] = passwords.map(([, password]) => password ?? '');
  const down = async (): Promise<void> => {
    await cluster.down();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const literals = passwords.map(([role, password]) => `--from-literal=${role}=${password}`);
    await cluster.kubectl(['create', 'secret', 'generic', 'cortex-redis', ...where, ...literals]);
    await cluster.kubectl(['rollout', 'status', 'statefulset/redis', '--timeout=180s', ...where]);
  } catch (error) {
    await down();
    throw error;
  }
  const user = ['--no-auth-warning', '--user', 'cortex-master', '--pass', master];
  return {
    cluster,
    store: `redis+tunnel://cortex-master:${master}@redis.cortex-system`,
    secrets: passwords.map(([, password]) => password ?? ''),
    ask: async (...command) =>
      (await cluster.kubectl(['exec', 'redis-0', ...where, '--', 'redis-cli', ...user, ...command])).trim(),
    down,
  };
}

/** The overlay for tests, its volume in a folder of this process alone. */
function overlayOver(folder: string, volume: string): string {
  const patch = JSON.stringify([{ op: 'replace', path: '/spec/local/path', value: volume }]);
  return `resources: [${relative(folder, join(deployFolder, 'overlays', 'test'))}]
patches:
  - target: { kind: PersistentVolume, name: cortex-redis-test }
    patch: '${patch}'
`;
}
