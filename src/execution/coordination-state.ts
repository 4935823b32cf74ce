import type { coordinationEventData } from '../protocol/coordination-events.ts';
import type { EventData } from '../protocol/event.ts';
import type { ExecutionState, Reducer } from './execution-state.ts';

/** How books, hand-offs, questions and legs change the state. */
export const coordinationReducers: { readonly [T in keyof typeof coordinationEventData]: Reducer<T> } = {
  'budget.reserved': (state, data) => {
    const { account, key, tokens, microDollars } = data;
    if (!state.settled.has(key)) state.reservations.set(key, { account, tokens, microDollars });
  },
  'budget.settled': settleBudget,
  'budget.expired': (state, data) => {
    state.reservations.delete(data.key);
  },
  'budget.refused': (state, data) => {
    state.refusals.push(data);
  },
  'budget.requested': (state, data) => {
    if (!isAnswered(state, data.key)) state.requests.set(data.key, data);
  },
  'budget.moved': moveBudget,
  'budget.denied': (state, data) => {
    state.requests.delete(data.key);
    state.denials.set(data.key, data);
  },
  'claim.taken': (state, data, { fence }) => {
    const before = state.claims.get(data.claim)?.owner ?? null;
    state.claims.set(data.claim, { owner: data.owner, fence, before, released: false });
  },
  'claim.released': (state, data) => {
    const held = state.claims.get(data.claim);
    if (held) held.released = true;
  },
  'leg.joined': (state, data) => {
    state.legs.push(data);
  },
  'leg.measured': (state, data) => {
    state.measured.set(data.leg, data);
  },
  'master.silent': (state, data) => {
    state.silences.push(data);
  },
  'master.adopted': (state, data) => {
    state.adoptions.push(data);
  },
  'handoff.requested': (state, data, { at }) => {
    if (!state.handoffs.has(data.handoff)) state.handoffs.set(data.handoff, { requested: data, at });
  },
  'handoff.picked': (state, data, { at }) => {
    const handoff = state.handoffs.get(data.handoff);
    if (handoff) handoff.pickedAt = at;
  },
  'handoff.expired': (state, data) => {
    const handoff = state.handoffs.get(data.handoff);
    if (handoff) handoff.expired = data.reason;
  },
  'paths.claimed': (state, data) => {
    state.pathClaims.set(data.master, data.changes);
  },
  'paths.settled': (state, data) => {
    state.pathsSettled = data.held;
  },
  'escalation.raised': (state, data, { at }) => {
    if (!state.escalations.has(data.escalation)) state.escalations.set(data.escalation, { raised: data, at });
  },
  'escalation.answered': (state, data) => {
    const escalation = state.escalations.get(data.escalation);
    if (escalation) escalation.answer ??= { choice: data.choice, by: data.by };
  },
};

function isAnswered(state: ExecutionState, key: string): boolean {
  return state.moves.has(key) || state.denials.has(key);
}

function settleBudget(state: ExecutionState, data: EventData<'budget.settled'>): void {
  if (state.settled.has(data.key)) return;
  state.settled.add(data.key);
  state.reservations.delete(data.key);
  const master = state.masters.get(data.account);
  if (!master) return;
  master.usedTokens += data.tokens;
  master.usedMicroDollars += data.microDollars;
}

function moveBudget(state: ExecutionState, data: EventData<'budget.moved'>): void {
  if (state.moves.has(data.key)) return;
  state.moves.set(data.key, data);
  state.requests.delete(data.key);
  const to = state.masters.get(data.to);
  const from = data.from === 'reserve' || data.from === 'person' ? undefined : state.masters.get(data.from);
  for (const [master, sign] of [[to, 1] as const, [from, -1] as const]) {
    if (!master) continue;
    master.tokens += sign * data.tokens;
    master.microDollars += sign * data.microDollars;
  }
}
