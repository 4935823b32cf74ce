import { isDeepStrictEqual } from 'node:util';
import type { HeldClaim } from '../../../src/coordination/store.ts';
import type { Event } from '../../../src/protocol/event.ts';
import type { Answer, Call } from './calls.ts';
import { outcomeOf, paperClaims, withoutRenewals, type Reference } from './reference.ts';

/** A call that was begun. Without an answer nobody knows whether it was carried out. */
export interface Tried {
  readonly call: Call;
  readonly answer?: Answer;
}

/** What was begun since the state on paper was known. */
export interface Course {
  readonly before: Reference;
  readonly tried: readonly Tried[];
  /** The process that was asked is gone. */
  readonly processEnded?: boolean;
}

/** What a reader of the store sees. */
export interface Seen {
  readonly log: readonly Event[];
  readonly claims: readonly HeldClaim[];
}

/**
 * The state on paper after the calls, in an order that gives the answers heard and the log and claims seen; a call
 * without an answer may be left out. Throws where no order does: then the calls were not steps, or the store is wrong.
 */
export function explain(course: Course & { readonly forgets: boolean }, seen: Seen): Reference {
  const refuted: string[] = [];
  for (const order of ordersOf(course.tried)) {
    const { reached, wrong } = follow(course.before, order);
    const after = course.forgets ? withoutRenewals(reached) : reached;
    const difference = wrong ?? differenceOf(after, seen);
    if (difference === undefined) return after;
    refuted.push(difference);
  }
  throw new Error(`no order of the calls explains what was seen:\n${[...new Set(refuted)].join('\n')}`);
}

function follow(before: Reference, order: readonly Tried[]): { readonly reached: Reference; readonly wrong?: string } {
  let reached = before;
  for (const { call, answer } of order) {
    const outcome = outcomeOf(reached, call);
    if (answer !== undefined && !isDeepStrictEqual(answer, outcome.answer))
      return { reached, wrong: `${told(call)} said ${told(answer)}, and not ${told(outcome.answer)}` };
    reached = outcome.after;
  }
  return { reached };
}

function differenceOf(paper: Reference, { log, claims }: Seen): string | undefined {
  const expected = paperClaims(paper);
  if (!isDeepStrictEqual(claims, expected)) return `the claims are ${told(claims)}, and not ${told(expected)}`;
  const length = Math.max(log.length, paper.log.length);
  for (let index = 0; index < length; index += 1) {
    if (isDeepStrictEqual(log[index], paper.log[index])) continue;
    return `event ${index + 1} is ${told(log[index])}, and not ${told(paper.log[index])}`;
  }
  return undefined;
}

/** Every order of the calls, and of what is left when some without an answer never happened. */
function ordersOf(tried: readonly Tried[]): readonly (readonly Tried[])[] {
  const whole = tried.every(({ answer }) => answer === undefined) ? [[]] : [];
  const longer = tried.flatMap((first, index) => {
    const rest = tried.filter((_, other) => other !== index);
    return ordersOf(rest).map((order) => [first, ...order]);
  });
  return [...whole, ...longer];
}

function told(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
