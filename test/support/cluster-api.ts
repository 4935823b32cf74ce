import { request as httpsRequest, Agent } from 'node:https';
import { parse } from 'yaml';
import { z } from 'zod';

/** Who asks, where it is not the administrator: impersonated, or by a token of its own. */
export interface Caller {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly token?: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** The object, list or Status; undefined where the body is no JSON. */
  readonly body: unknown;
  readonly text: string;
}

export interface ClusterApi {
  readonly server: string;
  /** PEM of the certificate that the server shows. */
  readonly ca: string;
  readonly get: (path: string, caller?: Caller) => Promise<ApiAnswer>;
  readonly post: (path: string, body: unknown, caller?: Caller) => Promise<ApiAnswer>;
  readonly send: (method: string, path: string, options?: SendOptions) => Promise<ApiAnswer>;
}

export interface SendOptions {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly caller?: Caller;
}

const kubeconfigSchema = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }) }),
  ]),
  users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]),
});

/** Requests over kept connections to the server of a kubeconfig. */
export function apiOf(kubeconfig: string): ClusterApi {
  const { clusters, users } = kubeconfigSchema.parse(parse(kubeconfig));
  const { server, 'certificate-authority-data': data } = clusters[0].cluster;
  const ca = Buffer.from(data, 'base64').toString('utf8');
  const agent = new Agent({ ca, keepAlive: true, maxSockets: 8 });
  const send = (method: string, path: string, options: SendOptions = {}): Promise<ApiAnswer> => {
    const headers = headersOf(users[0].user.token, options);
    return exchange({ url: new URL(path, server), method, agent, headers, body: options.body });
  };
  return {
    server,
    ca,
    send,
    get: (path, caller = {}) => send('GET', path, { caller }),
    post: (path, body, caller = {}) => send('POST', path, { body, caller }),
  };
}

/** What a Status or any other answer says in `message`; the text without one. */
export function messageOf({ body, text }: ApiAnswer): string {
  const parsed = z.object({ message: z.string() }).safeParse(body);
  return parsed.success ? parsed.data.message : text;
}

function headersOf(admin: string, { contentType = 'application/json', caller = {} }: SendOptions): Headers {
  const headers = {
    authorization: `Bearer ${caller.token ?? admin}`,
    accept: 'application/json',
    'content-type': contentType,
  };
  const impersonated = caller.user === undefined ? {} : { 'impersonate-user': caller.user };
  const groups = caller.groups === undefined ? {} : { 'impersonate-group': [...caller.groups] };
  return { ...headers, ...impersonated, ...groups };
}

type Headers = Readonly<Record<string, string | string[]>>;

interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly agent: Agent;
  readonly headers: Headers;
  readonly body: unknown;
}

function exchange({ url, method, agent, headers, body }: Exchange): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const call = httpsRequest(url, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, body: asJson(text), text });
      });
    });
    call.on('error', reject);
    call.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
