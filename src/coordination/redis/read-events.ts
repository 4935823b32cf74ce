import { parseEvent, type Event } from '../../protocol/event.ts';
import { messageOf, problem } from '../../shared/errors.ts';
import type { RedisClient } from './client.ts';

/** Entries of a stream as Redis replies them: its id, then names and values in turn. */
type Entry = readonly [string, readonly string[]];

/** How many events one reply has at most. */
export const pageEvents = 500;

/** The next events from a number on, in order; at most a page of them. Throws `log-damaged`. */
export async function readPage(client: RedisClient, stream: string, fromSeq: number): Promise<readonly Event[]> {
  return parseEntries(await client.call('XRANGE', [stream, `${fromSeq}-0`, '+', 'COUNT', pageEvents]), stream);
}

/** Waits on the server for events after a number; none where the time is over, the connection lost or the signal aborted. */
export async function awaitPage(
  client: RedisClient,
  {
    stream,
    afterSeq,
    blockMs,
    signal,
  }: {
    readonly stream: string;
    readonly afterSeq: number;
    readonly blockMs: number;
    readonly signal: AbortSignal;
  },
): Promise<readonly Event[]> {
  const args = ['COUNT', pageEvents, 'BLOCK', blockMs, 'STREAMS', stream, `${afterSeq}-0`];
  const reply = (await client.block('XREAD', args, signal)) as readonly unknown[] | null;
  return parseEntries(entriesOf(reply), stream);
}

/** One stream was asked for: `[stream, entries]`, alone in a list, or, as RESP3 gives a map, flattened into the list. */
function entriesOf(reply: readonly unknown[] | null): unknown {
  if (!reply) return [];
  const [first, second] = reply;
  return Array.isArray(first) ? first[1] : second;
}

function parseEntries(entries: unknown, stream: string): readonly Event[] {
  return (entries as readonly Entry[]).map((entry) => parseEntry(entry, stream));
}

function parseEntry([entryId, pairs]: Entry, stream: string): Event {
  try {
    const fields: Record<string, string> = {};
    for (let index = 0; index + 1 < pairs.length; index += 2) fields[pairs[index] ?? ''] = pairs[index + 1] ?? '';
    const { id, actor, type, at, fence, data } = fields;
    const seq = Number(entryId.slice(0, -'-0'.length));
    return parseEvent({
      v: 1,
      seq,
      at,
      id,
      actor,
      fence: Number(fence),
      type,
      data: JSON.parse(data ?? '') as unknown,
    });
  } catch (error) {
    throw problem('log-damaged', `Entry ${entryId} of ${stream} is no event: ${messageOf(error).slice(0, 200)}`, {
      hint: 'Something else than Cortex wrote to this stream. Start a fresh execution, in a database of its own.',
      cause: error,
    });
  }
}
