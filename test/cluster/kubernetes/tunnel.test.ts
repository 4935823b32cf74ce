import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../../../src/cluster/kubernetes/api/api-errors.ts';
import type { Access } from '../../../src/cluster/kubernetes/api/access.ts';
import { typedClients } from '../../../src/cluster/kubernetes/api/typed-clients.ts';
import { openTunnel, type Tunnel, type TunnelOptions } from '../../../src/cluster/kubernetes/tunnel/tunnel.ts';
import { selfSigned } from '../../support/kubernetes/certificate.ts';
import { openFakeWorld, plainAccess, type FakeWorld } from './fake-world.ts';

const namespace = 'cortex-system';
const MiB = 1024 * 1024;
const echo = (stream: Duplex): void => void stream.pipe(stream);

describe('a tunnel to a service', () => {
  let world: FakeWorld;
  let tunnel: Tunnel | undefined;
  const sockets: Socket[] = [];
  let certificate: { readonly key: string; readonly cert: string };
  beforeAll(async () => {
    certificate = await selfSigned();
  });
  beforeEach(async () => {
    // The client's websocket code takes no plain connection.
    const access = ({ url }: { readonly url: string }): Access => ({ ...plainAccess(url), ca: certificate.cert });
    world = await openFakeWorld({ manner: 'simulated', tls: certificate, access });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    tunnel?.close();
    tunnel = undefined;
    await world.remove();
  });

  const serve = (): unknown =>
    world.api.verbs.create('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'redis', namespace },
      spec: { selector: { app: 'redis' }, ports: [{ port: 6379, targetPort: 'redis' }] },
    });
  /** A pod of the service whose port is 7000, and that is Ready unless it waits for something. */
  const pod = async (name: string, listen?: (stream: Duplex) => void, waiting?: string): Promise<void> => {
    const container = { name: 'redis', image: 'redis:7', ports: [{ name: 'redis', containerPort: 7000 }] };
    const life = waiting ? { 'simulate/waiting': waiting } : { 'simulate/duration': '600s', 'simulate/stop': '50ms' };
    world.api.verbs.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels: { app: 'redis' }, annotations: life },
      spec: { containers: [container] },
      status: { phase: 'Pending' },
    });
    if (listen) world.api.forwards.listen(name, 7000, listen);
    const phase = (): string => world.api.verbs.read('pods', { namespace, name }).status.phase;
    await expect.poll(phase).toBe(waiting ? 'Pending' : 'Running');
  };
  const open = async (change: Partial<TunnelOptions> = {}): Promise<Tunnel> => {
    const clients = typedClients(world.transport({ patienceMs: 300 }));
    const access = { ...plainAccess(world.api.url), ca: certificate.cert };
    const to = { access, clients, namespace, service: 'redis', port: 6379 };
    return (tunnel = await openTunnel({ ...to, ...change }));
  };
  const client = async (): Promise<Socket> => {
    const socket = connect(tunnel?.port ?? 0, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  /** Reads as many bytes as asked for. */
  const take = async (socket: Socket, bytes: number): Promise<Buffer> => {
    const pieces: Buffer[] = [];
    let length = 0;
    while (length < bytes) {
      const piece = (socket.read() ?? (await once(socket, 'readable').then(() => socket.read()))) as Buffer | null;
      if (piece === null && socket.readableEnded) throw new Error(`it ended after ${length} of ${bytes} bytes`);
      if (piece === null) continue;
      pieces.push(piece);
      length += piece.length;
    }
    return Buffer.concat(pieces);
  };
  /** Sends so many bytes and reads them back. */
  const roundTrip = async (socket: Socket, sent: Buffer): Promise<Buffer> => {
    socket.write(sent);
    return take(socket, sent.length);
  };

  it('carries bytes both ways as they are, whatever their number, over several connections at once', async () => {
    serve();
    await pod('redis-0', echo);
    await open();
    const size = fc.oneof(
      fc.integer({ min: 1, max: 70_000 }),
      fc.integer({ min: 65_530, max: 65_540 }),
      fc.constant(3 * MiB),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(size, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        async (all) => {
          await Promise.all(
            all.map(async (sizes) => {
              const socket = await client();
              for (const bytes of sizes) {
                const sent = randomBytes(bytes);
                expect((await roundTrip(socket, sent)).equals(sent)).toBe(true);
              }
              socket.destroy();
            }),
          );
        },
      ),
      { numRuns: 10 },
    );
    await expect.poll(() => world.api.forwards.open('redis-0')).toBe(0);
    expect(tunnel?.trouble()).toBeUndefined();
  });

  it('gives a client that reads late all that the pod said before it closed the connection', async () => {
    serve();
    const said = randomBytes(12 * MiB);
    let isOver = false;
    await pod('redis-0', (stream) => {
      stream.end(said);
      stream.once('close', () => (isOver = true));
    });
    await open();
    const socket = await client();
    await expect.poll(() => isOver, { timeout: 10_000 }).toBe(true);
    expect((await buffer(socket)).equals(said)).toBe(true);
  });

  it('closes the connection to the pod where the client closes its own', async () => {
    serve();
    await pod('redis-0', echo);
    await open();
    const socket = await client();
    await roundTrip(socket, Buffer.from('PING'));
    expect(world.api.forwards.open('redis-0')).toBe(1);
    socket.end();
    await expect.poll(() => world.api.forwards.open('redis-0')).toBe(0);
  });

  it('keeps what is under way bounded where the pod is slow, and loses nothing of it', async () => {
    serve();
    let slow: Duplex | undefined;
    await pod('redis-0', (stream) => (slow = stream));
    await open();
    const socket = await client();
    const piece = randomBytes(64 * 1024);
    const pieces = 800;
    let taken = 0;
    const sending = (async (): Promise<void> => {
      for (let sent = 0; sent < pieces; sent += 1) {
        await new Promise((resolve) => socket.write(piece, resolve));
        taken += piece.length;
      }
    })();
    let before = -1;
    for (; before < taken; await pause(300)) before = taken;
    // What the system keeps for its connections comes on top of our own limit.
    expect(taken).toBeLessThan(25 * MiB);
    const hash = createHash('sha256');
    let length = 0;
    slow?.on('data', (bytes: Buffer) => {
      hash.update(bytes);
      length += bytes.length;
    });
    await sending;
    await expect.poll(() => length, { timeout: 20_000 }).toBe(pieces * piece.length);
    const wanted = createHash('sha256');
    for (let index = 0; index < pieces; index += 1) wanted.update(piece);
    expect(hash.digest('hex')).toBe(wanted.digest('hex'));
  });

  it('says that the service is not there, or leads to no such port', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'tunnel-service', family: 'problem' });
    serve();
    await expect(open({ port: 6380 })).rejects.toMatchObject({ code: 'tunnel-service', hint: 'Its ports are 6379.' });
  });

  it('says that no pod of the service is Ready', async () => {
    serve();
    await expect(open()).rejects.toMatchObject({
      code: 'tunnel-no-pod',
      message: expect.stringContaining('None of 0 pods'),
    });
    await pod('redis-0', echo, 'ImagePullBackOff');
    await expect(open()).rejects.toMatchObject({ code: 'tunnel-no-pod', family: 'outside', retryable: true });
  });

  it('closes the connections of a pod that dies, and leads the next one to another that is Ready', async () => {
    serve();
    await pod('redis-0', (stream) => void stream.write('zero'));
    await pod('redis-1', (stream) => void stream.write('one'));
    await open();
    const first = await client();
    expect(String(await take(first, 4))).toBe('zero');
    const closed = once(first, 'close');
    world.api.verbs.remove('pods', { namespace, name: 'redis-0' });
    await closed;
    const second = await client();
    expect(String(await take(second, 3))).toBe('one');
  });

  it('closes the connection where nobody listens on the port of the pod', async () => {
    serve();
    await pod('redis-0');
    await open();
    const socket = await client();
    const said = buffer(socket);
    await once(socket, 'close');
    expect(await said).toHaveLength(0);
  });

  it('closes a line that gives no sign of life after two heartbeats, and none that does', async () => {
    serve();
    await pod('redis-0', echo);
    await open({ heartbeatMs: 200 });
    const socket = await client();
    await roundTrip(socket, Buffer.from('PING'));
    await pause(1000);
    expect(socket.closed).toBe(false);
    const begun = performance.now();
    world.api.forwards.fallSilent();
    await once(socket, 'close');
    expect(performance.now() - begun).toBeGreaterThan(190);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it('closes all connections when it is closed', async () => {
    serve();
    await pod('redis-0', echo);
    await open();
    const socket = await client();
    await roundTrip(socket, Buffer.from('PING'));
    tunnel?.close();
    await once(socket, 'close');
    await expect.poll(() => world.api.forwards.open('redis-0')).toBe(0);
  });

  it('says what right is missing where it may not forward', async () => {
    serve();
    await pod('redis-0', echo);
    world.api.rights.deny({ verb: 'create', resource: 'pods', subresource: 'portforward' });
    await open();
    await once(await client(), 'close');
    expect(codeOf(tunnel?.trouble())).toBe(403);
  });

  it('says what it may not read, and forgets that once a connection is carried again', async () => {
    serve();
    await pod('redis-0', echo);
    await open();
    const allow = world.api.rights.deny({ verb: 'list', resource: 'pods' });
    await once(await client(), 'close');
    expect(codeOf(tunnel?.trouble())).toBe(403);
    allow();
    await roundTrip(await client(), Buffer.from('PING'));
    expect(tunnel?.trouble()).toBeUndefined();
  });
});
