import fc from 'fast-check';
import type { BudgetMove, Booking } from '../../../src/coordination/store.ts';
import type { NewEvent } from '../../../src/protocol/event.ts';
import type { MasterName } from '../../../src/protocol/words.ts';
import { newEvent, started } from '../../support/events.ts';
import type { Call } from './calls.ts';
import type { Reference } from './reference.ts';

/** How a writer stands to the claim that it names; the number is known only when the call is made. */
type Fence = 'none' | 'current' | 'stale' | 'ahead';

/** A call before its fence is known. */
export interface Plan {
  readonly says: string;
  readonly callAt: (paper: Reference) => Call;
}

/** Two masters with 600 tokens each, 900 for all and 100 in reserve: each limit is the one that is met, now and then. */
export const fundedStart: NewEvent = started({
  budget: { tokens: 1000, reserveTokens: 100, microDollars: 5000, reserveMicroDollars: 500 },
  masters: [
    { name: 'security-master', tokens: 600, microDollars: 3000 },
    { name: 'testing-master', tokens: 600, microDollars: 3000 },
  ],
});

/** How long claims and reservations hold, and how far the clock steps: to the edge of a lease, beyond it, and short of it. */
export const leaseMs = fc.constantFrom(1000, 60_000);
export const stepMs = fc.constantFrom(1, 500, 1000, 60_000);

const funded = fc.constantFrom<MasterName>('security-master', 'testing-master');
const master = fc.oneof(
  { weight: 9, arbitrary: funded },
  { weight: 1, arbitrary: fc.constant<MasterName>('cicd-master') },
);
const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const owner = fc.constantFrom('ada', 'bob');
const fence = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Fence>('none') },
  { weight: 4, arbitrary: fc.constant<Fence>('current') },
  { weight: 1, arbitrary: fc.constantFrom<Fence>('stale', 'ahead') },
);
const amount = {
  tokens: fc.constantFrom(0, 50, 100, 200, 300, 601, 5000),
  microDollars: fc.constantFrom(0, 0, 0, 500, 1000, 9000),
};
const booking: fc.Arbitrary<Booking> = fc.record({ account: master, key, ...amount });

/** Any call, the frequent ones more often. */
export const plan: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 2, arbitrary: appendPlan() },
  {
    weight: 2,
    arbitrary: fc.record({ name: funded, owner, leaseMs }).map((given) => fixed({ does: 'claim', ...given })),
  },
  { weight: 3, arbitrary: leasePlan() },
  { weight: 5, arbitrary: reservePlan() },
  { weight: 3, arbitrary: booking.map((spent) => fixed({ does: 'settle', spent })) },
  { weight: 2, arbitrary: movePlan() },
);

/** Asks for more than there is, so that the refusals tell what is left: tokens, and then money. */
export const probes: readonly Plan[] = (['security-master', 'testing-master'] as const).flatMap((account) =>
  [
    { tokens: 1_000_000, microDollars: 0 },
    { tokens: 0, microDollars: 1_000_000 },
  ].map((much) =>
    fixed({
      does: 'reserve',
      wanted: { account, key: 'probe', ...much },
      terms: { leaseMs: 1000, fence: 0 },
    }),
  ),
);

function fixed(call: Call): Plan {
  return { says: JSON.stringify(call), callAt: () => call };
}

/** One to three events of five ids, so that many are known; now and then the start of the execution once more. */
function appendPlan(): fc.Arbitrary<Plan> {
  const event = fc.record({ id: fc.constantFrom('1', '2', '3', '4', '5'), actor: funded, fence });
  const events = fc.array(event, { minLength: 1, maxLength: 3 });
  return fc.tuple(events, fc.boolean()).map(([given, again]) => ({
    says: `append ${JSON.stringify(given)}${again ? ' and the start' : ''}`,
    callAt: (paper) => {
      const plain = given.map(({ id, actor, fence: stands }) => ({
        ...newEvent('phase.started', { phase: 'report', limitMs: 1 }, id),
        actor,
        fence: fenceAt(paper, actor, stands),
      }));
      return { does: 'append', events: again ? [...plain, fundedStart] : plain };
    },
  }));
}

function leasePlan(): fc.Arbitrary<Plan> {
  const given = fc.record({
    does: fc.constantFrom('renew' as const, 'release' as const),
    name: funded,
    fence,
    leaseMs,
  });
  return given.map(({ does, name, fence: stands, leaseMs: lease }) => ({
    says: `${does} ${name} (${stands}, ${lease} ms)`,
    callAt: (paper) => {
      const claim = { name, owner: paper.claims[name]?.owner ?? 'ada', fence: fenceAt(paper, name, stands) };
      return does === 'renew' ? { does, claim, leaseMs: lease } : { does, claim };
    },
  }));
}

function reservePlan(): fc.Arbitrary<Plan> {
  return fc.record({ wanted: booking, fence, leaseMs }).map(({ wanted, fence: stands, leaseMs: lease }) => ({
    says: `reserve ${JSON.stringify(wanted)} (${stands}, ${lease} ms)`,
    callAt: (paper) => ({
      does: 'reserve',
      wanted,
      terms: { leaseMs: lease, fence: fenceAt(paper, wanted.account, stands) },
    }),
  }));
}

function movePlan(): fc.Arbitrary<Plan> {
  const from = fc.oneof(master, fc.constantFrom<BudgetMove['from']>('reserve', 'person'));
  const record = fc.record({ key: fc.constantFrom('m1', 'm2', 'm3', 'm4'), from, to: master, ...amount });
  return record.map((given) => fixed({ does: 'move', move: { ...given, reason: 'it asked for more' } }));
}

function fenceAt(paper: Reference, name: string, stands: Fence): number {
  const current = paper.claims[name]?.fence ?? 0;
  return { none: 0, current, stale: Math.max(0, current - 1), ahead: current + 1 }[stands];
}
