import type { Event, NewEvent } from '../../protocol/event.ts';
import { problem } from '../../shared/errors.ts';
import { checkEvent } from '../check-event.ts';
import { groupCommit } from './group-commit.ts';
import { staleOf, type Reply, type Steps } from './steps.ts';

export interface AppendLimits {
  /** Bytes that the data of one event may have as JSON. */
  readonly eventBytes: number;
  /** How many events the log may have. */
  readonly events: number;
}

interface Call {
  readonly events: readonly NewEvent[];
  /** id, actor, fence, type and data of each event. */
  readonly args: readonly string[];
  readonly size: number;
}

/** How much goes in one step: Redis does nothing else meanwhile, and the next group is made ready. */
const groupCharacters = 512 * 1024;
const groupEvents = 32;

export interface Appender {
  /** Throws `event-malformed`, `secret-is-a-word`, `event-too-large`, `log-full`, `stale-fence`, `store-lost`. */
  readonly append: (given: readonly NewEvent[]) => Promise<readonly Event[]>;
  readonly idle: () => Promise<void>;
}

/** Appends the calls that come together in one step, each judged alone. */
export function openAppender(
  steps: Steps,
  { limits, mask }: { readonly limits: AppendLimits; readonly mask: (text: string) => string },
): Appender {
  const group = groupCommit<Call, readonly Event[]>({
    sizeOf: ({ size }) => size,
    maxSize: groupCharacters,
    // One connection keeps their order; where a try fails, a call may come after one that did not wait for it.
    maxGroups: 2,
    commit: async (calls) => {
      const args = calls.flatMap((call) => [String(call.events.length), ...call.args]);
      const [, at, ...answers] = await steps.run('append', [limits.events, calls.length, ...args]);
      const results = calls.map((call, index) => resultOf(call, answers[index] as Answer, String(at)));
      for (const result of results) if (!(result instanceof Error)) steps.saw(result.at(-1)?.seq ?? 0);
      return results;
    },
  });
  return {
    append: async (given) => {
      const events = withoutRepeats(given.map((each) => checkEvent(each, mask)));
      return events.length === 0 ? [] : group.push(callOf(events, limits));
    },
    idle: group.idle,
  };
}

/** What says the same again is dropped here; an id with another fence goes along, for its fence to be judged. */
function withoutRepeats(events: readonly NewEvent[]): readonly NewEvent[] {
  if (events.length < 2) return events;
  const first = new Map<string, NewEvent>();
  for (const event of events) {
    const said = JSON.stringify([event.id, event.actor, event.fence]);
    if (!first.has(said)) first.set(said, event);
  }
  return [...first.values()];
}

function callOf(events: readonly NewEvent[], { eventBytes }: AppendLimits): Call {
  let size = 0;
  const args = events.flatMap((event) => {
    const { id, actor, fence, type } = event;
    const data = JSON.stringify(event.data);
    if (Buffer.byteLength(data) > eventBytes) throw tooLarge(event, eventBytes);
    size += Math.max(data.length, groupCharacters / groupEvents);
    return [id, actor, String(fence), type, data];
  });
  return { events, args, size };
}

/** What a step says of one call: of each event its number, 0 where it was known, or number and time of an earlier try. */
type Answer = Reply | readonly (number | readonly [number, string])[];

function resultOf({ events }: Call, answer: Answer, at: string): readonly Event[] | Error {
  if (answer[0] === 'stale') return staleOf(answer as Reply);
  if (answer[0] === 'full') return logFull();
  let lastSeq = 0;
  return events.flatMap((event, index) => {
    const kept = answer[index] as number | readonly [number, string];
    const [seq, time] = typeof kept === 'number' ? [kept, at] : kept;
    // 0 was known; an earlier number is an id said twice in this call, of which an earlier try kept the first.
    if (seq <= lastSeq) return [];
    lastSeq = seq;
    return [{ v: 1, seq, at: time, ...event } as Event];
  });
}

function tooLarge({ type, id }: NewEvent, limit: number): Error {
  return problem('event-too-large', `${type} (${id}) has more than ${limit} bytes of data`, {
    hint: 'Large content belongs in an artefact. Look for a task with very large inputs, and shorten them.',
  });
}

function logFull(): Error {
  return problem('log-full', 'The log of this execution has as many events as it may have', {
    hint: 'Split the plan into smaller ones, or look for a task that is tried again and again.',
  });
}
