import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startServer, type Engine, type StoreServer } from '../../support/redis-servers.ts';
import { redisWorld, until } from '../../support/redis-worlds.ts';

/** Something that a test has started, and ends. */
interface Started {
  readonly url: string;
  readonly remove: () => Promise<void>;
}

export interface Certificates {
  readonly ca: string;
  readonly serverArgs: readonly string[];
  readonly remove: () => void;
}

/** An authority for one test, and the certificate that it gave a server of that name (`DNS:…` or `IP:…`). */
export function makeCertificates(subject: string): Certificates {
  const directory = mkdtempSync(join(tmpdir(), 'cortex-tls-'));
  const file = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { stdio: 'pipe' });
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  openssl('req', '-x509', ...fresh, '-subj', '/CN=test authority', '-keyout', file('ca.key'), '-out', file('ca.pem'));
  const issuer = ['-CA', file('ca.pem'), '-CAkey', file('ca.key')];
  const named = ['-subj', '/CN=server', '-addext', `subjectAltName=${subject}`, '-addext', 'basicConstraints=CA:FALSE'];
  openssl('req', '-x509', ...fresh, ...issuer, ...named, '-keyout', file('server.key'), '-out', file('server.pem'));
  const server = ['--tls-cert-file', file('server.pem'), '--tls-key-file', file('server.key')];
  return {
    ca: file('ca.pem'),
    serverArgs: [...server, '--tls-ca-cert-file', file('ca.pem'), '--tls-auth-clients', 'no'],
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export interface Watched extends Started {
  /** The server that takes writes at first. */
  readonly first: StoreServer;
}

/** A server and its replica under the name `shop`, watched by three sentinels that agree by two. */
export async function startSentinels(engine: Engine): Promise<Watched> {
  const first = await startServer(engine);
  const replica = await startServer(engine, { args: ['--replicaof', '127.0.0.1', String(first.port)] });
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(engine, first.port)));
  await untilTheyKnowEachOther(sentinels.map(({ url }) => url));
  const hosts = sentinels.map(({ url }) => url.slice('redis://'.length)).join(',');
  const all = [...sentinels, first, replica];
  return {
    url: `redis+sentinel://${hosts}/shop`,
    first,
    remove: async () => {
      await Promise.all(all.map((each) => each.remove()));
    },
  };
}

async function startSentinel(engine: Engine, watchedPort: number): Promise<Started> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'cortex-sentinel-'));
  const config = join(directory, 'sentinel.conf');
  const watch = [
    `monitor shop 127.0.0.1 ${watchedPort} 2`,
    'down-after-milliseconds shop 500',
    'failover-timeout shop 3000',
  ].map((line) => `sentinel ${line}\n`);
  writeFileSync(config, [`port ${port}\nbind 127.0.0.1\ndir ${directory}\n`, ...watch].join(''));
  const child = spawn(`${engine}-server`, [config, '--sentinel'], { stdio: 'ignore' });
  return {
    url: `redis://127.0.0.1:${port}`,
    remove: async () => {
      if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Each must know the replica and both of the others, or none may fail over. */
async function untilTheyKnowEachOther(urls: readonly string[]): Promise<void> {
  const world = redisWorld();
  for (const url of urls) {
    const sentinel = await world.connect(url, { loadsScripts: false });
    await until(async () => {
      const fields = (await sentinel.call('SENTINEL', ['MASTER', 'shop'])) as readonly string[];
      const value = (name: string): string | undefined => fields[fields.indexOf(name) + 1];
      return value('num-slaves') === '1' && value('num-other-sentinels') === '2';
    });
  }
  await world.close();
}

export interface TestCluster extends Started {
  readonly nodes: readonly StoreServer[];
}

/** Three nodes that share the slots, without replicas. */
export async function startCluster(engine: Engine): Promise<TestCluster> {
  const nodes = await Promise.all([1, 2, 3].map(() => startNode(engine)));
  const world = redisWorld();
  const admins = await Promise.all(nodes.map(({ server }) => world.connect(server.url, { loadsScripts: false })));
  const ranges = [
    ['0', '5460'],
    ['5461', '10922'],
    ['10923', '16383'],
  ];
  await Promise.all(admins.map((admin, index) => admin.call('CLUSTER', ['ADDSLOTSRANGE', ...(ranges[index] ?? [])])));
  for (const { server, busPort } of nodes.slice(1)) {
    await admins[0]?.call('CLUSTER', ['MEET', '127.0.0.1', server.port, busPort]);
  }
  for (const admin of admins) {
    await until(async () => {
      const info = String(await admin.call('CLUSTER', ['INFO']));
      return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3');
    });
  }
  await world.close();
  const servers = nodes.map(({ server }) => server);
  return {
    url: `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    nodes: servers,
    remove: async () => {
      await Promise.all(servers.map((server) => server.remove()));
    },
  };
}

/** The bus would take the port + 10000, which there may be none of. */
async function startNode(engine: Engine): Promise<{ readonly server: StoreServer; readonly busPort: number }> {
  const busPort = await freePort();
  const server = await startServer(engine, { args: ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)] });
  return { server, busPort };
}
