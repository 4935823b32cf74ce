import http from 'node:http';
import https from 'node:https';
import { problem } from '../../../shared/errors.ts';
import type { Access, Credentials } from './access.ts';

/** At most so many connections for requests; watches and logs have connections of their own. */
export const maxConnections = 8;

/** Where requests to one server go out: kept connections for short ones, one each for those that stay open. */
export interface Connections {
  readonly open: (
    url: URL,
    options: http.RequestOptions,
    way: { readonly credentials: Credentials; readonly stays: boolean },
  ) => http.ClientRequest;
  readonly close: () => void;
}

interface Pool {
  readonly short: http.Agent;
  readonly staying: http.Agent;
  readonly mark: string;
}

/** Throws `proxy-needs-node` where the access names a proxy and this Node can't use one. */
export function openConnections(access: Access): Connections {
  const isPlain = access.server.startsWith('http:');
  let pool: Pool | undefined;
  const poolFor = (credentials: Credentials): Pool => {
    const mark = `${String(credentials.cert ?? '')}${String(credentials.key ?? '')}`;
    if (pool?.mark === mark) return pool;
    // A client certificate is part of a connection: with another one, connections are made anew.
    pool?.short.destroy();
    pool = makePool(access, credentials, mark);
    return pool;
  };
  return {
    open: (url, options, { credentials, stays }) => {
      const { short, staying } = poolFor(credentials);
      return (isPlain ? http : https).request(url, { ...options, agent: stays ? staying : short });
    },
    close: () => {
      pool?.short.destroy();
      pool?.staying.destroy();
    },
  };
}

function makePool(access: Access, credentials: Credentials, mark: string): Pool {
  const agent = (options: http.AgentOptions): http.Agent =>
    access.server.startsWith('http:')
      ? new http.Agent({ ...options, ...proxyOf(access) })
      : new https.Agent({ ...options, ...tlsOf(access, credentials), ...proxyOf(access) });
  return {
    mark,
    short: agent({ keepAlive: true, maxSockets: maxConnections, scheduling: 'fifo', keepAliveMsecs: 15_000 }),
    staying: agent({ keepAlive: false }),
  };
}

function tlsOf({ ca, serverName, isUnverified }: Access, { cert, key }: Credentials): https.AgentOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(isUnverified ? { rejectUnauthorized: false } : {}),
  };
}

/** Node's own agents go through proxies from 24.5 on. */
function proxyOf({ proxy }: Access): object {
  if (proxy === undefined) return {};
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 5)) return { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } };
  throw problem('proxy-needs-node', `The kubeconfig names a proxy, which Node ${process.versions.node} can't use`, {
    hint: 'Run Cortex with Node 24.5 or later.',
  });
}
