import type { EventData, NewEvent } from '../../protocol/event.ts';
import { checkEvent } from '../check-event.ts';

type OwnType = 'claim.taken' | 'claim.released' | 'budget.reserved' | 'budget.settled' | 'budget.moved';

/** Data of an event that the store itself writes, as JSON. Throws `event-malformed`, `secret-is-a-word`. */
export type OwnData = <T extends OwnType>(type: T, data: Omit<EventData<T>, 'expiresAt'>) => string;

/** The store's clock alone knows when something expires: a step puts it in, and for the check any time will do. */
const anyTime = '1970-01-01T00:00:00.000Z';

/** Checks and masks what the store will say before a step writes it. */
export function ownData(mask: (text: string) => string): OwnData {
  return (type, data) => {
    const expires = type === 'claim.taken' || type === 'budget.reserved';
    const whole = expires ? { ...data, expiresAt: anyTime } : data;
    const event = { id: type, actor: '', fence: 0, type, data: whole } as unknown as NewEvent;
    const { expiresAt: _, ...checked } = checkEvent(event, mask).data as unknown as Record<string, unknown>;
    return JSON.stringify(checked);
  };
}
