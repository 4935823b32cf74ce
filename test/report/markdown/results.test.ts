import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/report/markdown/render-report.ts';
import { artefacts, criterionWith, findingWith, hashOf, prints, taskWith } from '../../support/report-parts.ts';
import { evidence, executionId, reportPart, reportWith } from '../../support/report.ts';

describe('success criteria', () => {
  it('stand under their scope with facts and reason', () => {
    const criteria = [
      criterionWith({
        scope: 'business',
        outcome: 'unknown',
        facts: { 'tests.cases': 3 },
        reason: 'coverage.before was not seen',
      }),
    ];
    const text = reportPart('Success criteria', reportWith({ criteria }));
    expect(text).toContain('### Business');
    expect(text).not.toContain('### System');
    expect(text).toContain(
      '| ❔ unknown | `it` It holds | gate | `workers.done > 0` | `tests.cases` = `3` | coverage.before was not seen |',
    );
  });

  it('link a fact that is a figure', () => {
    expect(reportPart('Success criteria', reportWith())).toContain(
      `\`masters.activated\` = [\`2\`](${evidence}/${artefacts.log}.json)`,
    );
  });
});

describe('findings', () => {
  it('come worst first', () => {
    const findings = [
      findingWith({ severity: 'low', message: 'Mild' }),
      findingWith({ fingerprint: prints.pin, severity: 'critical', message: 'Severe' }),
    ];
    const text = reportPart('Findings', reportWith({ findings }));
    expect(text.indexOf('Severe')).toBeLessThan(text.indexOf('Mild'));
  });

  it('show place, remedy and fingerprint', () => {
    expect(reportPart('Findings', reportWith())).toContain(
      [
        '- **high** `.github/workflows/ci.yaml:7` Job build has no time limit.',
        '  - Remedy: Give the job timeout-minutes.',
        '  - Rule `workflows/no-timeout`, measured with high confidence by task `scan-workflows`, fingerprint `1aaaaaaaaaaa`',
      ].join('\n'),
    );
  });

  it('above the cap are counted and found in the results', () => {
    const findings = Array.from({ length: 17 }, (_, index) => findingWith({ fingerprint: hashOf(index) }));
    expect(reportPart('Findings', reportWith({ findings }))).toContain(
      `and 2 more, in [results.json](${executionId}-results.json)`,
    );
  });

  it('that people silenced keep their reason', () => {
    const { task_id: _task, ...finding } = findingWith();
    const silenced = [{ finding, reason: 'a person waits', by: '.cortexignore:3', task_id: 'scan-workflows' }];
    expect(reportPart('Findings', reportWith({ silenced }))).toContain('Silenced by `.cortexignore:3`: a person waits');
  });

  it('have no part where there is none', () => {
    expect(renderReport(reportWith({ findings: [] }))).not.toContain('## Findings');
  });
});

describe('changes', () => {
  it('show findings before and after, each with its artefact, the patch and the verdict', () => {
    const text = reportPart('Changes', reportWith());
    expect(text).toContain(`[2](${evidence}/${artefacts.before}.json) → [1](${evidence}/${artefacts.after}.json)`);
    expect(text).toContain(`[patch](../archives/${executionId}/changes/workflows-ci-3cccccccccccc.patch)`);
    expect(text).toContain('`3ccccccccccc` proven: 1 finding gone, nothing new, review approves.');
  });
});

describe('assets', () => {
  it('tell what was there, is there, is new and is gone', () => {
    const totals = { ...reportWith().totals, assets_before: 5, assets_after: 4, assets_discovered: 2 };
    expect(reportPart('Assets', reportWith({ totals, figures: {} }))).toContain(
      '5 before, 4 assets now: 2 discovered, 3 no longer seen.',
    );
  });

  it('are counted by kind', () => {
    expect(reportPart('Assets', reportWith())).toContain('| Workload | 2 | 1 |');
  });
});

describe('tests and coverage', () => {
  const coverageTask = taskWith({ task_id: 'measure', worker_type: 'test-worker', capability: 'coverage' });

  it('say that coverage is unknown where nobody measured it', () => {
    expect(reportPart('Tests and coverage', reportWith({ tasks: [coverageTask] }))).toContain(
      'Line coverage is unknown: no coverage report was measured.',
    );
  });

  it('show measured coverage with its artefact', () => {
    const figures = { 'coverage.before': { value: 81.25, unit: 'percent', evidence: artefacts.aggregate } };
    expect(reportPart('Tests and coverage', reportWith({ tasks: [coverageTask], figures }))).toContain(
      `Line coverage is [81.25](${evidence}/${artefacts.aggregate}.json) %.`,
    );
  });

  it('have no part in a run without test workers', () => {
    expect(renderReport(reportWith())).not.toContain('## Tests and coverage');
  });
});

describe('workflows', () => {
  const jobs = {
    name: 'workflows.jobs',
    value: 4,
    unit: 'jobs',
    subject: 'example/shop',
    evidence: artefacts.scan,
    task_id: 'scan-workflows',
  };

  it('claim no time that was not measured', () => {
    expect(reportPart('Workflows', reportWith({ measurements: [jobs] }))).toContain('Run time was not measured');
  });

  it('show measured time', () => {
    const timed = { ...jobs, name: 'workflows.duration', value: 340, unit: 'seconds' };
    const text = reportPart('Workflows', reportWith({ measurements: [timed] }));
    expect(text).toContain(`[340](${evidence}/${artefacts.scan}.json) | seconds`);
    expect(text).not.toContain('not measured');
  });
});
