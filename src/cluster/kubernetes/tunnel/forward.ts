import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { KubeConfig, PortForward } from '@kubernetes/client-node';
import { bug } from '../../../shared/errors.ts';
import type { Access } from '../api/access.ts';
import { apiError, readStatus, unreachable } from '../api/api-errors.ts';

export interface Forwarding {
  readonly access: Access;
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  readonly heartbeatMs: number;
}

/** What we use of the websocket that the client gives us. */
interface Line {
  readonly bufferedAmount: number;
  readonly on: (event: 'close' | 'error' | 'pong', act: (cause?: unknown) => void) => void;
  readonly ping: () => void;
  readonly close: () => void;
  readonly terminate: () => void;
}

/** Bytes on their way to the cluster, above which the sender is told to wait. */
const fullBytes = 1024 * 1024;
const drainMs = 20;

/**
 * Carries one connection to a port of a pod, over the API server, by the client's own websocket code. It adds what that
 * lacks: a heartbeat, a limit to what is under way, and an end of both sides when one of them ends.
 */
export async function forward(to: Forwarding, socket: Socket): Promise<void> {
  const outward = new PassThrough();
  const inward = new PassThrough();
  const errors = new PassThrough();
  const config = await configOf(to.access);
  const line = lineOf(
    await new PortForward(config)
      .portForward(to.namespace, to.pod, [to.port], inward, errors, outward)
      .catch((error: unknown) => {
        throw refusalOf(to, error);
      }),
  );
  inward.pipe(socket);
  sendWithin(socket, outward, line);
  const heart = heartbeat(line, to.heartbeatMs);
  const end = (): void => {
    clearInterval(heart);
    line.close();
    socket.destroy();
  };
  // What the pod has said before it closed is still on its way to whoever reads here.
  line.on('close', () => {
    clearInterval(heart);
    inward.end();
  });
  line.on('error', end);
  // The kubelet says here that nobody listens on the port.
  errors.once('data', end);
  socket.once('close', end);
  if (socket.destroyed) end();
}

/** The client's websocket code throws an event, whose text alone says what the server answered. */
function refusalOf({ access, pod }: Forwarding, thrown: unknown): Error {
  const text = String((thrown as { readonly message?: unknown } | null)?.message ?? thrown);
  const what = `the port-forward to ${pod}`;
  const code = Number(/^Unexpected server response: (\d{3})$/.exec(text)?.[1]);
  if (code >= 400) return apiError(readStatus(code, undefined, ''), what);
  return unreachable(access.server, what, { cause: new Error(text) });
}

function lineOf(given: unknown): Line {
  if (typeof given === 'object' && given !== null && 'ping' in given && 'terminate' in given) return given as Line;
  throw bug('tunnel-no-websocket', 'The Kubernetes client gave no websocket to forward by');
}

/** The sender waits while too much is under way: the websocket takes all that it is given. */
function sendWithin(socket: Socket, outward: PassThrough, line: Line): void {
  let waiting: NodeJS.Timeout | undefined;
  socket.on('data', (piece) => {
    outward.write(piece);
    if (line.bufferedAmount < fullBytes || waiting !== undefined) return;
    socket.pause();
    waiting = setInterval(() => {
      if (line.bufferedAmount >= fullBytes) return;
      clearInterval(waiting);
      waiting = undefined;
      socket.resume();
    }, drainMs);
  });
  socket.once('close', () => clearInterval(waiting));
}

/** A line that has not answered the last question is dead, whatever the system thinks of its connection. */
function heartbeat(line: Line, everyMs: number): NodeJS.Timeout {
  let isAnswered = true;
  line.on('pong', () => (isAnswered = true));
  return setInterval(() => {
    if (!isAnswered) return line.terminate();
    isAnswered = false;
    line.ping();
  }, everyMs);
}

/** The way in, in the form that the client's websocket code takes. */
async function configOf(access: Access): Promise<KubeConfig> {
  const { headers, cert, key } = await access.credentials(false);
  const [scheme, ...given] = (headers['authorization'] ?? headers['Authorization'] ?? '').split(' ');
  const base64 = (value: string | Buffer | undefined): string | undefined =>
    value === undefined ? undefined : Buffer.from(value).toString('base64');
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [
      {
        name: 'cluster',
        server: access.server,
        caData: base64(access.ca),
        skipTLSVerify: access.isUnverified ?? false,
        tlsServerName: access.serverName,
        proxyUrl: access.proxy,
      },
    ],
    users: [{ name: 'user', certData: base64(cert), keyData: base64(key), ...login(scheme ?? '', given.join(' ')) }],
    contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
    currentContext: 'context',
  });
  return config;
}

function login(scheme: string, value: string): object {
  if (scheme.toLowerCase() === 'bearer') return { token: value };
  if (scheme.toLowerCase() !== 'basic') return {};
  const [username = '', ...password] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return { username, password: password.join(':') };
}
