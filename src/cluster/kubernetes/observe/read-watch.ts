import { outside } from '../../../shared/errors.ts';
import { apiError, readStatus, unreachable } from '../api/api-errors.ts';
import type { Transport } from '../api/transport.ts';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: unknown;
  /** Version of the object: where a watch can be resumed. */
  readonly version: string | undefined;
}

/** A line that is longer than any object etcd takes. */
const maxLineBytes = 8 * 1024 * 1024;

/**
 * The events of one watch, until the server ends it. Throws `kube-gone` (410, as an answer or as an event),
 * `kube-unreachable` where the connection breaks, `kube-watch-garbled` where a line is no event.
 */
export async function* readWatch(
  transport: Transport,
  { path, signal, onOpen }: { readonly path: string; readonly signal: AbortSignal; readonly onOpen: () => void },
): AsyncGenerator<WatchEvent> {
  const response = await transport.stream({ method: 'GET', path, signal });
  onOpen();
  let rest: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, start)) {
        yield readEvent(Buffer.concat([...rest, piece.subarray(start, end)]).toString('utf8'));
        rest = [];
        length = 0;
        start = end + 1;
      }
      rest.push(piece.subarray(start));
      length += piece.length - start;
      if (length > maxLineBytes) throw garbled(`a line of more than ${maxLineBytes} bytes`);
    }
  } catch (error) {
    if (signal.aborted || (error as { family?: unknown }).family !== undefined) throw error;
    throw unreachable(transport.server, 'the watch', { cause: error });
  } finally {
    response.destroy();
  }
}

function readEvent(line: string): WatchEvent {
  const event = parse(line);
  const { type, object } = event;
  if (type === 'ERROR') {
    const code = Number((object as { code?: unknown } | undefined)?.code ?? 500);
    throw apiError(readStatus(code, undefined, JSON.stringify(object)), 'the watch');
  }
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED' && type !== 'BOOKMARK') {
    throw garbled(`an event of type ${JSON.stringify(type)}`);
  }
  const metadata = (object as { metadata?: { resourceVersion?: string } } | undefined)?.metadata;
  return { type, object, version: metadata?.resourceVersion };
}

function parse(line: string): { readonly type?: unknown; readonly object?: unknown } {
  try {
    return (JSON.parse(line) ?? {}) as { type?: unknown; object?: unknown };
  } catch {
    throw garbled(`a line that is no JSON: ${line.slice(0, 100)}`);
  }
}

function garbled(seen: string): Error {
  return outside('kube-watch-garbled', `The watch sent ${seen}`, {
    hint: 'A proxy between here and the cluster may change what passes through it.',
    retryable: true,
  });
}
