import { readFileSync } from 'node:fs';
import { parsePlan, type ParsedPlan } from '../../src/plan/parse.ts';
import type { PlanProblem } from '../../src/plan/problem.ts';
import { stringify } from '../../src/shared/yaml.ts';

/** A plan as typed, loose enough to be made wrong. */
export interface LoosePlan {
  apiVersion: string;
  kind: string;
  metadata: Record<string, unknown>;
  spec: LooseSpec;
}
export interface LooseSpec {
  masters: LooseMaster[];
  [key: string]: unknown;
}
export interface LooseMaster {
  name: string;
  tasks: Record<string, unknown>[];
  [key: string]: unknown;
}

/** The simple valid world: two masters, three tasks, one of which needs another and one a model. */
export function simplePlan(): LoosePlan {
  return {
    apiVersion: 'cortex/v1',
    kind: 'Plan',
    metadata: { name: 'simple' },
    spec: {
      deadline: '60m',
      budget: { tokens: 1_000_000, usd: 20, reserve: '10%' },
      masters: [
        {
          name: 'security-master',
          budget: { personal: 50_000 },
          tasks: [{ id: 'scan', worker: 'scan-worker', capability: 'secrets' }],
        },
        {
          name: 'development-master',
          budget: { personal: 50_000, pool: 100_000 },
          tasks: [
            { id: 'hotspots', worker: 'analysis-worker', capability: 'hotspots' },
            {
              id: 'improve',
              worker: 'implementation-worker',
              capability: 'implement',
              needs: ['hotspots'],
              tokens: 50_000,
              retries: 1,
            },
          ],
        },
      ],
    },
  };
}

export type Change = (spec: LooseSpec, plan: LoosePlan) => void;

/** The simple plan with one difference, as YAML. */
export function changedPlan(change: Change = () => {}): string {
  const plan = simplePlan();
  change(plan.spec, plan);
  return stringify(plan);
}

/** The problems and warnings of a text. */
export function problemsIn(text: string | Uint8Array): readonly PlanProblem[] {
  const parsed = parsePlan(text, 'plan.yaml');
  return 'problems' in parsed ? parsed.problems : parsed.warnings;
}

/** The plan of a text that must be valid. */
export function validPlan(text: string): ParsedPlan {
  const parsed = parsePlan(text, 'plan.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  return parsed;
}

export const planNames = ['full-orchestration', 'security-nightly', 'inventory-weekly'] as const;

/** The text of a plan that comes with Cortex. */
export function shippedPlan(name: (typeof planNames)[number]): string {
  return readFileSync(new URL(`../../plans/${name}.yaml`, import.meta.url), 'utf8');
}

/** The first Cortex plan, in its own numbers. */
export function originalPlan(): string {
  return readFileSync(new URL('../fixtures/plans/original.yaml', import.meta.url), 'utf8');
}

/** The task or master at a position, which the simple plan is known to have. */
export function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`no item ${index}`);
  return item;
}
