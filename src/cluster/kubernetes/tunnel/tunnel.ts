import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Access } from '../api/access.ts';
import type { TypedClients } from '../api/typed-clients.ts';
import { forward } from './forward.ts';
import { findReadyPod } from './ready-pod.ts';

export interface TunnelOptions {
  readonly access: Access;
  readonly clients: TypedClients;
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  /** How often each connection is asked for a sign of life, in ms. */
  readonly heartbeatMs?: number;
}

/** A service of the cluster, as a port of this machine that only this machine reaches. */
export interface Tunnel {
  readonly port: number;
  /** Why the last connection could not be made, or broke off; undefined while all went well. */
  readonly trouble: () => unknown;
  readonly close: () => void;
}

const heartbeatMs = 15_000;

/**
 * Listens on loopback. Each connection is carried by a websocket of its own to a pod of the service that is Ready at that
 * moment: one that breaks is closed, and whoever connects again finds the next pod. Throws what finding the first throws.
 */
export async function openTunnel(options: TunnelOptions): Promise<Tunnel> {
  // Before anybody connects: a service that is not there should be said so, not look like a store that does not answer.
  await findReadyPod(options.clients, options);
  const sockets = new Set<Socket>();
  let trouble: unknown;
  const carry = async (socket: Socket): Promise<void> => {
    const { name: pod, port } = await findReadyPod(options.clients, options);
    const { access, namespace } = options;
    await forward({ access, namespace, pod, port, heartbeatMs: options.heartbeatMs ?? heartbeatMs }, socket);
    trouble = undefined;
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    carry(socket).catch((error: unknown) => {
      trouble = error;
      socket.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    trouble: () => trouble,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
