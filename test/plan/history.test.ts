import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyOf } from '../../src/plan/history.ts';
import type { Report } from '../../src/protocol/report.ts';
import { workerWith } from '../support/report-parts.ts';
import { reportWith } from '../support/report.ts';

const plan = { name: 'nightly', file: 'plans/nightly.yaml', digest: 'a'.repeat(64) };
const base = reportWith({ plan });

/** A run that ended at a minute of the hour. */
function run(
  minute: number,
  change: Partial<Report> & { readonly tokens?: number; readonly usd?: number } = {},
): Report {
  const { tokens = 0, usd = 0, ...more } = change;
  const completedAt = `2026-11-14T09:${String(minute).padStart(2, '0')}:00.000Z`;
  return {
    ...base,
    completed_at: completedAt,
    totals: { ...base.totals, tokens_used: tokens, usd_used: usd },
    ...more,
  };
}

const at = (second: number): string => new Date(Date.UTC(2026, 10, 14, 9, 0, second)).toISOString();
const worker = (start: number, end: number | null): Report['workers'][number] =>
  workerWith({ started_at: at(start), completed_at: end === null ? null : at(end) });

describe('the history of a plan', () => {
  it('has the middle and the upper figure of what its runs took', () => {
    const runs = [100, 300, 200, 500, 400].map((tokens, index) =>
      run(index, { tokens, usd: tokens / 100, duration_minutes: tokens / 10, workers: [worker(0, 10), worker(9, 20)] }),
    );
    expect(historyOf('nightly', runs)).toEqual({
      basis: 'history',
      runs: 5,
      newest: '2026-11-14T09:04:00.000Z',
      tokens: { median: 300, p90: 500 },
      usd: { median: 3, p90: 5 },
      minutes: { median: 30, p90: 50 },
      peakWorkers: { median: 2, p90: 2 },
    });
  });

  it.each([
    ['fewer than three runs', [run(1), run(2)]],
    ['runs of another plan', [1, 2, 3].map((minute) => run(minute, { plan: { ...plan, name: 'weekly' } }))],
    ['rehearsals', [1, 2, 3].map((minute) => run(minute, { simulated: true }))],
    ['runs that were cancelled', [1, 2, 3].map((minute) => run(minute, { status: 'cancelled' }))],
    ['runs that came to an end in part', [1, 2, 3].map((minute) => run(minute, { status: 'partial' }))],
  ])('is none from %s', (_, runs) => {
    expect(historyOf('nightly', runs)).toBeUndefined();
  });

  it('looks at the newest twenty alone, in whatever order they come', () => {
    const old = Array.from({ length: 10 }, (_, minute) => run(minute, { tokens: 1_000_000 }));
    const fresh = Array.from({ length: 20 }, (_, index) => run(30 + index, { tokens: 7 }));
    expect(historyOf('nightly', [...fresh, ...old])).toMatchObject({ runs: 20, tokens: { median: 7, p90: 7 } });
    expect(historyOf('nightly', [...old, ...fresh].reverse())).toEqual(historyOf('nightly', [...fresh, ...old]));
  });

  it.each([
    ['one after the other', [worker(0, 10), worker(10, 20)], 1],
    ['beside each other', [worker(0, 10), worker(9, 20), worker(5, 6)], 2],
    ['three at one moment', [worker(0, 10), worker(1, 10), worker(2, 3)], 3],
    ['one that never ended', [worker(0, null), worker(50, 60)], 2],
    ['nobody', [], 0],
  ])('counts workers at once: %s', (_, workers, peak) => {
    const runs = [1, 2, 3].map((minute) => run(minute, { workers }));
    expect(historyOf('nightly', runs)?.peakWorkers).toEqual({ median: peak, p90: peak });
  });

  it('has an upper figure that nine of ten runs keep to, and a middle that half of them do', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 3, maxLength: 20 }), (all) => {
        const history = historyOf(
          'nightly',
          all.map((tokens, minute) => run(minute, { tokens })),
        );
        const within = (limit = -1): number => all.filter((tokens) => tokens <= limit).length / all.length;
        expect(within(history?.tokens.median)).toBeGreaterThanOrEqual(0.5);
        expect(within(history?.tokens.p90)).toBeGreaterThanOrEqual(0.9);
        expect(all).toContain(history?.tokens.p90);
      }),
    );
  });
});
