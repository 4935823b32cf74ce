import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import type { Change as ProposedChange } from '../../src/protocol/change.ts';
import type { Finding } from '../../src/protocol/finding.ts';
import { changeOf } from '../support/changes.ts';
import { planOf, scan } from '../support/master-plans.ts';
import { runMasters, type Script, type WorkedRun } from '../support/scripted-worker.ts';

const finding: Finding = {
  fingerprint: 'f'.repeat(64),
  ruleId: 'secrets/token',
  tool: { name: 'test', version: '1' },
  severity: 'critical',
  confidence: 'high',
  subject: 'a.ts',
  message: 'A token lies open',
  remedy: 'Revoke it.',
  basis: 'measured',
};

describe('what a run has to decide', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-masters-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const run = (plan: Plan, script?: Script): Promise<WorkedRun> =>
    runMasters(plan, { directory, ...(script ? { script } : {}) });
  const statuses = ({ state }: WorkedRun): Record<string, string> =>
    Object.fromEntries([...state.tasks].map(([id, task]) => [id, task.status]));

  describe('a critical finding', () => {
    const plan = (answer: 'proceed' | 'stop'): Plan =>
      planOf({ 'security-master': [scan('grave'), scan('after', { needs: ['grave'] }), scan('beside')] }, (spec) => {
        spec['escalations'] = { severities: { critical: answer } };
      });
    const grave: Script = ({ task }) => (task === 'grave' ? { findings: [finding] } : {});

    it('answered `stop` blocks what needs its task, which itself is complete', async () => {
      const done = await run(plan('stop'), grave);
      expect(statuses(done)).toEqual({ grave: 'complete', after: 'blocked', beside: 'complete' });
    });

    it('answered `proceed` blocks nothing', async () => {
      expect(statuses(await run(plan('proceed'), grave))['after']).toBe('complete');
    });

    it('is asked about once, with what was found, and the answer names its source', async () => {
      const done = await run(plan('stop'), grave);
      expect(done.dataOf('escalation.raised')).toMatchObject([
        {
          escalation: 'grave-critical',
          severity: 'critical',
          issue: 'grave found 1 critical: A token lies open',
          recommendation: 'Revoke it.',
        },
      ]);
      expect(done.dataOf('escalation.answered')).toEqual([
        { escalation: 'grave-critical', choice: 'stop', by: 'the plan (escalations.severities.critical)' },
      ]);
    });
  });

  describe('a change', () => {
    const fingerprint = 'a'.repeat(64);
    const change: ProposedChange = changeOf([{ path: 'a.yaml', before: 'a\n', after: 'b\n', mode: '100644' }], {
      gone: ['b'.repeat(64)],
      fingerprint,
    });
    const fix = { id: 'fix', worker: 'implementation-worker', capability: 'fix-workflows' };
    const review = { id: 'review', worker: 'review-worker', capability: 'change', needs: ['fix'] };
    const script =
      (passed: boolean): Script =>
      ({ task }) => {
        if (task === 'fix') return { changes: [change] };
        const verdict = passed ? 'approve' : 'request-changes';
        return { reviews: [{ change: fingerprint, verdict, gates: [{ gate: 'size', passed, detail: 'by order' }] }] };
      };
    const verdicts = async (plan: Plan, work: Script): Promise<unknown> =>
      (await run(plan, work))
        .dataOf('change.judged')
        .map(({ change: of, verdict, reason }) => ({ of, verdict, reason }));

    it('is proven by the review that another master’s worker gives it', async () => {
      const plan = planOf({ 'cicd-master': [fix], 'development-master': [review] });
      expect(await verdicts(plan, script(true))).toMatchObject([{ of: fingerprint, verdict: 'proven' }]);
    });

    it('is rejected by the gate that it fails', async () => {
      const plan = planOf({ 'cicd-master': [fix], 'development-master': [review] });
      expect(await verdicts(plan, script(false))).toEqual([
        { of: fingerprint, verdict: 'rejected', reason: 'size: by order' },
      ]);
    });

    it('that nobody reviews is rejected', async () => {
      expect(await verdicts(planOf({ 'cicd-master': [fix] }), script(true))).toEqual([
        { of: fingerprint, verdict: 'rejected', reason: 'no review looked at it' },
      ]);
    });
  });
});
