import type { Event, EventData } from '../protocol/event.ts';
import type { MasterName } from '../protocol/words.ts';
import type { Booking, BudgetAnswer, BudgetMove } from './store.ts';

interface Amount {
  readonly tokens: number;
  readonly microDollars: number;
}

/** What may be spent, what is set aside of it, and what was spent: tokens and micro-dollars. */
export interface Account {
  limit: Amount;
  reserved: Amount;
  used: Amount;
}

/** The account of one attempt: its reservation is the limit, its settlement what it used. */
export interface AttemptAccount extends Account {
  readonly master: MasterName;
  readonly state: 'open' | 'settled' | 'expired';
  /** When an open reservation goes back to its master, in ms since the epoch. */
  readonly expiresAtMs: number;
}

/** The books of an execution, a tree of accounts: execution, master, attempt; the reserve beside. A fold over its events. */
export interface Ledger {
  readonly execution: Account;
  readonly reserve: Account;
  readonly masters: Map<MasterName, Account>;
  readonly attempts: Map<string, AttemptAccount>;
  readonly moved: Set<string>;
}

const nothing: Amount = { tokens: 0, microDollars: 0 };
const granted: BudgetAnswer = { granted: true };

/** Books in which nothing may be spent, until `execution.started` says what may. */
export function emptyLedger(): Ledger {
  return {
    execution: accountOf(nothing),
    reserve: accountOf(nothing),
    masters: new Map(),
    attempts: new Map(),
    moved: new Set(),
  };
}

/** Takes one event into the books; what says again what they know, and what is not about money, leaves them alone. */
export function bookEvent(ledger: Ledger, event: Event): void {
  if (event.type === 'execution.started') openAccounts(ledger, event.data);
  if (event.type === 'budget.reserved' && !isReserved(ledger, event.data.key)) setAside(ledger, event.data);
  if (event.type === 'budget.settled') settle(ledger, event.data);
  if (event.type === 'budget.expired') expire(ledger, event.data.key);
  if (event.type === 'budget.moved' && !ledger.moved.has(event.data.key)) moveBudget(ledger, event.data);
}

/** Whether a key is known: set aside or settled. One that expired may be reserved again. */
export function isReserved(ledger: Ledger, key: string): boolean {
  const attempt = ledger.attempts.get(key);
  return attempt !== undefined && attempt.state !== 'expired';
}

/** Whether a reservation fits its master's account and the execution's. */
export function mayReserve(ledger: Ledger, wanted: Booking): BudgetAnswer {
  const master = ledger.masters.get(wanted.account);
  if (!master) return noAccount(wanted.account);
  return refusal(master, wanted, wanted.account) ?? refusal(ledger.execution, wanted, 'the execution') ?? granted;
}

/** Whether an account can spare what is to be moved; a person always can. */
export function mayMove(ledger: Ledger, move: BudgetMove): BudgetAnswer {
  if (!ledger.masters.has(move.to)) return noAccount(move.to);
  if (move.from === 'person') return granted;
  if (move.from === 'reserve') return refusal(ledger.reserve, move, 'the reserve') ?? granted;
  const from = ledger.masters.get(move.from);
  return from ? (refusal(from, move, move.from) ?? granted) : noAccount(move.from);
}

/** The reservations whose time is up, the longest overdue first. */
export function expiredReservations(ledger: Ledger, nowMs: number): readonly Booking[] {
  return [...ledger.attempts]
    .filter(([, attempt]) => attempt.state === 'open' && attempt.expiresAtMs <= nowMs)
    .sort(([a, first], [b, second]) => first.expiresAtMs - second.expiresAtMs || (a < b ? -1 : 1))
    .map(([key, { master, limit }]) => ({ account: master, key, ...limit }));
}

/** Said twice, an execution has started once: what was spent since stays in the books. */
function openAccounts(ledger: Ledger, { budget, masters }: EventData<'execution.started'>): void {
  if (ledger.masters.size > 0) return;
  const reserve = { tokens: budget.reserveTokens, microDollars: budget.reserveMicroDollars };
  ledger.reserve.limit = reserve;
  ledger.execution.limit = minus(budget, reserve);
  for (const master of masters) ledger.masters.set(master.name, accountOf(master));
}

function setAside(ledger: Ledger, reservation: EventData<'budget.reserved'>): void {
  const { account: master, key } = reservation;
  const expiresAtMs = Date.parse(reservation.expiresAt);
  const own = { ...accountOf(reservation), reserved: amountOf(reservation) };
  ledger.attempts.set(key, { ...own, master, state: 'open', expiresAtMs });
  for (const each of payersOf(ledger, master)) each.reserved = plus(each.reserved, reservation);
}

/** What was spent counts for the account that says so; the reservation goes back to the one that made it. */
function settle(ledger: Ledger, spent: EventData<'budget.settled'>): void {
  const attempt = ledger.attempts.get(spent.key);
  if (attempt?.state === 'settled') return;
  expire(ledger, spent.key);
  const own = { limit: attempt?.limit ?? nothing, reserved: nothing, used: amountOf(spent) };
  ledger.attempts.set(spent.key, { ...own, master: spent.account, state: 'settled', expiresAtMs: 0 });
  for (const each of payersOf(ledger, spent.account)) each.used = plus(each.used, spent);
}

function expire(ledger: Ledger, key: string): void {
  const attempt = ledger.attempts.get(key);
  if (attempt?.state !== 'open') return;
  ledger.attempts.set(key, { ...attempt, state: 'expired', reserved: nothing });
  for (const each of payersOf(ledger, attempt.master)) each.reserved = minus(each.reserved, attempt.limit);
}

/** From master to master the execution's limit stays; the reserve and a person raise it. */
function moveBudget(ledger: Ledger, move: EventData<'budget.moved'>): void {
  ledger.moved.add(move.key);
  const raised = [ledger.masters.get(move.to)];
  const lowered: (Account | undefined)[] = [];
  if (move.from === 'reserve' || move.from === 'person') raised.push(ledger.execution);
  if (move.from === 'reserve') lowered.push(ledger.reserve);
  else if (move.from !== 'person') lowered.push(ledger.masters.get(move.from));
  for (const each of raised) if (each) each.limit = plus(each.limit, move);
  for (const each of lowered) if (each) each.limit = minus(each.limit, move);
}

function payersOf(ledger: Ledger, master: MasterName): readonly Account[] {
  const own = ledger.masters.get(master);
  return own ? [ledger.execution, own] : [ledger.execution];
}

/** Why an account can't give that much, where it can't. */
function refusal(account: Account, wanted: Amount, name: string): BudgetAnswer | undefined {
  const tokens = leftOf(account, 'tokens');
  const money = leftOf(account, 'microDollars');
  if (wanted.tokens > tokens) return tooLittle(name, `${tokens} tokens`, wanted.tokens);
  if (wanted.microDollars > money) return tooLittle(name, `${money} micro-dollars`, wanted.microDollars);
  return undefined;
}

/** Never below 0: work that costs nothing fits also where an account is overdrawn. */
function leftOf(account: Account, what: keyof Amount): number {
  return Math.max(0, account.limit[what] - account.reserved[what] - account.used[what]);
}

function tooLittle(name: string, left: string, wanted: number): BudgetAnswer {
  return { granted: false, reason: `${name} has ${left} left, ${wanted} are needed` };
}

function noAccount(name: string): BudgetAnswer {
  return { granted: false, reason: `${name} has no account in this execution` };
}

function accountOf(limit: Amount): Account {
  return { limit: amountOf(limit), reserved: nothing, used: nothing };
}

function amountOf({ tokens, microDollars }: Amount): Amount {
  return { tokens, microDollars };
}

function plus(a: Amount, b: Amount): Amount {
  return { tokens: a.tokens + b.tokens, microDollars: a.microDollars + b.microDollars };
}

function minus(a: Amount, b: Amount): Amount {
  return { tokens: a.tokens - b.tokens, microDollars: a.microDollars - b.microDollars };
}
