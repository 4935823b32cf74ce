import { isDeepStrictEqual } from 'node:util';
import { bookEvent, emptyLedger } from '../../../src/coordination/ledger.ts';
import type { Event, EventData } from '../../../src/protocol/event.ts';
import { spokenFor, type Reference } from './reference.ts';

interface Walk {
  readonly limits: Map<string, number>;
  readonly lines: Map<string, { readonly payer: string; readonly tokens: number; readonly state: string }>;
  readonly moved: Set<string>;
  readonly fences: Map<string, { readonly fence: number; readonly released: boolean }>;
}

/** What no log may ever say, whatever was asked: told from the log alone, without a word of the reference. */
export function brokenRules(log: readonly Event[]): readonly string[] {
  const walk: Walk = { limits: new Map(), lines: new Map(), moved: new Set(), fences: new Map() };
  const ids = new Set<string>();
  return log.flatMap((event, index) => {
    const broken = [...numbering(event, index), ...fencing(event, walk), ...booking(event, walk)];
    if (ids.has(event.id)) broken.push('its id was there before');
    ids.add(event.id);
    return broken.map((rule) => `event ${event.seq} (${event.id}): ${rule}`);
  });
}

/** Where the ledger, folded over the log, has other books than those on paper. */
export function otherBooks(log: readonly Event[], paper: Reference): readonly string[] {
  const ledger = emptyLedger();
  for (const event of log) bookEvent(ledger, event);
  const accounts = { execution: ledger.execution, reserve: ledger.reserve, ...Object.fromEntries(ledger.masters) };
  return Object.entries(accounts).flatMap(([name, { limit, reserved, used }]) => {
    const { open, spent } = spokenFor(paper, name === 'execution' ? undefined : name);
    const same = isDeepStrictEqual(
      { limit, reserved, used },
      { limit: paper.limits[name], reserved: open, used: spent },
    );
    return same ? [] : [`the ledger has ${JSON.stringify({ limit, reserved, used })} for ${name}`];
  });
}

function numbering({ seq }: Event, index: number): readonly string[] {
  return seq === index + 1 ? [] : [`it should be number ${index + 1}`];
}

function fencing(event: Event, { fences }: Walk): readonly string[] {
  if (event.type === 'claim.taken') {
    const before = fences.get(event.data.claim)?.fence ?? 0;
    fences.set(event.data.claim, { fence: event.fence, released: false });
    return event.fence === before + 1 ? [] : [`its fence comes after ${before}`];
  }
  const name = event.type === 'claim.released' ? event.data.claim : event.actor;
  const held = fences.get(name);
  if (event.type === 'claim.released') fences.set(name, { fence: event.fence, released: true });
  const isStale = event.fence !== 0 && held !== undefined && (held.fence !== event.fence || held.released);
  return isStale ? [`its fence is stale: ${held.fence}`] : [];
}

function booking(event: Event, walk: Walk): readonly string[] {
  if (event.type === 'execution.started') return openLimits(event.data, walk);
  if (event.type === 'budget.reserved') return setAside(event.data, walk);
  if (event.type === 'budget.settled') return close(event.data, 'settled', walk);
  if (event.type === 'budget.expired') return close(event.data, 'expired', walk);
  return event.type === 'budget.moved' ? moveLimits(event.data, walk) : [];
}

function openLimits({ budget, masters }: EventData<'execution.started'>, { limits }: Walk): readonly string[] {
  limits.set('execution', budget.tokens - budget.reserveTokens);
  for (const { name, tokens } of masters) limits.set(name, tokens);
  return [];
}

function setAside({ account, key, tokens }: EventData<'budget.reserved'>, { lines, limits }: Walk): readonly string[] {
  const state = lines.get(key)?.state;
  const broken = state === 'open' || state === 'settled' ? [`${key} was ${state} already`] : [];
  lines.set(key, { payer: account, tokens, state: 'open' });
  // An account may be overdrawn by what was spent; nothing that costs is granted then.
  const gone = (payer?: string): number =>
    [...lines.values()]
      .filter((line) => line.state !== 'expired' && (payer === undefined || line.payer === payer))
      .reduce((sum, line) => sum + line.tokens, 0);
  if (tokens > 0 && gone(account) > (limits.get(account) ?? 0)) broken.push(`it is above the limit of ${account}`);
  if (tokens > 0 && gone() > (limits.get('execution') ?? 0)) broken.push('it is above the limit of the execution');
  return broken;
}

function close(data: EventData<'budget.settled'>, state: 'settled' | 'expired', { lines }: Walk): readonly string[] {
  const before = lines.get(data.key)?.state;
  lines.set(data.key, { payer: data.account, tokens: data.tokens, state });
  if (before === 'settled') return [`${data.key} was settled already`];
  return state === 'expired' && before !== 'open' ? [`${data.key} was not open`] : [];
}

function moveLimits({ key, from, to, tokens }: EventData<'budget.moved'>, { limits, moved }: Walk): readonly string[] {
  const change = (name: string, by: number): Map<string, number> => limits.set(name, (limits.get(name) ?? 0) + by);
  change(to, tokens);
  if (from === 'reserve' || from === 'person') change('execution', tokens);
  else change(from, -tokens);
  if (moved.has(key)) return [`${key} moved already`];
  moved.add(key);
  return [];
}
