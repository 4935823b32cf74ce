import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A connection to a server that can be slowed down and cut. */
export interface FlakyProxy {
  readonly port: number;
  /** Milliseconds that each piece takes from the server to the client. */
  delayMs: number;
  /** Ends every connection, and takes no new one until it is mended. */
  readonly cut: () => void;
  readonly mend: () => void;
  readonly close: () => Promise<void>;
}

/** Stands before a server on loopback. */
export async function flakyProxy(serverPort: number): Promise<FlakyProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const proxy = { delayMs: 0 };
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(serverPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (piece) => setTimeout(() => client.write(piece), proxy.delayMs));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const end = (): void => sockets.forEach((socket) => socket.destroy());
  return Object.assign(proxy, {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      end();
    },
    mend: () => {
      isCut = false;
    },
    close: async () => {
      end();
      server.close();
      await once(server, 'close');
    },
  });
}
