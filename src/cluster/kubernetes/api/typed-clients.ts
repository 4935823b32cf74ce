import {
  AuthorizationV1Api,
  BatchV1Api,
  CoreV1Api,
  createConfiguration,
  ResponseContext,
  SchedulingV1Api,
  ServerConfiguration,
  wrapHttpLibrary,
  type RequestContext,
} from '@kubernetes/client-node';
import type { ApiRequest, Transport } from './transport.ts';

/** The generated clients: paths, parameters and models are theirs, connections, waits and errors are the transport's. */
export interface TypedClients {
  readonly jobs: BatchV1Api;
  readonly core: CoreV1Api;
  readonly authorization: AuthorizationV1Api;
  readonly scheduling: SchedulingV1Api;
}

export function typedClients(transport: Transport): TypedClients {
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(transport.server, {}),
    httpApi: wrapHttpLibrary({ send: (context) => sendBy(transport, context) }),
  });
  return {
    jobs: new BatchV1Api(configuration),
    core: new CoreV1Api(configuration),
    authorization: new AuthorizationV1Api(configuration),
    scheduling: new SchedulingV1Api(configuration),
  };
}

async function sendBy(transport: Transport, context: RequestContext): Promise<ResponseContext> {
  const url = new URL(context.getUrl());
  const body = context.getBody();
  const answer = await transport.send({
    method: context.getHttpMethod() as ApiRequest['method'],
    path: `${url.pathname}${url.search}`,
    headers: context.getHeaders(),
    signal: context.getSignal(),
    // Everything that we send is JSON, which the generated code has written already.
    ...(typeof body === 'string' ? { body } : {}),
  });
  const bytes = answer.body;
  return new ResponseContext(answer.code, answer.headers, {
    text: () => Promise.resolve(bytes.toString('utf8')),
    binary: () => Promise.resolve(bytes),
    stream: () => null,
  });
}
