import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { assignments } from '../../src/plan/assignments.ts';
import { diffPlans } from '../../src/plan/diff.ts';
import { forecast } from '../../src/plan/forecast.ts';
import { matrixOf } from '../../src/plan/matrix.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { renderPreview, type Preview } from '../../src/plan/preview.ts';
import { mostItCosts, priceTable } from '../../src/plan/prices.ts';
import { at, changedPlan, shippedPlan, validPlan, type Change } from '../support/plans.ts';

const planOf = (change?: Change): Plan => validPlan(changedPlan(change)).plan;
const task = (spec: Parameters<Change>[0], master: number, index: number): Record<string, unknown> =>
  at(at(spec.masters, master).tasks, index);

describe('a complete plan', () => {
  it('has what was left out, in one unit each', () => {
    const plan = planOf();
    const improve = at(at(plan.masters, 1).tasks, 1);
    expect(at(plan.masters, 0).name).toBe('security-master');
    expect(improve).toMatchObject({
      id: 'improve',
      master: 'development-master',
      title: 'Write code for a goal',
      goal: 'Write code for a goal',
      needsModel: true,
      priority: 'medium',
      inputs: { paths: ['**'] },
      tokens: 50_000,
      // 50,000 tokens at $10 per million.
      microDollars: 500_000,
      timeoutMs: 600_000,
      resources: { cpuMillicores: 500, memoryBytes: 2 ** 30, diskBytes: 2 ** 31 },
      model: 'claude-sonnet-5-5',
    });
  });

  it('gives a task that needs no model no tokens, unless it asks', () => {
    expect(at(at(planOf().masters, 0).tasks, 0).tokens).toBe(0);
    const asking = planOf((spec) => {
      spec['workers'] = { 'scan-worker': { tokens: 70_000 } };
      task(spec, 1, 0)['tokens'] = 1000;
      task(spec, 1, 0)['retries'] = 0;
      at(spec.masters, 1)['budget'] = { personal: 50_000, pool: 101_000 };
    });
    expect(at(at(asking.masters, 0).tasks, 0).tokens).toBe(0);
    expect(at(at(asking.masters, 1).tasks, 0).tokens).toBe(1000);
  });

  it('gives a master without a budget what its tasks reserve', () => {
    const plan = planOf((spec) => delete at(spec.masters, 1)['budget']);
    // Two attempts of 50,000 tokens at $10 per million.
    expect(at(plan.masters, 1).budget).toEqual({
      tokens: 100_000,
      personal: 0,
      pool: 100_000,
      microDollars: 1_000_000,
    });
  });

  it.each<[string | number, object]>([
    ['10%', { tokens: 295_000, microDollars: 3_000_000 }],
    [250_000, { tokens: 250_000, microDollars: 2_542_373 }],
  ])('keeps a reserve of %s to the token', (reserve, expected) => {
    // 250,000 of 2,950,000 tokens are 8.474576… percent of $30.
    const plan = planOf((spec) => (spec['budget'] = { tokens: 2_950_000, usd: 30, reserve }));
    expect(plan.budget.reserve).toEqual(expected);
  });

  it('answers escalations by severity', () => {
    const plan = planOf((spec) => (spec['escalations'] = { default: 'proceed', severities: { critical: 'stop' } }));
    expect(plan.escalations.severities).toEqual({
      critical: 'stop',
      high: 'proceed',
      medium: 'proceed',
      low: 'proceed',
      info: 'proceed',
    });
  });

  it('prices the dearest token of a model, long prompts included', () => {
    expect(mostItCosts('claude-sonnet-5-5', 1_000_000)).toBe(10_000_000);
    expect(mostItCosts('claude-haiku-5-5', 1_000_000)).toBe(2_500_000);
    expect(mostItCosts('no-such-model', 1_000_000)).toBe(0);
    expect(priceTable.models['claude-sonnet-5-5']?.cacheRead).toBe(100_000);
  });
});

describe('assignments', () => {
  it('give each master its own tasks and those routed to it', () => {
    const { plan, digest } = validPlan(shippedPlan('full-orchestration'));
    const routed = assignments(plan, new Map([['check-documentation', 'development-master']]));
    expect(routed.map(({ master, tasks }) => [master, tasks.length])).toEqual([
      ['coordinator-master', 0],
      ['security-master', 3],
      ['development-master', 4],
      ['inventory-master', 4],
      ['cicd-master', 3],
      ['testing-master', 4],
      ['monitoring-master', 2],
    ]);
    expect(new Set(routed.map((each) => each.plan.digest))).toEqual(new Set([digest]));
    expect(at(routed, 2).tasks.at(-1)?.id).toBe('check-documentation');
  });
});

describe('the matrix', () => {
  it('has a leg per master that outlives the deadline', () => {
    const plan = planOf((spec) => (spec['deadline'] = '61m'));
    expect(matrixOf(plan)).toEqual({
      include: [
        { master: 'security-master', tasks: 1, timeoutMinutes: 71, runner: 'ubuntu-latest' },
        { master: 'development-master', tasks: 2, timeoutMinutes: 71, runner: 'ubuntu-latest' },
      ],
    });
  });

  it('never asks for more than the six hours of a job', () => {
    const plan = planOf((spec) => (spec['deadline'] = '6h'));
    expect(matrixOf(plan).include.map((leg) => leg.timeoutMinutes)).toEqual([360, 360]);
  });
});

describe('the forecast', () => {
  it('adds up what the plan declares', () => {
    const { atMost, workers, time, peakResources, basis } = forecast(planOf());
    expect(basis).toBe('declared');
    // 50,000 + 50,000 personal, a pool of 100,000; money: personal at $10 per million and two attempts of $0.50.
    expect(atMost).toEqual({ tokens: 200_000, microDollars: 2_000_000 });
    expect(workers).toMatchObject({ total: 3, needModel: 1, peak: 2 });
    expect(time).toMatchObject({ criticalPathMs: 900_000, criticalPath: ['hotspots', 'improve'], phasesMs: 2_700_000 });
    // Of three workers two are at work at once: the large one and a small one.
    expect(peakResources).toEqual({ cpuMillicores: 750, memoryBytes: 1.5 * 2 ** 30, diskBytes: 3 * 2 ** 30 });
  });

  it('counts workers that no needs keep apart, and no more than the plan allows', () => {
    const chain = planOf((spec) => (task(spec, 0, 0)['needs'] = ['hotspots']));
    expect(forecast(chain).workers.peak).toBe(2);
    const narrow = planOf((spec) => (spec['parallel'] = { workers: 1 }));
    expect(forecast(narrow).workers.peak).toBe(1);
    const row = planOf((spec) => {
      task(spec, 0, 0)['needs'] = ['hotspots'];
      task(spec, 1, 1)['needs'] = ['scan'];
    });
    expect(forecast(row).workers.peak).toBe(1);
  });
});

describe('effects of a change', () => {
  it.each<[string, Change, Change, object]>([
    [
      'a new task reaches further',
      () => {},
      (spec) => at(spec.masters, 0).tasks.push({ id: 'flows', worker: 'scan-worker', capability: 'workflows' }),
      { kind: 'worker', subject: 'flows', after: 'scan-worker/workflows of security-master', reach: 'grows' },
    ],
    [
      'a lower budget holds back',
      () => {},
      (spec) => (spec['budget'] = { tokens: 900_000, usd: 20, reserve: 100_000 }),
      { kind: 'budget', subject: 'whole plan: tokens', before: '1,000,000', after: '900,000', reach: 'shrinks' },
    ],
    [
      'a dropped gate reaches further',
      (spec) => (spec['success'] = [{ id: 'done', check: 'tasks.failed == 0' }]),
      () => {},
      { kind: 'criterion', subject: 'done', reach: 'grows' },
    ],
    [
      'a gate that becomes a target reaches further',
      (spec) => (spec['success'] = [{ id: 'done', check: 'tasks.failed == 0' }]),
      (spec) => (spec['success'] = [{ id: 'done', level: 'target', check: 'tasks.failed == 0' }]),
      { kind: 'criterion', subject: 'done', reach: 'grows' },
    ],
    [
      'a path that is no longer protected reaches further',
      (spec) => (spec['publish'] = { paths: { deny: ['deploy/**'] } }),
      () => {},
      { kind: 'publish', subject: 'protected path deploy/**', reach: 'grows' },
    ],
    [
      'another command reaches further',
      (spec) =>
        (spec['tasks'] = [
          { id: 'cover', worker: 'test-worker', capability: 'coverage', inputs: { command: ['make'] } },
        ]),
      (spec) =>
        (spec['tasks'] = [{ id: 'cover', worker: 'test-worker', capability: 'coverage', inputs: { command: ['sh'] } }]),
      { kind: 'command', subject: 'cover', before: '["make"]', after: '["sh"]', reach: 'grows' },
    ],
    [
      'a longer deadline reaches further',
      () => {},
      (spec) => (spec['deadline'] = '90m'),
      { kind: 'deadline', subject: 'whole plan', before: '1h', after: '1h 30m', reach: 'grows' },
    ],
    [
      'another node is another place',
      (spec) => (spec['cluster'] = { nodeSelector: { disk: 'ssd' } }),
      (spec) => (spec['cluster'] = { nodeSelector: { disk: 'hdd' } }),
      { kind: 'placement', subject: 'nodeSelector', reach: 'same' },
    ],
  ])('%s', (...[, before, after, effect]) => {
    expect(diffPlans(planOf(before), planOf(after))).toContainEqual(expect.objectContaining(effect));
  });

  it('name a removed task once, not each of its settings', () => {
    const effects = diffPlans(planOf((spec) => at(spec.masters, 0).tasks.push({ id: 'flows', worker: 'scan-worker', capability: 'secrets' })), planOf()); // prettier-ignore
    expect(effects).toEqual([
      { kind: 'worker', subject: 'flows', before: 'scan-worker/secrets of security-master', reach: 'shrinks' },
    ]);
  });

  it('come with what grows first', () => {
    const effects = diffPlans(
      planOf(),
      planOf((spec) => {
        spec['deadline'] = '50m';
        at(spec.masters, 0)['mission'] = 'Look closely.';
        spec['publish'] = { pullRequests: { max: 50 } };
      }),
    );
    expect(effects.map(({ kind, reach }) => [kind, reach])).toEqual([
      ['publish', 'grows'],
      ['deadline', 'shrinks'],
      ['setting', 'same'],
    ]);
  });
});

describe('the preview', () => {
  const previewOf = (change?: Change, before?: Plan): Preview => {
    const { plan, digest } = validPlan(changedPlan(change));
    const diff = before === undefined ? {} : { diff: diffPlans(before, plan) };
    return { plan, digest, forecast: forecast(plan), matrix: matrixOf(plan), ...diff };
  };

  it('is the same bytes for the same plan, in every format', () => {
    for (const format of ['text', 'md', 'json'] as const) {
      expect(renderPreview(previewOf(), format)).toBe(renderPreview(previewOf(), format));
    }
  });

  it('says that a plan changes nothing', () => {
    expect(renderPreview(previewOf(undefined, planOf()), 'text')).toContain('Changes nothing: none');
  });

  it('warns where a plan reaches further', () => {
    const preview = previewOf((spec) => (spec['deadline'] = '90m'), planOf());
    expect(renderPreview(preview, 'md')).toContain('In 1 respect this plan may reach');
    expect(renderPreview(preview, 'text')).toMatch(/grows +deadline +whole plan +1h +1h 30m/);
  });

  it('says who gets a task without an owner', () => {
    const preview = previewOf(
      (spec) => (spec['tasks'] = [{ id: 'drift', worker: 'documentation-worker', capability: 'drift' }]),
    );
    expect(renderPreview(preview, 'text')).toMatch(/drift +nobody yet/);
    expect(renderPreview({ ...preview, routed: new Map([['drift', 'development-master']]) }, 'text')).toMatch(
      /drift +development-master \(routed\)/,
    );
  });

  it('lets no text of a plan become markup, mention, link or another cell', () => {
    const evil = '1 | 2 <img src=x> @everyone #1 [a](https://evil.example) `x` www.evil.example';
    const preview = previewOf((spec) => (at(spec.masters, 0)['mission'] = evil), planOf());
    const markdown = renderPreview(preview, 'md');
    const html = marked.parse(markdown, { gfm: true, async: false });
    expect(html).not.toMatch(/<img|<a /);
    expect(markdown).not.toMatch(/@everyone|#1 |www\.|https:/);
    const row = markdown.split('\n').find((line) => line.includes('mission'));
    expect(row?.match(/\|/g)).toHaveLength(6);
  });

  it('as JSON holds what the others show', () => {
    const preview = previewOf((spec) => (spec['deadline'] = '90m'), planOf());
    expect(JSON.parse(renderPreview(preview, 'json'))).toMatchObject({
      digest: preview.digest,
      diff: [{ reach: 'grows' }],
      forecast: { basis: 'declared' },
    });
  });
});
