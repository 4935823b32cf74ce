import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/report/markdown/render-report.ts';
import { changeWith, hashOf, workerWith } from '../../support/report-parts.ts';
import { executionId, reportPart, reportWith, securityMaster } from '../../support/report.ts';

describe('masters and workers', () => {
  it('leave out masters that the plan does not ask', () => {
    expect(reportPart('Masters', reportWith())).not.toContain('testing-master');
  });

  it('show what an attempt used, and nothing where nothing was measured', () => {
    const text = reportPart('Workers', reportWith());
    expect(text).toContain('| ✅ completed | `scan-workflows` | `scan-worker/workflows` | 1 | 10 s | 2.5 s | 64 MiB |');
    expect(text).toContain(
      '| ❌ failed (timeout: no result after 4 s) | `fix-workflows` | `implementation-worker/fix-workflows` | 1 | 4 s |  |  |',
    );
  });
});

describe('tokens and money', () => {
  it('say that no model was used', () => {
    expect(reportPart('Tokens and money', reportWith())).toMatch(/^No model was used\./);
  });

  it('show the share of the budget by master', () => {
    const report = reportWith();
    const spender = { ...securityMaster(report), tokens_used: 600, usd_used: 0.5 };
    const totals = { ...report.totals, tokens_used: 600, usd_used: 0.5, efficiency: 0.2 };
    const text = reportPart(
      'Tokens and money',
      reportWith({ totals, figures: {}, masters: { ...report.masters, 'security-master': spender } }),
    );
    expect(text).toContain('600 tokens of 3\u202F000 (20 %) and 0.5 of 25 USD used');
    expect(text).toContain('| security-master | 600 | 1\u202F000 | 0.5 |');
  });
});

describe('lessons', () => {
  it('tell of lost attempts and of the slowest worker', () => {
    const text = reportPart('Lessons', reportWith());
    expect(text).toContain('1 attempt ended by **timeout**; 1 was tried again.');
    expect(text).toContain('task `fix-workflows`: 30 s, 42 % of the run’s time.');
  });

  it('tell by how much a phase was over its limit', () => {
    const [phase] = reportWith().phases;
    const phases = phase ? [{ ...phase, limit_minutes: 0.5, overran: true }] : [];
    expect(reportPart('Lessons', reportWith({ phases }))).toContain(
      'Phase **execution** took 48 s; the plan gives it 30 s.',
    );
  });

  it('have no part where nothing stood out', () => {
    expect(renderReport(reportWith({ workers: [workerWith()] }))).not.toContain('## Lessons');
  });
});

describe('what was not done', () => {
  it('names each skipped task with what it lacks', () => {
    expect(reportPart('Skipped', reportWith())).toContain(
      '| model | `implement-cache` Cache dependencies | `implementation-worker/implement` |',
    );
  });

  it('names each unread file with its reason', () => {
    const unread = [{ task_id: 'scan-workflows', path: 'big.yaml', reason: 'larger than 1 MiB' }];
    expect(reportPart('Left out and unread', reportWith({ unread }))).toContain(
      '| `big.yaml` | larger than 1 MiB | `scan-workflows` |',
    );
  });
});

describe('what to do next', () => {
  it('gives the command that applies a proven change', () => {
    expect(reportPart('What to do next', reportWith())).toContain(
      `git apply coordination/archives/${executionId}/changes/workflows-ci-3cccccccccccc.patch`,
    );
  });

  it('applies no change that was rejected', () => {
    expect(reportPart('What to do next', reportWith({ changes: [changeWith({ verdict: 'rejected' })] }))).not.toContain(
      'git apply',
    );
  });

  it('points to the worst finding that no proven change fixes', () => {
    expect(reportPart('What to do next', reportWith())).toContain('`cortex explain 2bbbbbbbbbbb`');
  });

  it('asks for the answer that an escalation waits for', () => {
    const open = {
      escalation: 'esc-1',
      master: 'security-master',
      severity: 'high',
      issue: 'Stop?',
      recommendation: 'proceed',
      raised_at: '2026-11-14T09:00:30.000Z',
      answer: null,
    } as const;
    expect(reportPart('What to do next', reportWith({ escalations: [open] }))).toContain(
      'Answer the escalation `esc-1`: Stop? Recommended: proceed.',
    );
  });

  it('never puts into a command what a shell would act on', () => {
    const plan = { name: 'small', file: 'plans/$(id).yaml', digest: hashOf(1) };
    expect(reportPart('What to do next', reportWith({ plan }))).not.toContain('cortex run');
  });
});
