import { describe, expect, it } from 'vitest';
import { legsOf } from '../../../src/entry/action/legs.ts';
import { parsePlan } from '../../../src/plan/parse.ts';
import type { Plan } from '../../../src/plan/plan.ts';

function planWith(workflow: string): Plan {
  const parsed = parsePlan(
    `apiVersion: cortex/v1
kind: Plan
metadata: { name: small }
spec:
  deadline: 60m
  workflow: ${workflow}
  masters:
    - name: security-master
      runner: big-linux
      tasks: [{ id: scan, worker: scan-worker, capability: secrets }]
    - name: cicd-master
      tasks: [{ id: look, worker: analysis-worker, capability: workflows }]
`,
    'small.yaml',
  );
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.plan;
}

describe('the legs of a run', () => {
  it('are one per master over a shared store, each on its own runner', () => {
    expect(legsOf(planWith('{ runner: small-linux }'), true)).toEqual([
      { leg: 'security-master', masters: 'security-master', runner: 'big-linux', timeout: 70 },
      { leg: 'cicd-master', masters: 'cicd-master', runner: 'small-linux', timeout: 70 },
    ]);
  });

  it('are one for all masters without, on the runner of the plan', () => {
    expect(legsOf(planWith('{ runner: small-linux }'), false)).toEqual([
      { leg: 'all', masters: 'security-master,cicd-master', runner: 'small-linux', timeout: 70 },
    ]);
  });
});
