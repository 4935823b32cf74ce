import { eventData, parseEvent, type NewEvent } from '../protocol/event.ts';
import { bug, messageOf, problem } from '../shared/errors.ts';

/** An event as it will be kept: of the shape of its kind, its texts masked. Throws `event-malformed`, `secret-is-a-word`. */
export function checkEvent(given: NewEvent, mask: (text: string) => string): NewEvent {
  refuseMalformed(given);
  const { id, actor, fence, type } = given;
  const text = JSON.stringify(given.data);
  const data: unknown = JSON.parse(text, (_key, value: unknown) => (typeof value === 'string' ? mask(value) : value));
  if (JSON.stringify(data) === text || eventData[type].safeParse(data).success)
    return { id, actor, fence, type, data } as NewEvent;
  throw problem(
    'secret-is-a-word',
    `A secret of the environment is also a word of ${type}, which can't be written without it`,
    {
      hint: 'Look for a variable whose name speaks of a secret (TOKEN, PASSWORD, KEY…) and whose value is a common word, and take it out.',
    },
  );
}

/** What could not be read again must not be written. */
function refuseMalformed({ id, actor, fence, type, data }: NewEvent): void {
  try {
    parseEvent({ v: 1, seq: 1, at: '', id, actor, fence, type, data });
  } catch (error) {
    throw bug('event-malformed', `${type} (${id}) does not have the shape of its kind: ${messageOf(error)}`);
  }
}
