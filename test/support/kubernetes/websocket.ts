import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** The server's side of a websocket, as far as port-forwards need it: whole binary messages, pings, a close. */
export interface ServerSocket {
  /** Calls back once there is room for more. */
  readonly send: (message: Buffer, sent: () => void) => void;
  /** Takes no more until `resume`: whoever sends has to wait. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly close: () => void;
}

export interface Taking {
  readonly message: (message: Buffer) => void;
  readonly closed: () => void;
  /** Whether pings are answered now. */
  readonly isAnswering: () => boolean;
}

const opcode = { binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Says yes to a client that asks for a websocket (RFC 6455), by the first of its protocols that we speak. */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  { protocol, taking }: { readonly protocol: string; readonly taking: Taking },
): ServerSocket {
  const accepted = createHash('sha1')
    .update(`${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  const lines = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accepted}`];
  socket.write(
    ['HTTP/1.1 101 Switching Protocols', ...lines, `Sec-WebSocket-Protocol: ${protocol}`, '', ''].join('\r\n'),
  );
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (piece: Buffer) => {
    rest = Buffer.concat([rest, piece]);
    for (let read = readFrame(rest); read; read = readFrame(rest)) {
      rest = read.rest;
      if (read.opcode === opcode.binary) taking.message(read.payload);
      else if (read.opcode === opcode.ping && taking.isAnswering()) socket.write(frame(opcode.pong, read.payload));
      else if (read.opcode === opcode.close) socket.end(frame(opcode.close, read.payload));
    }
  });
  socket.on('error', () => undefined);
  socket.once('close', taking.closed);
  return {
    send: (message, sent) => {
      if (socket.write(frame(opcode.binary, message))) sent();
      else socket.once('drain', sent);
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => void socket.end(frame(opcode.close, Buffer.from([0x03, 0xe8]))),
  };
}

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly rest: Buffer;
}

/** The first frame of what has come in; undefined while it is not whole. What a client sends is masked. */
function readFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const head = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < head + 4) return undefined;
  const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  const begin = head + 4;
  if (bytes.length < begin + length) return undefined;
  const payload = Buffer.from(bytes.subarray(begin, begin + length));
  const mask = bytes.subarray(head, begin);
  for (let index = 0; index < length; index += 1) payload[index] = (payload[index] ?? 0) ^ (mask[index & 3] ?? 0);
  return { opcode: bytes.readUInt8(0) & 0x0f, payload, rest: bytes.subarray(begin + length) };
}

function frame(code: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head.writeUInt8(0x80 | code, 0);
  head.writeUInt8(length < 126 ? length : length < 65_536 ? 126 : 127, 1);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}
