import http from 'node:http';
import https from 'node:https';
import { startCluster } from '../../support/clusters.ts';
import { apiTime } from '../../support/kubernetes/objects.ts';
import { startFakeApi } from '../../support/kubernetes/fake-api.ts';

/** Plain requests to an API server, whatever stands behind it. */
export interface ApiUnderTest {
  readonly send: (method: string, path: string, options?: Sent) => Promise<Answered>;
  /** Reads a watch until the server ends it. */
  readonly watch: (path: string) => Promise<readonly Watched[]>;
  /** Makes the server forget the versions that there were. */
  readonly forget: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface Sent {
  readonly body?: unknown;
  readonly contentType?: string;
}

export interface Answered {
  readonly code: number;
  readonly text: string;
  /** The parsed body, loosely: statements say what must stand in it. */
  readonly body: Loose;
}

/** JSON whose parts are asked for by name. */
export interface Loose {
  readonly [name: string]: unknown;
  readonly metadata?: { readonly name?: string; readonly uid?: string; readonly resourceVersion?: string };
  readonly items?: readonly Loose[];
  readonly message?: string;
}

export interface Watched {
  readonly type: string;
  readonly object: Loose;
}

export async function openFake(): Promise<ApiUnderTest> {
  const api = await startFakeApi({ manner: 'simulated' });
  return {
    ...speakTo(new URL(api.url), {}),
    forget: async () => api.compact(),
    close: api.close,
  };
}

export async function openReal(): Promise<ApiUnderTest> {
  const cluster = await startCluster({ name: 'fake' });
  const { api, kubeconfig: _file, ...parts } = cluster;
  const [token = ''] = /(?<=token: ")[^"]+|(?<=token: )\w+/.exec(await readKubeconfig(cluster.kubeconfig)) ?? [];
  await cluster.kubectl(['create', 'namespace', 'cortex-workers']);
  await cluster.kubectl(['create', 'serviceaccount', 'cortex-worker', '--namespace', 'cortex-workers']);
  const spoken = speakTo(new URL(api.server), { ca: api.ca, token });
  return {
    ...spoken,
    forget: async () => {
      const { body } = await spoken.send('GET', '/api/v1/namespaces/cortex-workers/configmaps');
      const revision = Number(body.metadata?.resourceVersion);
      const etcd = new URL(`http://127.0.0.1:${cluster.port + 1}/v3/kv/compaction`);
      await exchange(etcd, { method: 'POST', headers: {}, body: JSON.stringify({ revision }) });
      await parts.stop('apiserver', 'KILL');
      await parts.start('apiserver');
      await untilReady(spoken);
    },
    close: parts.down,
  };
}

async function readKubeconfig(path: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(path, 'utf8');
}

async function untilReady({ send }: Pick<ApiUnderTest, 'send'>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const code = await send('GET', '/readyz').then(
      (answer) => answer.code,
      () => 0,
    );
    if (code === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the API server is not ready at ${apiTime(Date.now())}`);
}

function speakTo(server: URL, way: { ca?: string; token?: string }): Pick<ApiUnderTest, 'send' | 'watch'> {
  const agent = server.protocol === 'https:' ? new https.Agent({ ca: way.ca, keepAlive: true }) : undefined;
  const authorization = way.token === undefined ? {} : { authorization: `Bearer ${way.token}` };
  const send = async (method: string, path: string, { body, contentType }: Sent = {}): Promise<Answered> => {
    const headers = { ...authorization, 'content-type': contentType ?? 'application/json' };
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await exchange(new URL(path, server), { method, headers, body: text, agent });
    return { ...answer, body: parse(answer.text) };
  };
  return {
    send,
    watch: async (path) => {
      const { text } = await send('GET', path);
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Watched);
    },
  };
}

interface Exchange {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly agent?: https.Agent | undefined;
}

function exchange(url: URL, { method, headers, body, agent }: Exchange): Promise<{ code: number; text: string }> {
  return new Promise((resolve, reject) => {
    const begin = url.protocol === 'https:' ? https.request : http.request;
    const request = begin(url, { method, headers, ...(agent ? { agent } : {}) }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ code: response.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8') }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

function parse(text: string): Loose {
  try {
    return JSON.parse(text) as Loose;
  } catch {
    return {};
  }
}
