import { z } from 'zod';
import { severities } from '../../../protocol/words.ts';
import type { Json } from '../../../shared/canonical.ts';
import { writeMarker } from '../../../shared/marker.ts';

/** Characters of what waits that the hidden memory may have; beyond it patches go first, then whole items. */
const maxWaiting = 12_000;

const idSchema = z.string().regex(/^[0-9a-f]{12}$/);

const waitingSchema = z.strictObject({
  kind: z.enum(['queue', 'hold', 'hand-over']),
  id: idSchema,
  title: z.string(),
  severity: z.enum(severities),
  reason: z.string(),
  /** The first of them. */
  paths: z.array(z.string()),
  pullRequest: z.int().min(1).nullable(),
  /** A patch that a person can take by hand, as far as there is room for it. */
  patch: z.strictObject({ text: z.string(), isWhole: z.boolean() }).nullable(),
  isTicked: z.boolean(),
});
/** One line of the dashboard that waits: for a place, for a person, or for its branch to be given back. */
export type Waiting = z.infer<typeof waitingSchema>;

export const planItemsSchema = z.strictObject({
  name: z.string(),
  /** The branch that its changes go into; null = the default branch. */
  base: z.string().nullable(),
  /** Its execution that was published last, and when: ISO 8601. */
  execution: z.string(),
  at: z.string(),
  /** Since when a fix waits in the queue, by its id. */
  since: z.record(z.string(), z.string()),
  waiting: z.array(waitingSchema),
  /** What of the queue people have ticked, and had no room in `waiting`. */
  asked: z.array(idSchema),
  /** How many more there are than were remembered. */
  left: z.int().min(0),
});
/** What of one plan waits, as its newest run has left it. */
export type PlanItems = z.infer<typeof planItemsSchema>;

/** The name of the box that an item has; what is held has none. */
export function boxOf({ kind, id }: Pick<Waiting, 'kind' | 'id'>): string | undefined {
  if (kind === 'hold') return undefined;
  return `${kind === 'queue' ? 'open' : 'take-over'} ${id}`;
}

/** Names of the boxes of a plan that are ticked, as far as they are remembered. */
export function tickedBoxes({ waiting, asked }: PlanItems): readonly string[] {
  return [
    ...waiting.filter(({ isTicked }) => isTicked).flatMap((item) => boxOf(item) ?? []),
    ...asked.map((id) => `open ${id}`),
  ];
}

/** Since when a fix waits; it is the same fix where another plan has it in its queue. */
export function sinceOf(plans: readonly PlanItems[], plan: string, id: string): string | undefined {
  const ownFirst = plans.toSorted((a, b) => Number(b.name === plan) - Number(a.name === plan));
  return ownFirst.map(({ since }) => since[id]).find((each) => each !== undefined);
}

interface Place {
  readonly item: Waiting;
  readonly plan: number;
  readonly at: number;
}

/** What the memory has room for, and how much that is: items of all plans in turn, ticked ones first, then their patches. */
export function fitWaiting(plans: readonly PlanItems[]): {
  readonly plans: readonly PlanItems[];
  readonly length: number;
} {
  const places = plans.flatMap(({ waiting }, plan) => waiting.map((item, at): Place => ({ item, plan, at })));
  const order = places.toSorted((a, b) => Number(b.item.isTicked) - Number(a.item.isTicked) || a.at - b.at);
  let room = maxWaiting;
  const take = (length: number): boolean => {
    if (length > room) return false;
    room -= length;
    return true;
  };
  const bare = order.filter(({ item }) => take(lengthOf(withoutPatch(item))));
  const kept = new Map(
    bare.map(({ item }) => [item, take(lengthOf(item) - lengthOf(withoutPatch(item))) ? item : withoutPatch(item)]),
  );
  const fitted = plans.map(({ waiting, left, ...plan }) => {
    const own = waiting.flatMap((item) => kept.get(item) ?? []);
    return { ...plan, waiting: own, left: left + waiting.length - own.length };
  });
  return { plans: fitted, length: maxWaiting - room };
}

function withoutPatch(item: Waiting): Waiting {
  return item.patch === null ? item : { ...item, patch: { text: '', isWhole: false } };
}

/** Characters that it takes in a hidden comment, a few more than less. */
function lengthOf(item: Waiting): number {
  return writeMarker('', item as unknown as Json).length;
}
