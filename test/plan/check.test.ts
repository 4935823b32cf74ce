import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOfCheck, isRefused, type CheckedPlan } from '../../src/plan/check.ts';
import { renderCheck } from '../../src/plan/check-markdown.ts';
import { diffPlans } from '../../src/plan/diff.ts';
import { forecast } from '../../src/plan/forecast.ts';
import type { History } from '../../src/plan/history.ts';
import { matrixOf } from '../../src/plan/matrix.ts';
import type { Preview } from '../../src/plan/preview.ts';
import type { PlanProblem } from '../../src/plan/problem.ts';
import { allTokens, hostileText, livePartsOf, shapeOf } from '../support/hostile-text.ts';
import { changedPlan, validPlan, type Change } from '../support/plans.ts';

const before = validPlan(changedPlan()).plan;

function previewWith(change?: Change, history?: History): Preview {
  const { plan, digest } = validPlan(changedPlan(change));
  const diff = diffPlans(before, plan);
  return { plan, digest, forecast: forecast(plan), matrix: matrixOf(plan), diff, ...(history ? { history } : {}) };
}

const grown: Change = (spec) => (spec['budget'] = { tokens: 2_000_000, usd: 40, reserve: '10%' });
const changed = (file: string, change?: Change): CheckedPlan => ({
  file,
  state: 'changed',
  preview: previewWith(change),
});
const unchanged = (file: string): CheckedPlan => ({ file, state: 'unchanged', preview: previewWith() });
const problem = (line: number, message = 'deadlin is no key'): PlanProblem => ({
  file: 'plans/broken.yaml',
  line,
  column: 3,
  severity: 'error',
  rule: 'unknown-key',
  message,
  path: 'spec.deadlin',
  found: 'deadlin',
  expected: 'a key of spec',
  remedy: 'Did you mean deadline?',
});
const invalid = (count: number): CheckedPlan => ({
  file: 'plans/broken.yaml',
  state: 'invalid',
  problems: Array.from({ length: count }, (_, index) => problem(index + 1)),
});
/** A cell without its entities. */
const shown = (markdown: string): string =>
  markdown.replace(/&#(\d+);/g, (_, point: string) => String.fromCodePoint(Number(point)));
/** Where a text has the first of each. */
const order = (text: string, ...words: readonly string[]): readonly number[] =>
  words.map((word) => shown(text).indexOf(word));
const ascending = (places: readonly number[]): boolean =>
  places.every((place, index) => place >= 0 && place > (places[index - 1] ?? -1));

describe('the check of plans', () => {
  it('shows first what may not run, then what reaches further, then the rest', () => {
    const { comment } = renderCheck([
      unchanged('plans/same.yaml'),
      { file: 'plans/gone.yaml', state: 'removed' },
      { ...changed('plans/more.yaml', grown), file: 'plans/more.yaml' },
      invalid(1),
    ]);
    expect(ascending(order(comment, 'plans/broken.yaml', 'Plan `simple`', 'plans/gone.yaml', 'plans/same.yaml'))).toBe(
      true,
    );
    expect(shown(comment)).toContain('may reach, spend or touch more');
  });

  it('names what stays as it was on one line of the comment, and shows all of it in the summary', () => {
    const { comment, summary } = renderCheck([unchanged('plans/a.yaml'), unchanged('plans/b.yaml')]);
    const [line = ''] = comment.split('\n').filter((each) => each.includes('As before'));
    expect(ascending(order(line, 'plans/a.yaml', 'plans/b.yaml'))).toBe(true);
    expect(comment).not.toContain('### Masters');
    expect(summary).toContain('### Masters');
  });

  it('shows each problem with its line and remedy', () => {
    const { comment } = renderCheck([invalid(2)]);
    expect(shown(comment)).toContain('2:3');
    expect(shown(comment)).toContain('Did you mean deadline?');
    expect(isRefused([invalid(2)])).toBe(true);
  });

  it('has a forecast of what is declared, and of what earlier runs took, each with its basis', () => {
    const spread = { median: 1000, p90: 2000 };
    const history: History = {
      basis: 'history',
      runs: 4,
      newest: '2026-11-14T09:00:00.000Z',
      tokens: spread,
      usd: { median: 1.5, p90: 2.5 },
      minutes: { median: 12, p90: 30 },
      peakWorkers: { median: 3, p90: 5 },
    };
    const { comment } = renderCheck([{ file: 'a.yaml', state: 'changed', preview: previewWith(grown, history) }]);
    expect(comment).toContain('### Forecast, as declared');
    expect(comment).toContain('### Forecast, from 4 earlier executions (the newest of 2026-11-14)');
    for (const figure of ['2,000', '$2.50', '30.0 min']) expect(shown(comment)).toContain(figure);
  });

  it('ends with the digest of all of it', () => {
    const plans = [changed('plans/a.yaml', grown), invalid(1)];
    const { comment, summary, digest, isTruncated } = renderCheck(plans);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect([comment, summary].every((text) => text.trimEnd().endsWith(`\`${digest}\``))).toBe(true);
    expect(isTruncated).toBe(false);
    expect(digestOfCheck([changed('plans/a.yaml', grown), invalid(1)])).toBe(digest);
    expect(digestOfCheck([changed('plans/a.yaml'), invalid(1)])).not.toBe(digest);
    expect(digestOfCheck([changed('plans/b.yaml', grown), invalid(1)])).not.toBe(digest);
  });
});

describe('a comment with too little room', () => {
  const plans = [changed('plans/a.yaml', grown), unchanged('plans/b.yaml')];
  const whole = renderCheck(plans).comment;

  it('is whole at its exact length, and says from one character less that it is not', () => {
    expect(renderCheck(plans, { comment: whole.length })).toMatchObject({ comment: whole, isTruncated: false });
    const cut = renderCheck(plans, { comment: whole.length - 1 });
    expect(cut.isTruncated).toBe(true);
    expect(cut.comment).toContain('This is not all');
    expect(cut.comment).toContain(cut.digest);
    expect(cut.digest).toBe(renderCheck(plans).digest);
  });

  it('leaves out the criteria before the tasks, those before the forecast, and what changes last', () => {
    const tables = ['What changes', 'Forecast', 'Masters', 'Tasks', 'Success criteria'];
    let left = tables.length;
    for (let room = whole.length; room > 0; room -= 20) {
      const { comment } = renderCheck(plans, { comment: room });
      const there = tables.filter((table) => comment.includes(`### ${table}`));
      expect(there).toEqual(tables.slice(0, there.length));
      expect(there.length).toBeLessThanOrEqual(left);
      left = there.length;
    }
    expect(left).toBe(0);
  });

  it('keeps as many rows of problems as fit, and says how many more there are', () => {
    const { comment, isTruncated } = renderCheck([invalid(2000)], { comment: 20_000 });
    expect(isTruncated).toBe(true);
    expect(comment.length).toBeLessThanOrEqual(20_000);
    const rows = comment.split('\n').filter((line) => line.startsWith('| <code>')).length;
    expect(rows).toBeGreaterThan(10);
    expect(comment).toContain(`and ${2000 - rows} more rows`);
  });

  it('keeps to its room, whatever the plans and the room, and the summary to its bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(changed('a.yaml', grown), unchanged('b.yaml'), invalid(40)), { maxLength: 6 }),
        fc.integer({ min: 400, max: 12_000 }),
        (some, room) => {
          const { comment, summary } = renderCheck(some, { comment: room, summary: room });
          expect(comment.length).toBeLessThanOrEqual(room);
          expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(room);
        },
      ),
    );
  });

  it('has room for what GitHub takes, marker included', () => {
    const many = Array.from({ length: 60 }, (_, index) => changed(`plans/${index}.yaml`, grown));
    const { comment, isTruncated } = renderCheck(many);
    expect(isTruncated).toBe(true);
    expect(comment.length).toBeGreaterThan(10_000);
    expect(comment.length).toBeLessThan(65_536 - 500);
  });
});

describe('what plans say', () => {
  it('is shown and does nothing else, in names of files, problems and effects', () => {
    const rendered = (text: string): string => {
      const effect = { kind: 'setting', subject: text, before: text, after: text, reach: 'grows' } as const;
      const preview = { ...previewWith(grown), diff: [effect] };
      return renderCheck([
        { file: text, state: 'invalid', problems: [problem(1, text)] },
        { file: text, state: 'changed', preview },
        { file: text, state: 'removed' },
        { ...unchanged('same.yaml'), file: text },
      ]).comment;
    };
    const plainly = shapeOf(rendered('plain'));
    fc.assert(
      fc.property(hostileText, (text) => {
        const markdown = rendered(`x${text}`);
        expect(shapeOf(markdown)).toEqual(plainly);
        expect(livePartsOf(markdown)).toMatchObject({ images: 0, links: [] });
        const html = allTokens(markdown).filter(({ type }) => type === 'html');
        expect(html.every(({ raw }) => /^<\/?code>$/.test(raw))).toBe(true);
        expect(markdown).not.toMatch(/@|https?:|www\./);
      }),
    );
  });
});
