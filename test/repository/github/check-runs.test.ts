import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckAnnotation } from '../../../src/repository/github/check-runs.ts';
import { openShop, type Shop } from './shop-host.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await openShop({ 'plan.yml': 'a\n' });
});

afterEach(async () => {
  await shop.close();
});

const note = (line: number): CheckAnnotation => ({
  path: 'plan.yml',
  startLine: line,
  endLine: line,
  level: 'warning',
  message: `line ${line}`,
});

const order = (annotations: number) => ({
  name: 'cortex',
  commit: shop.head('main'),
  conclusion: 'neutral' as const,
  externalId: 'run 1',
  title: 'Plan',
  summary: 'Reach grows',
  annotations: Array.from({ length: annotations }, (_, index) => note(index + 1)),
});

const annotated = () =>
  shop.repository.checkRuns.map(
    ({ fields }) => (fields['output'] as { annotations: readonly unknown[] }).annotations.length,
  );

describe('check runs', () => {
  it.each([0, 50, 51, 120])('are made once, with all of %i annotations', async (count) => {
    await shop.door().createCheckRun(order(count));
    expect(annotated()).toEqual([count]);
  });

  it.each(['reset', 'lost-answer', { afterwards: 502 }] as const)(
    'are there once although the connection breaks: %j',
    async (fault) => {
      shop.fault(fault, { method: 'POST', path: /check-runs$/, times: 1 });
      const made = await shop.door().createCheckRun(order(60));
      expect(shop.repository.checkRuns.map(({ id }) => id)).toEqual([made.id]);
      expect(annotated()).toEqual([60]);
    },
  );

  it('need a right, without which none is made', async () => {
    const made = shop.door({ permissions: { contents: 'read' } }).createCheckRun(order(0));
    await expect(made).rejects.toMatchObject({
      code: 'github-forbidden',
      hint: expect.stringContaining('checks: write') as string,
    });
    expect(shop.repository.checkRuns).toEqual([]);
  });

  it('keep to what GitHub describes', async () => {
    await shop.door().createCheckRun(order(51));
    shop.fault('lost-answer', { method: 'POST', path: /check-runs$/, times: 1 });
    await shop.door().createCheckRun({ ...order(0), externalId: 'run 2' });
    expect(shop.violations()).toEqual([]);
  });
});
