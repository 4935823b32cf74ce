import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/protocol/report.ts';
import { oneLine } from '../../../src/report/markdown/escape.ts';
import { renderReport } from '../../../src/report/markdown/render-report.ts';
import { hostileText, livePartsOf, shapeOf } from '../../support/hostile-text.ts';
import { artefacts, changeWith, criterionWith, hashOf } from '../../support/report-parts.ts';
import { evidence, executionId, reportPart, reportWith, securityMaster } from '../../support/report.ts';

describe('the title', () => {
  it('names execution, plan, repository, commit and outcome', () => {
    const [title, facts] = renderReport(reportWith()).split('\n\n');
    expect(title).toBe(`# Cortex report ${executionId}`);
    expect(facts).toContain('✅ **complete** · plan `small` (`plans/small.yaml`');
    expect(facts).toContain('repository `example/shop` · commit `dddddddddddd`');
  });

  it('says first of all that a rehearsal is one', () => {
    const text = renderReport(reportWith({ simulated: true }));
    expect(text.split('\n')[0]).toBe(`# Cortex report ${executionId} (SIMULATED)`);
    expect(text.indexOf('> **SIMULATED.**')).toBeLessThan(text.indexOf('## Executive summary'));
  });

  it('says of a real run nothing about simulation', () => {
    expect(renderReport(reportWith())).not.toMatch(/simulated/i);
  });
});

describe('the executive summary', () => {
  it('has five lines', () => {
    expect(reportPart('Executive summary', reportWith()).split('\n')).toHaveLength(5);
  });

  it('links each figure to its artefact', () => {
    expect(reportPart('Executive summary', reportWith())).toContain(
      `The catalog knows [3](${evidence}/${artefacts.aggregate}.json) assets`,
    );
  });

  it('shows a number that has no figure without a link', () => {
    const { 'assets.after': _left, ...figures } = reportWith().figures;
    expect(reportPart('Executive summary', reportWith({ figures }))).toContain('The catalog knows 3 assets');
  });

  it('says that no model was used, and what that cost', () => {
    expect(reportPart('Executive summary', reportWith())).toMatch(
      /No model was used: .*1 task that needs one was skipped\.$/,
    );
  });

  it('counts what the gates and the targets came to', () => {
    const criteria = [
      criterionWith({ id: 'a' }),
      criterionWith({ id: 'b', outcome: 'failed' }),
      criterionWith({ id: 'c', level: 'target', outcome: 'unknown' }),
    ];
    expect(reportPart('Executive summary', reportWith({ criteria }))).toContain(
      '1 of 2 gates met, 1 failed; 0 of 1 target met, 1 unknown.',
    );
  });
});

describe('a number without an artefact', () => {
  it('is a bug when it is a figure', () => {
    const figures = { 'findings.total': { value: 2, unit: 'findings', evidence: hashOf(404) } };
    expect(() => renderReport(reportWith({ figures }))).toThrowError(
      expect.objectContaining({ family: 'bug', code: 'figure-without-evidence' }),
    );
  });

  it('is a bug when it is the proof of a change', () => {
    const changes = [changeWith({ after: { findings: 0, evidence: hashOf(404) } })];
    expect(() => renderReport(reportWith({ changes }))).toThrowError(
      expect.objectContaining({ code: 'figure-without-evidence' }),
    );
  });
});

/** The report with one text in every place that text from outside can reach. */
function reportSaying(text: string): Report {
  const base = reportWith();
  return reportWith({
    repository: text,
    commit: text,
    plan: { ...base.plan, name: text, file: text },
    masters: { ...base.masters, 'security-master': { ...securityMaster(base), summary: text } },
    criteria: [
      criterionWith({ id: text, title: text, check: text, facts: { [text]: text }, reason: text, outcome: 'failed' }),
    ],
    tasks: base.tasks.map((task) => ({
      ...task,
      task_id: text,
      title: text,
      capability: text,
      summary: text,
      missing: task.missing && text,
    })),
    workers: base.workers.map((worker) => ({
      ...worker,
      worker_id: text,
      task_id: text,
      node: text,
      capability: text,
      failure: { class: 'crash', detail: text },
    })),
    findings: base.findings.map((finding) => ({
      ...finding,
      message: text,
      remedy: text,
      subject: text,
      location: { path: text, line: 1 },
      task_id: text,
    })),
    silenced: base.findings.map(({ task_id: _task, ...finding }) => ({
      finding: { ...finding, message: text },
      reason: text,
      by: text,
      task_id: text,
    })),
    changes: base.changes.map((change) => ({
      ...change,
      title: text,
      reason: text,
      engine: text,
      base_commit: text,
      task_id: text,
      files: [{ path: text, added: 1, removed: 0 }],
    })),
    assets_discovered: [text],
    measurements: [
      { name: 'tests.cases', value: 1, unit: text, subject: text, evidence: artefacts.scan, task_id: text },
    ],
    escalations: [
      {
        escalation: text,
        master: 'cicd-master',
        severity: 'low',
        issue: text,
        recommendation: text,
        raised_at: text,
        answer: null,
      },
    ],
    preflight: [{ check: text, ok: false, seen: text, needed: text, remedy: text }],
    left_out: [{ path: text, reason: text }],
    unread: [{ path: text, reason: text, task_id: text }],
    evidence: base.evidence.map((each) => ({ ...each, title: text, media_type: text, task_id: text })),
  });
}

describe('text from outside', () => {
  const visible = hostileText.filter((text) => oneLine(text) !== '');
  const expected = shapeOf(renderReport(reportSaying('word')));

  it('changes no block, table or list of the report', () => {
    fc.assert(
      fc.property(visible, (text) => {
        expect(shapeOf(renderReport(reportSaying(text)))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('brings in no HTML, no image and no link but ours', () => {
    fc.assert(
      fc.property(visible, (text) => {
        const live = livePartsOf(renderReport(reportSaying(text)));
        expect({ html: live.html, images: live.images }).toEqual({ html: 0, images: 0 });
        for (const href of live.links)
          expect(href.startsWith(`../archives/${executionId}/`) || href === `${executionId}-results.json`).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the size', () => {
  it('stays below 400 KB however much there is to tell', () => {
    const long = '|@&'.repeat(400);
    const base = reportSaying(long);
    const many = <T>(items: readonly T[]): T[] => Array.from({ length: 400 }, () => items).flat();
    const report: Report = {
      ...base,
      criteria: (['system', 'master', 'business'] as const).flatMap((scope) =>
        many(base.criteria).map((criterion) => ({ ...criterion, scope })),
      ),
      tasks: many(base.tasks),
      workers: many(base.workers),
      findings: many(base.findings),
      silenced: many(base.silenced),
      changes: many(base.changes),
      assets_discovered: many(base.assets_discovered),
      measurements: many([
        ...base.measurements,
        ...base.measurements.map((each) => ({ ...each, name: 'workflows.files' })),
      ]),
      escalations: many(base.escalations),
      preflight: many(base.preflight),
      left_out: many(base.left_out),
      unread: many(base.unread),
      evidence: many(base.evidence),
    };
    expect(Buffer.byteLength(renderReport(report))).toBeLessThan(400_000);
  });
});
