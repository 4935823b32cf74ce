import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffPlans } from '../../src/plan/diff.ts';
import { planDigest } from '../../src/plan/digest.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { normalise } from '../../src/plan/normalise.ts';
import { parsePlan } from '../../src/plan/parse.ts';
import { parse } from '../support/yaml-value.ts';
import { seededRandom } from '../support/plan-mutator.ts';
import { at, changedPlan, planNames, shippedPlan, simplePlan, validPlan, type LoosePlan } from '../support/plans.ts';
import { stringify } from '../../src/shared/yaml.ts';

/** The same data with the keys of every mapping in another order. */
function shuffled(value: unknown, random: (below: number) => number): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffled(each, random));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, shuffled(each, random)] as const);
  for (let index = entries.length - 1; index > 0; index -= 1) {
    const other = random(index + 1);
    [entries[index], entries[other]] = [at(entries, other), at(entries, index)];
  }
  return Object.fromEntries(entries);
}

describe('the digest', () => {
  it.each(planNames)('of %s does not change with key order, comments, quoting or layout', (name) => {
    const text = shippedPlan(name);
    const { digest } = validPlan(text);
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom('QUOTE_SINGLE', 'QUOTE_DOUBLE', 'PLAIN'),
        fc.boolean(),
        (seed, style, flow) => {
          const data = shuffled(parse(text), seededRandom(seed));
          const again = stringify(data, { defaultStringType: style, collectionStyle: flow ? 'flow' : 'block' });
          expect(validPlan(`# ${seed}\n${again}`).digest).toBe(digest);
        },
      ),
      { numRuns: 15 },
    );
  });

  const same: readonly (readonly [string, (plan: LoosePlan) => void])[] = [
    ['15m as 900s', ({ spec }) => (at(at(spec.masters, 0).tasks, 0)['timeout'] = '300s')],
    ['60m as 1h', ({ spec }) => (spec['deadline'] = '1h')],
    [
      'defaults written out',
      ({ spec }) => Object.assign(spec, { thresholds: [75, 90], tasks: [], cluster: { spread: 'hostname' } }),
    ],
    ['a share as tokens', ({ spec }) => (spec['budget'] = { tokens: 1_000_000, usd: 20, reserve: 100_000 })],
    [
      'half a processor as 500m',
      ({ spec }) => (spec['workers'] = { 'implementation-worker': { resources: { cpu: 0.5 } } }),
    ],
    [
      'a gibibyte in bytes',
      ({ spec }) => (spec['workers'] = { 'implementation-worker': { resources: { memory: 1_073_741_824 } } }),
    ],
    ['masters in another order', ({ spec }) => spec.masters.reverse()],
    ['a need said twice', ({ spec }) => (at(at(spec.masters, 1).tasks, 1)['needs'] = ['hotspots', 'hotspots'])],
  ];

  it.each(same)('does not change with %s', (_, change) => {
    const plan = simplePlan();
    change(plan);
    expect(stringify(plan)).not.toBe(changedPlan());
    expect(validPlan(stringify(plan)).digest).toBe(validPlan(changedPlan()).digest);
  });

  it('changes with what the plan means', () => {
    const digests = [
      () => {},
      ({ spec }: LoosePlan) => (spec['deadline'] = '61m'),
      ({ metadata }: LoosePlan) => (metadata['name'] = 'other'),
    ].map((change) => {
      const plan = simplePlan();
      change(plan);
      return validPlan(stringify(plan)).digest;
    });
    expect(new Set(digests).size).toBe(3);
  });
});

/** Differences that leave the simple plan valid, each in one place. */
const differences: readonly ((plan: LoosePlan) => unknown)[] = [
  ({ metadata }) => (metadata['description'] = 'another'),
  ({ spec }) => (spec['deadline'] = '90m'),
  ({ spec }) => (spec['phases'] = { execution: '25m' }),
  ({ spec }) => (spec['thresholds'] = [50]),
  ({ spec }) => (spec['escalations'] = { default: 'proceed' }),
  ({ spec }) => (spec['parallel'] = { workers: 3 }),
  ({ spec }) => (spec['model'] = { effort: 'high' }),
  ({ spec }) => (spec['target'] = { cluster: { namespaces: ['shop', 'bank'] } }),
  ({ spec }) => (spec['cluster'] = { nodeSelector: { disk: 'ssd' } }),
  ({ spec }) => (spec['cluster'] = { placement: [{ node: 'one', workers: ['scan', 'hotspots', 'improve'] }] }),
  ({ spec }) => (spec['publish'] = { paths: { allow: ['docs/**'], deny: ['deploy/**'] } }),
  ({ spec }) => (spec['publish'] = { pullRequests: { max: 3, draft: false } }),
  ({ spec }) => (spec['success'] = [{ id: 'done', check: 'tasks.failed == 0' }]),
  ({ spec }) => (spec['success'] = [{ id: 'done', level: 'target', check: 'tasks.failed == 0' }]),
  ({ spec }) => (spec['budget'] = { tokens: 900_000, usd: 20, reserve: '10%' }),
  ({ spec }) => (at(spec.masters, 0)['mission'] = 'Look closely.'),
  ({ spec }) => at(spec.masters, 0).tasks.push({ id: 'flows', worker: 'scan-worker', capability: 'workflows' }),
  ({ spec }) => at(spec.masters, 1).tasks.reverse(),
  ({ spec }) => (at(at(spec.masters, 0).tasks, 0)['timeout'] = '6m'),
  ({ spec }) => (at(at(spec.masters, 0).tasks, 0)['inputs'] = { paths: ['src/**'] }),
  ({ spec }) => (at(at(spec.masters, 0).tasks, 0)['priority'] = 'critical'),
  ({ spec }) => (spec['tasks'] = [{ id: 'drift', worker: 'documentation-worker', capability: 'drift' }]),
  ({ spec }) =>
    (spec['tasks'] = [{ id: 'cover', worker: 'test-worker', capability: 'coverage', inputs: { command: ['make'] } }]),
  ({ spec }) => (spec['workers'] = { 'scan-worker': { retries: 4, resources: { cpu: 1 } } }),
];

const variant = (chosen: readonly number[]): Plan => {
  const plan = simplePlan();
  for (const index of chosen) differences[index]?.(plan);
  return validPlan(stringify(plan)).plan;
};
const variants = [
  [],
  ...differences.map((_, index) => [index]),
  ...differences.map((_, index) => [index, (index * 7 + 3) % 24]),
]
  // Both may want the placement of every task.
  .filter((chosen) => !chosen.includes(9) || chosen.length === 1)
  .map(variant);

describe('the diff', () => {
  it('is empty exactly when the digests are equal', () => {
    expect(new Set(variants.map(planDigest)).size).toBeGreaterThan(differences.length);
    fc.assert(
      fc.property(fc.constantFrom(...variants), fc.constantFrom(...variants), (before, after) => {
        expect(diffPlans(before, after).length === 0).toBe(planDigest(before) === planDigest(after));
      }),
      { numRuns: 500 },
    );
  });

  it('of a plan with itself is empty', () => {
    for (const plan of variants) expect(diffPlans(plan, structuredClone(plan))).toEqual([]);
  });

  it('turns around when the plans do', () => {
    const opposite = { grows: 'shrinks', shrinks: 'grows', same: 'same' } as const;
    fc.assert(
      fc.property(fc.constantFrom(...variants), fc.constantFrom(...variants), (before, after) => {
        const there = diffPlans(before, after);
        const back = diffPlans(after, before);
        expect(back).toHaveLength(there.length);
        for (const effect of there) {
          const turned = back.find((each) => each.kind === effect.kind && each.subject === effect.subject);
          expect([turned?.before, turned?.after]).toEqual([effect.after, effect.before]);
          const oneSided = effect.before === undefined || effect.after === undefined;
          expect(oneSided ? turned?.reach : opposite[effect.reach]).toBe(opposite[effect.reach]);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('normalise', () => {
  it('gives the same plan for the same words, and leaves them as they were', () => {
    for (const name of planNames) {
      const { written, plan } = validPlan(shippedPlan(name));
      const copy = structuredClone(written);
      expect(normalise(written)).toEqual(plan);
      expect(written).toEqual(copy);
    }
  });

  it('leaves nothing undefined', () => {
    const holes = (value: unknown): boolean =>
      value === undefined || (typeof value === 'object' && value !== null && Object.values(value).some(holes));
    for (const plan of variants) expect(holes(plan)).toBe(false);
  });
});

describe('parsePlan', () => {
  it('never throws, whatever the text or bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.uint8Array({ maxLength: 400 })),
        (content) => {
          const parsed = parsePlan(content, 'plan.yaml');
          expect('problems' in parsed && parsed.problems.length > 0).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never throws, whatever the data', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (spec) => {
        const parsed = parsePlan(
          stringify({ apiVersion: 'cortex/v1', kind: 'Plan', metadata: { name: 'x' }, spec }),
          'plan.yaml',
        );
        expect('problems' in parsed).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
