import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admittedAt,
  emptyLedger,
  halfOf,
  withClosed,
  withSent,
  type Ledger,
  type Sending,
  type Sent,
} from '../../../src/repository/github/budget.ts';
import { gitHubLimits, type GitHubLimits } from '../../../src/repository/github/limits.ts';

const minute = 60_000;
const hour = 60 * minute;
const read: Sending = { kind: 'read', isContent: false };
const comment: Sending = { kind: 'write', isContent: true };
const tree: Sending = { kind: 'write', isContent: false };
const mutation: Sending = { kind: 'mutation', isContent: true };

/** Sends each request as soon as the budget admits it, after the pause that its sender makes. */
function sendAll(wishes: readonly (Sending & { readonly after: number })[], limits: GitHubLimits): readonly Sent[] {
  let ledger: Ledger = emptyLedger;
  const sent: Sent[] = [];
  let now = 1_000_000;
  for (const { after, ...sending } of wishes) {
    now = admittedAt(ledger, { ...sending, at: now + after }, limits);
    ledger = withSent(ledger, { ...sending, at: now });
    sent.push({ ...sending, at: now });
  }
  return sent;
}

/** The most that a window of that length ever held. */
function fullest(sent: readonly { readonly at: number; readonly cost: number }[], windowMs: number): number {
  const held = sent.map(({ at }) =>
    sent.filter((each) => each.at <= at && each.at > at - windowMs).reduce((sum, { cost }) => sum + cost, 0),
  );
  return Math.max(0, ...held);
}

const costs = { read: 1, query: 1, write: 5, mutation: 5 };
const wish = fc.record({
  kind: fc.constantFrom('read', 'write', 'query', 'mutation'),
  isContent: fc.boolean(),
  after: fc.oneof(fc.constant(0), fc.nat(3000), fc.nat(20 * minute)),
});
const smallLimits = fc
  .record({
    contentPerMinute: fc.integer({ min: 1, max: 6 }),
    contentPerHour: fc.integer({ min: 1, max: 12 }),
    writeSpacingMs: fc.nat(2000),
    restPointsPerMinute: fc.integer({ min: 5, max: 40 }),
    graphqlPointsPerMinute: fc.integer({ min: 5, max: 40 }),
  })
  .map((limits) => ({ ...gitHubLimits, ...limits }));

describe('the budget of requests', () => {
  it('never lets a window of a minute or an hour hold more than the limits allow', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 60 }), smallLimits, (wishes, limits) => {
        const sent = sendAll(wishes, limits);
        const points = (half: string): number =>
          fullest(
            sent.filter((each) => halfOf(each) === half).map(({ at, kind }) => ({ at, cost: costs[kind] })),
            minute,
          );
        const content = sent.filter(({ isContent }) => isContent).map(({ at }) => ({ at, cost: 1 }));
        expect(points('rest')).toBeLessThanOrEqual(limits.restPointsPerMinute);
        expect(points('graphql')).toBeLessThanOrEqual(limits.graphqlPointsPerMinute);
        expect(fullest(content, minute)).toBeLessThanOrEqual(limits.contentPerMinute);
        expect(fullest(content, hour)).toBeLessThanOrEqual(limits.contentPerHour);
      }),
    );
  });

  it('keeps writes apart, and lets reads pass between them', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 40 }), smallLimits, (wishes, limits) => {
        const writes = sendAll(wishes, limits).filter(({ kind }) => kind === 'write' || kind === 'mutation');
        const gaps = writes.slice(1).map(({ at }, index) => at - (writes[index]?.at ?? 0));
        expect(gaps.filter((gap) => gap < limits.writeSpacingMs)).toEqual([]);
      }),
    );
  });

  it('holds nothing up longer than it must: a moment sooner some window would be too full', () => {
    fc.assert(
      fc.property(fc.array(wish, { minLength: 1, maxLength: 40 }), smallLimits, (wishes, limits) => {
        const last = wishes.at(-1) ?? { ...read, after: 0 };
        const before = sendAll(wishes.slice(0, -1), limits);
        const ledger = before.reduce(withSent, emptyLedger);
        const now = before.at(-1)?.at ?? 1_000_000;
        const at = admittedAt(ledger, { ...last, at: now }, limits);
        if (at === now) return;
        const sooner = [...before, { ...last, at: at - 1 }];
        const rest = (half: string): { at: number; cost: number }[] =>
          sooner.filter((each) => halfOf(each) === half).map((each) => ({ at: each.at, cost: costs[each.kind] }));
        const content = sooner.filter(({ isContent }) => isContent).map((each) => ({ at: each.at, cost: 1 }));
        const writes = sooner.filter(({ kind }) => costs[kind] === 5).map((each) => ({ at: each.at, cost: 1 }));
        expect(
          fullest(rest('rest'), minute) > limits.restPointsPerMinute ||
            fullest(rest('graphql'), minute) > limits.graphqlPointsPerMinute ||
            fullest(content, minute) > limits.contentPerMinute ||
            fullest(content, hour) > limits.contentPerHour ||
            fullest(writes, limits.writeSpacingMs) > 1,
        ).toBe(true);
      }),
    );
  });

  it.each<[string, number, Sending, Partial<GitHubLimits>, number]>([
    ['81 comments take more than a minute', 81, comment, { contentPerMinute: 80 }, minute],
    ['80 comments a second apart take 79 seconds', 80, comment, { writeSpacingMs: 1000 }, 79_000],
    ['501 comments take more than an hour', 501, comment, { contentPerHour: 500 }, hour],
    ['181 trees take more than a minute', 181, tree, { restPointsPerMinute: 900 }, minute],
    ['901 reads take more than a minute', 901, read, { restPointsPerMinute: 900 }, minute],
    ['401 mutations take more than a minute', 401, mutation, { graphqlPointsPerMinute: 2000 }, minute],
  ])('%s', (_what, ...[count, sending, limit, least]) => {
    const none = { contentPerMinute: 1e6, contentPerHour: 1e6, writeSpacingMs: 0 };
    const open = { ...gitHubLimits, ...none, restPointsPerMinute: 1e6, graphqlPointsPerMinute: 1e6, ...limit };
    const took = (many: number): number => {
      const sent = sendAll(
        Array.from({ length: many }, () => ({ ...sending, after: 0 })),
        open,
      );
      return (sent.at(-1)?.at ?? 0) - (sent[0]?.at ?? 0);
    };
    expect(took(count)).toBe(least);
    expect(took(count - 1)).toBeLessThan(least);
  });

  it('lets one request through that alone is more than a limit', () => {
    const [sent] = sendAll([{ ...comment, after: 0 }], { ...gitHubLimits, restPointsPerMinute: 1, contentPerHour: 0 });
    expect(sent?.at).toBe(1_000_000);
  });

  it('closes one half of the API without the other', () => {
    const closed = withClosed(emptyLedger, 'rest', 5000);
    expect(admittedAt(closed, { ...read, at: 1000 }, gitHubLimits)).toBe(5000);
    expect(admittedAt(closed, { kind: 'query', isContent: false, at: 1000 }, gitHubLimits)).toBe(1000);
    expect(admittedAt(withClosed(closed, 'rest', 2000), { ...read, at: 1000 }, gitHubLimits)).toBe(5000);
  });

  it('remembers no more than an hour of content and a minute of the rest', () => {
    const ledger = [comment, read, read].reduce(
      (before, sending, index) => withSent(before, { ...sending, at: index * 59_999 }),
      emptyLedger,
    );
    expect(withSent(ledger, { ...read, at: 2 * 59_999 + minute }).sent).toHaveLength(2);
    expect(withSent(ledger, { ...read, at: hour }).sent).toHaveLength(1);
  });
});
