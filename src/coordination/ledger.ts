import type { Event } from '../protocol/event.ts';
import type { MasterName } from '../protocol/words.ts';
import type { Reservation, ReserveAnswer } from './store.ts';

interface Amount {
  readonly tokens: number;
  readonly microDollars: number;
}
interface Account {
  limit: Amount;
  reserved: Amount;
  used: Amount;
}

/** The books of an execution: what may be spent, what is set aside, what was spent. A fold over its events. */
export interface Ledger {
  execution: Account;
  readonly masters: Map<MasterName, Account>;
  readonly open: Map<string, Reservation>;
  readonly settled: Set<string>;
}

const nothing: Amount = { tokens: 0, microDollars: 0 };

/** Books in which nothing may be spent, until `execution.started` says what may. */
export function emptyLedger(): Ledger {
  return { execution: account(nothing), masters: new Map(), open: new Map(), settled: new Set() };
}

/** Takes one event into the books; events that are not about money leave them alone. */
export function bookEvent(ledger: Ledger, event: Event): void {
  if (event.type === 'execution.started') openAccounts(ledger, event.data);
  if (event.type === 'budget.reserved') setAside(ledger, event.data);
  if (event.type === 'budget.settled') book(ledger, event.data);
}

/** Whether a reservation fits its master's account and the execution's; a known key fits already. */
export function mayReserve(ledger: Ledger, wanted: Reservation): ReserveAnswer {
  if (ledger.open.has(wanted.key) || ledger.settled.has(wanted.key)) return { granted: true };
  const master = ledger.masters.get(wanted.account);
  if (!master) return { granted: false, reason: `${wanted.account} has no account in this execution` };
  return fits(master, wanted, wanted.account) ?? fits(ledger.execution, wanted, 'the execution') ?? { granted: true };
}

function openAccounts(ledger: Ledger, started: Extract<Event, { type: 'execution.started' }>['data']): void {
  const { budget } = started;
  ledger.execution = account({
    tokens: budget.tokens - budget.reserveTokens,
    microDollars: budget.microDollars - budget.reserveMicroDollars,
  });
  for (const master of started.masters) ledger.masters.set(master.name, account(master));
}

function setAside(ledger: Ledger, reservation: Reservation): void {
  if (ledger.open.has(reservation.key) || ledger.settled.has(reservation.key)) return;
  ledger.open.set(reservation.key, reservation);
  for (const each of accountsOf(ledger, reservation.account)) each.reserved = plus(each.reserved, reservation, 1);
}

function book(ledger: Ledger, settlement: Reservation): void {
  if (ledger.settled.has(settlement.key)) return;
  ledger.settled.add(settlement.key);
  giveBack(ledger, settlement.key);
  for (const each of accountsOf(ledger, settlement.account)) each.used = plus(each.used, settlement, 1);
}

function giveBack(ledger: Ledger, key: string): void {
  const reservation = ledger.open.get(key);
  if (!reservation) return;
  ledger.open.delete(key);
  for (const each of accountsOf(ledger, reservation.account)) each.reserved = plus(each.reserved, reservation, -1);
}

function accountsOf(ledger: Ledger, master: MasterName): readonly Account[] {
  const own = ledger.masters.get(master);
  return own ? [ledger.execution, own] : [ledger.execution];
}

function fits(held: Account, wanted: Amount, name: string): ReserveAnswer | undefined {
  const tokens = left(held, 'tokens');
  const money = left(held, 'microDollars');
  if (wanted.tokens > tokens) return refusal(name, `${tokens} tokens`, `${wanted.tokens}`);
  if (wanted.microDollars > money) return refusal(name, `${money} micro-dollars`, `${wanted.microDollars}`);
  return undefined;
}

/** Never below 0: work that costs nothing fits also where an account is overdrawn. */
function left(held: Account, what: keyof Amount): number {
  return Math.max(0, held.limit[what] - held.reserved[what] - held.used[what]);
}

function refusal(name: string, left: string, wanted: string): ReserveAnswer {
  return { granted: false, reason: `${name} has ${left} left, ${wanted} are needed` };
}

function account(limit: Amount): Account {
  return { limit: { tokens: limit.tokens, microDollars: limit.microDollars }, reserved: nothing, used: nothing };
}

function plus(a: Amount, b: Amount, sign: 1 | -1): Amount {
  return { tokens: a.tokens + sign * b.tokens, microDollars: a.microDollars + sign * b.microDollars };
}
