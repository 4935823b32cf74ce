import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realNodeGate, type Cluster } from '../support/clusters.ts';
import { selfSigned } from '../support/oidc-issuer.ts';
import { deployFolder, startDeployed } from './deployed.ts';

const { skip, note } = realNodeGate();
/** Where the volume of overlays/test lies. */
const volume = '/var/tmp/cortex-redis';
const where = ['-n', 'cortex-system'];
const passwordOf = (role: string): string => `${role}-`.padEnd(32, 'x');

describe.skipIf(skip)(`what deploy/ runs, on a node that runs pods${note}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    rmSync(volume, { recursive: true, force: true });
    mkdirSync(volume);
    cluster = await startDeployed({ name: 'redis', realNode: true, args: ['--servers', '0', '--agents', '0'] }, test);
    const passwords = ['master', 'worker', 'exporter'].map((role) => `--from-literal=${role}=${passwordOf(role)}`);
    await cluster.kubectl(['create', 'secret', 'generic', 'cortex-redis', ...where, ...passwords]);
    await ready();
  }, 300_000);
  afterAll(async () => {
    await cluster?.down();
    rmSync(volume, { recursive: true, force: true });
  }, 120_000);

  const test = 'overlays/test';
  const ready = (): Promise<string> =>
    cluster.kubectl(['rollout', 'status', 'statefulset/redis', '--timeout=180s', ...where]);
  /** What redis-cli says inside the pod. */
  const ask = async (role: string, ...command: readonly string[]): Promise<string> => {
    const user = ['--no-auth-warning', '--user', `cortex-${role}`, '--pass', passwordOf(role)];
    return (await cluster.kubectl(['exec', 'redis-0', ...where, '--', 'redis-cli', ...user, ...command])).trim();
  };

  it('is a Redis that keeps what it acknowledges, and removes no key when its memory is full', async () => {
    const info = await ask('master', 'info');
    expect(info).toContain('aof_enabled:1');
    expect(info).toContain('maxmemory_policy:noeviction');
    expect(info).toContain('maxmemory_human:1.00G');
  });

  it('has Redis let nobody in without a name, and each user do what is his', async () => {
    expect(await cluster.kubectl(['exec', 'redis-0', ...where, '--', 'redis-cli', 'ping'])).toContain('NOAUTH');
    expect(await ask('worker', 'hset', 'cortex:{a}:attempt:1', 'is', 'mine')).toBe('1');
    expect(await ask('worker', 'hset', 'cortex:{a}:meta', 'is', 'not')).toContain('NOPERM');
    expect(await ask('exporter', 'hset', 'cortex:{a}:meta', 'is', 'not')).toContain('NOPERM');
    expect(await ask('master', 'acl', 'setuser', 'cortex-worker-1', 'reset')).toBe('OK');
  });

  it('has Redis know what it acknowledged when its pod was killed and replaced', async () => {
    await ask('master', 'hset', 'cortex:{b}:meta', 'kept', 'yes');
    await cluster.kubectl(['delete', 'pod', 'redis-0', '--grace-period=0', '--force', ...where]);
    await cluster.kubectl(['wait', '--for=create', 'pod/redis-0', '--timeout=60s', ...where]);
    await ready();
    expect(await ask('master', 'hget', 'cortex:{b}:meta', 'kept')).toBe('yes');
  }, 240_000);

  it('has the reaper remove what is left of an execution whose end has come, and nothing else', async () => {
    for (const [name, endsAt] of [
      ['cx-0000000000', '2020-01-01T00:00:00Z'],
      ['cx-1111111111', '2100-01-01T00:00:00Z'],
    ]) {
      await cluster.kubectl(['create', '-f', '-'], JSON.stringify(anchorOf(name ?? '', endsAt ?? '')));
    }
    await cluster.kubectl(['create', 'job', 'reap-now', '--from=cronjob/cortex-reaper', ...where]);
    await cluster.kubectl(['wait', '--for=condition=Complete', 'job/reap-now', '--timeout=60s', ...where]);
    const left = await cluster.kubectl(['get', 'configmaps', '-n', 'cortex-workers', '-o', 'name']);
    expect(left.trim().split('\n')).toEqual(['configmap/cx-1111111111', 'configmap/kube-root-ca.crt']);
  }, 120_000);

  it('has Redis speak TLS alone where the component says so', async () => {
    const { key, cert } = selfSigned();
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-tls-')));
    const files = { 'tls.key': key, 'tls.crt': cert, 'ca.crt': cert, 'kustomization.yaml': withTls(folder) };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const literals = ['tls.key', 'tls.crt', 'ca.crt'].map((name) => `--from-file=${join(folder, name)}`);
    await cluster.kubectl(['create', 'secret', 'generic', 'cortex-redis-tls', ...where, ...literals]);
    await cluster.kubectl(['apply', '-k', folder]);
    rmSync(folder, { recursive: true });
    await ready();
    const host = await cluster.kubectl(['get', 'pod', 'redis-0', ...where, '-o', 'jsonpath={.status.podIP}']);
    expect(await pingOverTls({ host, ca: cert })).toMatch(/^\+OK\r\n\+PONG\r\n$/);
    await expect(pingOverTls({ host })).rejects.toThrow('self-signed certificate');
    await expect(ask('master', 'ping')).rejects.toThrow('I/O error');
  }, 240_000);
});

function anchorOf(name: string, endsAt: string): unknown {
  const run = name.replace('cx-', '');
  const labels = { 'app.kubernetes.io/managed-by': 'cortex', 'cortex.dev/run': run, 'cortex.dev/anchor': 'true' };
  const annotations = { 'cortex.dev/execution': name, 'cortex.dev/ends-at': endsAt };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'cortex-workers', labels, annotations } };
}

function withTls(folder: string): string {
  const pathOf = (name: string): string => relative(folder, join(deployFolder, name));
  return `resources: [${pathOf('overlays/test')}]\ncomponents: [${pathOf('components/tls')}]\n`;
}

/** The answers to a log-in and a PING. The certificate is for 127.0.0.1, whatever the pod's address is. */
function pingOverTls({ host, ca }: { readonly host: string; readonly ca?: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const trusted = ca === undefined ? {} : { ca };
    const socket = connect({ host, port: 6379, ...trusted, checkServerIdentity: () => undefined });
    let text = '';
    socket.on('error', reject);
    socket.on('secureConnect', () => socket.write(`AUTH cortex-master ${passwordOf('master')}\r\nPING\r\n`));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (text.split('\r\n').length > 2) socket.end(() => resolve(text));
    });
  });
}
