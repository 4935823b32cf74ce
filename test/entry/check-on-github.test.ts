import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPublishedReports } from '../../src/entry/check/published-reports.ts';
import { keepComment } from '../../src/entry/check/sticky-comment.ts';
import { writeMarker } from '../../src/shared/marker.ts';
import { branch, commitRun } from '../report/publish/results-world.ts';
import { openShop, type Shop } from '../repository/github/shop-host.ts';

describe('the one comment of a check', () => {
  let shop: Shop;
  let number: number;
  beforeEach(async () => {
    shop = await openShop({ 'plans/a.yaml': 'a\n' });
    shop.push('topic', { 'plans/a.yaml': 'b\n' });
    number = shop.open('topic');
  });
  afterEach(() => shop.close());

  const keep = (markdown: string, login = 'github-actions[bot]'): ReturnType<typeof keepComment> =>
    keepComment(shop.door({ kind: 'workflow' }), {
      pullRequest: number,
      login,
      markdown,
      digest: 'd'.repeat(64),
      isTruncated: false,
    });
  const bodies = async (): Promise<readonly string[]> =>
    (await shop.door().readComments(number)).map(({ body }) => body.split('\n')[0] ?? '');

  it('is written, updated in place, and left alone while nothing differs', async () => {
    expect(await keep('first\n')).toBe('written');
    expect(await keep('first\n')).toBe('unchanged');
    expect(await keep('second\n')).toBe('updated');
    expect(await bodies()).toEqual(['second']);
  });

  it('is never one of somebody else, whatever stands in it', async () => {
    shop.comment(number, { login: 'ada', body: `mine\n\n${writeMarker('plan-check', { digest: 'x' })}` });
    expect(await keep('ours')).toBe('written');
    expect(await bodies()).toEqual(['mine', 'ours']);
  });

  it('is none of ours for another purpose', async () => {
    shop.comment(number, { login: 'github-actions[bot]', body: `other\n\n${writeMarker('question', {})}` });
    expect(await keep('ours')).toBe('written');
    expect(await bodies()).toEqual(['other', 'ours']);
  });

  it('is found again where somebody has damaged its marker', async () => {
    const body = `old\n\n${writeMarker('plan-check', { digest: 'x' }).replace('"x"', '"y"')}`;
    shop.comment(number, { login: 'github-actions[bot]', body });
    expect(await keep('ours')).toBe('updated');
    expect(await bodies()).toEqual(['ours']);
  });

  it('that two runs have made at the same moment is kept current once, and no third comes', async () => {
    for (const text of ['one', 'two'])
      shop.comment(number, {
        login: 'github-actions[bot]',
        body: `${text}\n\n${writeMarker('plan-check', { digest: text })}`,
      });
    await keep('ours');
    await keep('ours');
    expect(await bodies()).toEqual(['ours', 'two']);
  });
});

describe('the history on GitHub', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop({ 'README.md': '# Shop\n' });
  });
  afterEach(() => shop.close());

  it('is none before the first results', async () => {
    expect(await readPublishedReports(shop.door(), branch)).toEqual([]);
  });

  it.each([100_000, 8])('is read from the branch of results, where %i entries of a tree are shown', async (entries) => {
    for (const minute of [1, 2, 3]) await commitRun(shop.door(), minute);
    shop.limits({ treeEntries: entries });
    const reports = await readPublishedReports(shop.door(), branch);
    expect(reports.map(({ started_at: at }) => at).sort()).toEqual(
      [1, 2, 3].map((minute) => `2026-11-14T09:0${minute}:00.000Z`),
    );
  });
});
