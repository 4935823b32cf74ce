import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { hasEnded } from './deletion.ts';
import type { Pod } from './objects.ts';
import type { ObjectStore } from './object-store.ts';
import { acceptWebSocket, type ServerSocket } from './websocket.ts';

/** What somebody in a pod does with one connection to its port. */
export type Serve = (stream: Duplex) => void;

/** Connections to ports of pods, as the API server carries them: a websocket each, which begins every message with its channel. */
export interface PortForwards {
  /** From now on somebody in the pod listens there. */
  readonly listen: (pod: string, port: number, serve: Serve) => void;
  /** How many connections to a pod are open. */
  readonly open: (pod: string) => number;
  /** From now on no ping is answered, though connections stay open, as behind a dead network. */
  readonly fallSilent: () => void;
  readonly carry: (pod: Pod, port: number, how: { readonly request: IncomingMessage; readonly socket: Duplex }) => void;
}

interface Carried {
  readonly pod: string;
  readonly uid: string;
  readonly line: ServerSocket;
}

/** Of the protocols that clients offer. */
const protocol = 'v4.channel.k8s.io';

export function portForwards(store: ObjectStore): PortForwards {
  const listeners = new Map<string, Serve>();
  const carried = new Set<Carried>();
  let isAnswering = true;
  store.onChange(({ plural, type, object }) => {
    if (plural !== 'pods' || (type !== 'DELETED' && !hasEnded(object as Pod))) return;
    for (const { uid, line } of carried) if (uid === object.metadata.uid) line.close();
  });
  return {
    listen: (pod, port, serve) => void listeners.set(`${pod}:${port}`, serve),
    open: (pod) => [...carried].filter((each) => each.pod === pod).length,
    fallSilent: () => void (isAnswering = false),
    carry: ({ metadata: { name, uid } }, port, { request, socket }) => {
      const { line, stream, begin, fail } = channels((taking) =>
        acceptWebSocket(request, socket, { protocol, taking: { ...taking, isAnswering: () => isAnswering } }),
      );
      const entry = { pod: name, uid, line };
      carried.add(entry);
      stream.once('close', () => carried.delete(entry));
      begin(port);
      const serve = listeners.get(`${name}:${port}`);
      if (serve) serve(stream);
      else fail(`failed to connect to localhost:${port} inside namespace "fake": connect: connection refused`);
    },
  };
}

interface Channels {
  readonly line: ServerSocket;
  /** The bytes of the port. */
  readonly stream: Duplex;
  readonly begin: (port: number) => void;
  readonly fail: (message: string) => void;
}

const data = 0;
const errors = 1;

/** The two channels of one port: bytes both ways, and errors from the pod. */
function channels(
  accept: (taking: { readonly message: (message: Buffer) => void; readonly closed: () => void }) => ServerSocket,
): Channels {
  const stream = new Duplex({
    read: () => line.resume(),
    write: (piece: Buffer, _encoding, done) => line.send(Buffer.concat([Buffer.from([data]), piece]), done),
    final: (done) => {
      line.close();
      done();
    },
  });
  stream.on('error', () => undefined);
  const line: ServerSocket = accept({
    message: (message) => {
      if (message.readUInt8(0) === data && !stream.push(message.subarray(1))) line.pause();
    },
    closed: () => void stream.destroy(),
  });
  return {
    line,
    stream,
    // Each channel says first which port it belongs to.
    begin: (port) => {
      for (const channel of [data, errors]) line.send(Buffer.from([channel, port & 0xff, port >> 8]), () => undefined);
    },
    fail: (message) => line.send(Buffer.concat([Buffer.from([errors]), Buffer.from(message)]), () => undefined),
  };
}
