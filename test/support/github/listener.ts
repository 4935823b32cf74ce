import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Listener {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Listens on loopback, on a port of the system's choice. */
export async function openListener(
  handle: (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = http.createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      process.stderr.write(`fake GitHub: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: 'the fake failed' }));
    });
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

export async function bodyOf(request: http.IncomingMessage, mostBytes: number): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += (piece as Buffer).length;
    if (bytes <= mostBytes) pieces.push(piece as Buffer);
  }
  return bytes > mostBytes ? undefined : Buffer.concat(pieces).toString('utf8');
}
