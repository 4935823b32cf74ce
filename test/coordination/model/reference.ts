import type { Booking, BudgetAnswer, BudgetMove, HeldClaim } from '../../../src/coordination/store.ts';
import type { Event, NewEvent } from '../../../src/protocol/event.ts';
import type { Answer, Call } from './calls.ts';

/**
 * The store on paper: what a careful person with a list would say and write. It shares no code with any store; the books
 * are one line for each attempt, added up anew for each question.
 */
export interface Reference {
  readonly now: number;
  readonly log: readonly Event[];
  readonly claims: Readonly<Record<string, PaperClaim>>;
  /** What each account may spend; `execution` and `reserve` beside the masters. */
  readonly limits: Readonly<Record<string, Money>>;
  readonly lines: Readonly<Record<string, Line>>;
  readonly moved: readonly string[];
}

interface Money {
  readonly tokens: number;
  readonly microDollars: number;
}
interface PaperClaim {
  readonly owner: string;
  readonly fence: number;
  readonly until: number;
  /** Until when it was taken; `until` may be later or earlier since. */
  readonly takenUntil: number;
  readonly released: boolean;
}
interface Line extends Money {
  readonly payer: string;
  readonly status: 'open' | 'spent' | 'given back';
  readonly until: number;
}
interface Outcome {
  readonly after: Reference;
  readonly answer: Answer;
}
type Written = Omit<NewEvent, 'id'> & { readonly id?: string; readonly key?: string };

/** Before anything was said. */
export function blankReference(now: number): Reference {
  return { now, log: [], claims: {}, limits: {}, lines: {}, moved: [] };
}

/** What a call has to answer, and what is so after it. */
export function outcomeOf(before: Reference, call: Call): Outcome {
  switch (call.does) {
    case 'append':
      return append(before, call.events);
    case 'claim':
      return claim(before, call);
    case 'renew':
      return renew(before, call);
    case 'release':
      return release(before, call);
    case 'reserve':
      return reserve(before, call);
    case 'settle':
      return { after: settle(before, call.spent), answer: 'done' };
    case 'move':
      return move(giveBack(before), call.move);
  }
}

/** Every claim that was not let go of, by name. */
export function paperClaims(paper: Reference): readonly HeldClaim[] {
  const held = Object.entries(paper.claims).filter(([, each]) => !each.released);
  const listed = held.map(([name, { owner, fence, until }]) => ({ name, owner, fence, leftMs: until - paper.now }));
  return listed.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** After a process that kept renewed leases in its memory has gone. */
export function withoutRenewals(paper: Reference): Reference {
  const claims = Object.entries(paper.claims).map(([name, each]) => [name, { ...each, until: each.takenUntil }]);
  return { ...paper, claims: Object.fromEntries(claims) as Reference['claims'] };
}

/** Open and spent money of an account, added up line by line; of all accounts where none is named. */
export function spokenFor(paper: Reference, payer?: string): { readonly open: Money; readonly spent: Money } {
  const total = (status: Line['status']): Money => {
    const lines = Object.values(paper.lines).filter(
      (line) => line.status === status && (payer === undefined || line.payer === payer),
    );
    return { tokens: sum(lines, 'tokens'), microDollars: sum(lines, 'microDollars') };
  };
  return { open: total('open'), spent: total('spent') };
}

function append(before: Reference, events: readonly NewEvent[]): Outcome {
  if (
    events.some(
      (event) => event.fence !== 0 && before.claims[event.actor] && !isCurrent(before, event.actor, event.fence),
    )
  )
    return { after: before, answer: 'stale-fence' };
  let after = before;
  for (const event of events) {
    if (after.log.some(({ id }) => id === event.id)) continue;
    after = write(after, event);
    if (event.type === 'execution.started') after = { ...after, limits: limitsOf(event) };
  }
  return { after, answer: after.log.slice(before.log.length) };
}

function limitsOf(event: Extract<NewEvent, { type: 'execution.started' }>): Reference['limits'] {
  const { budget, masters } = event.data;
  return {
    execution: {
      tokens: budget.tokens - budget.reserveTokens,
      microDollars: budget.microDollars - budget.reserveMicroDollars,
    },
    reserve: { tokens: budget.reserveTokens, microDollars: budget.reserveMicroDollars },
    ...Object.fromEntries(masters.map(({ name, tokens, microDollars }) => [name, { tokens, microDollars }])),
  };
}

function claim(before: Reference, { name, owner, leaseMs }: Extract<Call, { does: 'claim' }>): Outcome {
  const held = before.claims[name];
  if (held && !held.released && held.until > before.now && held.owner !== owner)
    return { after: before, answer: { heldBy: held.owner } };
  const fence = held ? held.fence + 1 : 1;
  const until = before.now + leaseMs;
  const data = { claim: name, owner, expiresAt: timeAt(until) };
  const after = write(before, { key: `${name}:${fence}`, actor: owner, fence, type: 'claim.taken', data });
  const claims = { ...after.claims, [name]: { owner, fence, until, takenUntil: until, released: false } };
  return { after: { ...after, claims }, answer: { name, owner, fence } };
}

function renew(before: Reference, { claim: { name, fence }, leaseMs }: Extract<Call, { does: 'renew' }>): Outcome {
  const held = before.claims[name];
  if (!held || !isCurrent(before, name, fence)) return { after: before, answer: 'stale-fence' };
  const claims = { ...before.claims, [name]: { ...held, until: before.now + leaseMs } };
  return { after: giveBack({ ...before, claims }), answer: 'done' };
}

function release(before: Reference, { claim: { name, owner, fence } }: Extract<Call, { does: 'release' }>): Outcome {
  const held = before.claims[name];
  if (!held || held.fence !== fence) return { after: before, answer: 'stale-fence' };
  if (held.released) return { after: before, answer: 'done' };
  const data = { claim: name, owner };
  const after = write(before, { key: `${name}:${fence}`, actor: owner, fence, type: 'claim.released', data });
  return { after: { ...after, claims: { ...after.claims, [name]: { ...held, released: true } } }, answer: 'done' };
}

function reserve(before: Reference, { wanted, terms }: Extract<Call, { does: 'reserve' }>): Outcome {
  const { account, key, tokens, microDollars } = wanted;
  if (terms.fence !== 0 && !isCurrent(before, account, terms.fence)) return { after: before, answer: 'stale-fence' };
  const paper = giveBack(before);
  const line = paper.lines[key];
  if (line && line.status !== 'given back') return { after: paper, answer: { granted: true } };
  const reason = !paper.limits[account]
    ? `${account} has no account in this execution`
    : (shortage(paper, wanted, account) ?? shortage(paper, wanted, 'execution'));
  if (reason) return { after: paper, answer: { granted: false, reason } };
  const until = paper.now + terms.leaseMs;
  const data = { account, key, tokens, microDollars, expiresAt: timeAt(until) };
  const after = write(paper, { key, actor: account, fence: terms.fence, type: 'budget.reserved', data });
  return {
    after: withLine(after, key, { payer: account, tokens, microDollars, status: 'open', until }),
    answer: { granted: true },
  };
}

function settle(before: Reference, { account, key, tokens, microDollars }: Booking): Reference {
  if (before.lines[key]?.status === 'spent') return before;
  const data = { account, key, tokens, microDollars };
  const after = write(before, { key, actor: account, fence: 0, type: 'budget.settled', data });
  return withLine(after, key, { payer: account, tokens, microDollars, status: 'spent', until: 0 });
}

function move(paper: Reference, wanted: BudgetMove): Outcome {
  const { key, from, to, tokens, microDollars } = wanted;
  if (paper.moved.includes(key)) return { after: paper, answer: { granted: true } };
  const without = [to, from].find((name) => name !== 'person' && !paper.limits[name]);
  const reason = without
    ? `${without} has no account in this execution`
    : from === 'person'
      ? undefined
      : shortage(paper, wanted, from);
  if (reason) return { after: paper, answer: { granted: false, reason } };
  const after = write(paper, { key, actor: 'coordinator-master', fence: 0, type: 'budget.moved', data: wanted });
  const grown = from === 'reserve' || from === 'person' ? ['execution', to] : [to];
  const limits = { ...after.limits };
  const change = (name: string, sign: number): void => {
    const limit = limits[name];
    if (limit)
      limits[name] = { tokens: limit.tokens + sign * tokens, microDollars: limit.microDollars + sign * microDollars };
  };
  for (const name of grown) change(name, 1);
  if (from !== 'person') change(from, -1);
  const answer: BudgetAnswer = { granted: true };
  return { after: { ...after, limits, moved: [...after.moved, key] }, answer };
}

/** Gives back what is open beyond its time, the longest overdue first. */
function giveBack(before: Reference): Reference {
  const due = Object.entries(before.lines).filter(([, line]) => line.status === 'open' && line.until <= before.now);
  due.sort(([a, one], [b, other]) => one.until - other.until || (a < b ? -1 : 1));
  return due.reduce((paper, [key, line]) => {
    const data = { account: line.payer, key, tokens: line.tokens, microDollars: line.microDollars };
    const after = write(paper, { key, actor: line.payer, fence: 0, type: 'budget.expired', data } as Written);
    return withLine(after, key, { ...line, status: 'given back' });
  }, before);
}

/** Why an account can't give that much: its limit, less all lines that it pays. */
function shortage(paper: Reference, wanted: Money, account: string): string | undefined {
  const limit = paper.limits[account] ?? { tokens: 0, microDollars: 0 };
  const gone = spokenFor(paper, account === 'execution' ? undefined : account);
  const name = { execution: 'the execution', reserve: 'the reserve' }[account] ?? account;
  for (const [what, unit] of [['tokens', 'tokens'] as const, ['microDollars', 'micro-dollars'] as const]) {
    const left = Math.max(limit[what] - gone.open[what] - gone.spent[what], 0);
    if (left < wanted[what]) return `${name} has ${left} ${unit} left, ${wanted[what]} are needed`;
  }
  return undefined;
}

function isCurrent(paper: Reference, name: string, fence: number): boolean {
  const held = paper.claims[name];
  return held !== undefined && held.fence === fence && !held.released;
}

function write(paper: Reference, { key, ...event }: Written): Reference {
  const seq = paper.log.length + 1;
  const plain = event.id ?? `${event.type}:${key}`;
  const id = event.id === undefined && paper.log.some((each) => each.id === plain) ? `${plain}:${seq}` : plain;
  return { ...paper, log: [...paper.log, { v: 1, seq, at: timeAt(paper.now), ...event, id } as Event] };
}

function withLine(paper: Reference, key: string, line: Line): Reference {
  return { ...paper, lines: { ...paper.lines, [key]: line } };
}

function sum(lines: readonly Line[], what: keyof Money): number {
  return lines.reduce((total, line) => total + line[what], 0);
}

function timeAt(ms: number): string {
  return new Date(ms).toISOString();
}
