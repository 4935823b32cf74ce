import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CriterionResult } from '../../../src/protocol/event.ts';
import type { Report } from '../../../src/protocol/report.ts';
import { oneLine } from '../../../src/report/markdown/escape.ts';
import { renderReport } from '../../../src/report/markdown/render-report.ts';
import { hostileText, livePartsOf, shapeOf } from '../../support/hostile-text.ts';
import {
  artefacts,
  changeWith,
  executionId,
  findingWith,
  prints,
  reportWith,
  taskWith,
  workerWith,
  securityMaster,
} from '../../support/report.ts';

const evidence = `../archives/${executionId}/evidence`;

/** The lines of one part of a report, without its title. */
function part(title: string, report: Report): string {
  const parts = renderReport(report).split(/^## /m);
  return (
    parts
      .find((each) => each.startsWith(`${title}\n`))
      ?.slice(title.length + 1)
      .trim() ?? ''
  );
}

function criterionWith(overrides: Partial<CriterionResult>): CriterionResult {
  return {
    id: 'it',
    title: 'It holds',
    level: 'gate',
    scope: 'system',
    outcome: 'met',
    check: 'workers.done > 0',
    facts: {},
    ...overrides,
  };
}

function hash(number: number): string {
  return number.toString(16).padStart(64, '0');
}

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
    expect(part('Executive summary', reportWith()).split('\n')).toHaveLength(5);
  });

  it('links each figure to its artefact', () => {
    expect(part('Executive summary', reportWith())).toContain(
      `The catalog knows [3](${evidence}/${artefacts.aggregate}.json) assets`,
    );
  });

  it('shows a number that has no figure without a link', () => {
    const { 'assets.after': _left, ...figures } = reportWith().figures;
    expect(part('Executive summary', reportWith({ figures }))).toContain('The catalog knows 3 assets');
  });

  it('says that no model was used, and what that cost', () => {
    expect(part('Executive summary', reportWith())).toMatch(
      /No model was used: .*1 task that needs one was skipped\.$/,
    );
  });

  it('counts what the gates and the targets came to', () => {
    const criteria = [
      criterionWith({ id: 'a' }),
      criterionWith({ id: 'b', outcome: 'failed' }),
      criterionWith({ id: 'c', level: 'target', outcome: 'unknown' }),
    ];
    expect(part('Executive summary', reportWith({ criteria }))).toContain(
      '1 of 2 gates met, 1 failed; 0 of 1 target met, 1 unknown.',
    );
  });
});

describe('a number without an artefact', () => {
  it('is a bug when it is a figure', () => {
    const figures = { 'findings.total': { value: 2, unit: 'findings', evidence: hash(404) } };
    expect(() => renderReport(reportWith({ figures }))).toThrowError(
      expect.objectContaining({ family: 'bug', code: 'figure-without-evidence' }),
    );
  });

  it('is a bug when it is the proof of a change', () => {
    const changes = [changeWith({ after: { findings: 0, evidence: hash(404) } })];
    expect(() => renderReport(reportWith({ changes }))).toThrowError(
      expect.objectContaining({ code: 'figure-without-evidence' }),
    );
  });
});

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
    const text = part('Success criteria', reportWith({ criteria }));
    expect(text).toContain('### Business');
    expect(text).not.toContain('### System');
    expect(text).toContain(
      '| ❔ unknown | `it` It holds | gate | `workers.done > 0` | `tests.cases` = `3` | coverage.before was not seen |',
    );
  });

  it('link a fact that is a figure', () => {
    expect(part('Success criteria', reportWith())).toContain(
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
    const text = part('Findings', reportWith({ findings }));
    expect(text.indexOf('Severe')).toBeLessThan(text.indexOf('Mild'));
  });

  it('show place, remedy and fingerprint', () => {
    expect(part('Findings', reportWith())).toContain(
      [
        '- **high** `.github/workflows/ci.yaml:7` Job build has no time limit.',
        '  - Remedy: Give the job timeout-minutes.',
        '  - Rule `workflows/no-timeout`, measured with high confidence by task `scan-workflows`, fingerprint `1aaaaaaaaaaa`',
      ].join('\n'),
    );
  });

  it('above the cap are counted and found in the results', () => {
    const findings = Array.from({ length: 17 }, (_, index) => findingWith({ fingerprint: hash(index) }));
    expect(part('Findings', reportWith({ findings }))).toContain(
      `and 2 more, in [results.json](${executionId}-results.json)`,
    );
  });

  it('that people silenced keep their reason', () => {
    const { task_id: _task, ...finding } = findingWith();
    const silenced = [{ finding, reason: 'a person waits', by: '.cortexignore:3', task_id: 'scan-workflows' }];
    expect(part('Findings', reportWith({ silenced }))).toContain('Silenced by `.cortexignore:3`: a person waits');
  });

  it('have no part where there is none', () => {
    expect(renderReport(reportWith({ findings: [] }))).not.toContain('## Findings');
  });
});

describe('changes', () => {
  it('show findings before and after, each with its artefact, the patch and the verdict', () => {
    const text = part('Changes', reportWith());
    expect(text).toContain(`[2](${evidence}/${artefacts.before}.json) → [1](${evidence}/${artefacts.after}.json)`);
    expect(text).toContain(`[patch](../archives/${executionId}/changes/workflows-ci-3cccccccccccc.patch)`);
    expect(text).toContain('`3ccccccccccc` proven: 1 finding gone, nothing new, review approves.');
  });
});

describe('assets', () => {
  it('tell what was there, is there, is new and is gone', () => {
    const totals = { ...reportWith().totals, assets_before: 5, assets_after: 4, assets_discovered: 2 };
    expect(part('Assets', reportWith({ totals, figures: {} }))).toContain(
      '5 before, 4 assets now: 2 discovered, 3 no longer seen.',
    );
  });

  it('are counted by kind', () => {
    expect(part('Assets', reportWith())).toContain('| Workload | 2 | 1 |');
  });
});

describe('tests and coverage', () => {
  const coverageTask = taskWith({ task_id: 'measure', worker_type: 'test-worker', capability: 'coverage' });

  it('say that coverage is unknown where nobody measured it', () => {
    expect(part('Tests and coverage', reportWith({ tasks: [coverageTask] }))).toContain(
      'Line coverage is unknown: no coverage report was measured.',
    );
  });

  it('show measured coverage with its artefact', () => {
    const figures = { 'coverage.before': { value: 81.25, unit: 'percent', evidence: artefacts.aggregate } };
    expect(part('Tests and coverage', reportWith({ tasks: [coverageTask], figures }))).toContain(
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
    expect(part('Workflows', reportWith({ measurements: [jobs] }))).toContain('Run time was not measured');
  });

  it('show measured time', () => {
    const timed = { ...jobs, name: 'workflows.duration', value: 340, unit: 'seconds' };
    const text = part('Workflows', reportWith({ measurements: [timed] }));
    expect(text).toContain(`[340](${evidence}/${artefacts.scan}.json) | seconds`);
    expect(text).not.toContain('not measured');
  });
});

describe('masters and workers', () => {
  it('leave out masters that the plan does not ask', () => {
    expect(part('Masters', reportWith())).not.toContain('testing-master');
  });

  it('show what an attempt used, and nothing where nothing was measured', () => {
    const text = part('Workers', reportWith());
    expect(text).toContain('| ✅ completed | `scan-workflows` | `scan-worker/workflows` | 1 | 10 s | 2.5 s | 64 MiB |');
    expect(text).toContain(
      '| ❌ failed (timeout: no result after 4 s) | `fix-workflows` | `implementation-worker/fix-workflows` | 1 | 4 s |  |  |',
    );
  });
});

describe('tokens and money', () => {
  it('say that no model was used', () => {
    expect(part('Tokens and money', reportWith())).toMatch(/^No model was used\./);
  });

  it('show the share of the budget by master', () => {
    const report = reportWith();
    const spender = { ...securityMaster(report), tokens_used: 600, usd_used: 0.5 };
    const totals = { ...report.totals, tokens_used: 600, usd_used: 0.5, efficiency: 0.2 };
    const text = part(
      'Tokens and money',
      reportWith({ totals, figures: {}, masters: { ...report.masters, 'security-master': spender } }),
    );
    expect(text).toContain('600 tokens of 3\u202F000 (20 %) and 0.5 of 25 USD used');
    expect(text).toContain('| security-master | 600 | 1\u202F000 | 0.5 |');
  });
});

describe('lessons', () => {
  it('tell of lost attempts and of the slowest worker', () => {
    const text = part('Lessons', reportWith());
    expect(text).toContain('1 attempt ended by **timeout**; 1 was tried again.');
    expect(text).toContain('task `fix-workflows`: 30 s, 42 % of the run’s time.');
  });

  it('tell by how much a phase was over its limit', () => {
    const [phase] = reportWith().phases;
    const phases = phase ? [{ ...phase, limit_minutes: 0.5, overran: true }] : [];
    expect(part('Lessons', reportWith({ phases }))).toContain('Phase **execution** took 48 s; the plan gives it 30 s.');
  });

  it('have no part where nothing stood out', () => {
    expect(renderReport(reportWith({ workers: [workerWith()] }))).not.toContain('## Lessons');
  });
});

describe('what was not done', () => {
  it('names each skipped task with what it lacks', () => {
    expect(part('Skipped', reportWith())).toContain(
      '| model | `implement-cache` Cache dependencies | `implementation-worker/implement` |',
    );
  });

  it('names each unread file with its reason', () => {
    const unread = [{ task_id: 'scan-workflows', path: 'big.yaml', reason: 'larger than 1 MiB' }];
    expect(part('Left out and unread', reportWith({ unread }))).toContain(
      '| `big.yaml` | larger than 1 MiB | `scan-workflows` |',
    );
  });
});

describe('what to do next', () => {
  it('gives the command that applies a proven change', () => {
    expect(part('What to do next', reportWith())).toContain(
      `git apply coordination/archives/${executionId}/changes/workflows-ci-3cccccccccccc.patch`,
    );
  });

  it('applies no change that was rejected', () => {
    expect(part('What to do next', reportWith({ changes: [changeWith({ verdict: 'rejected' })] }))).not.toContain(
      'git apply',
    );
  });

  it('points to the worst finding that no proven change fixes', () => {
    expect(part('What to do next', reportWith())).toContain('`cortex explain 2bbbbbbbbbbb`');
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
    expect(part('What to do next', reportWith({ escalations: [open] }))).toContain(
      'Answer the escalation `esc-1`: Stop? Recommended: proceed.',
    );
  });

  it('never puts into a command what a shell would act on', () => {
    const plan = { name: 'small', file: 'plans/$(id).yaml', digest: hash(1) };
    expect(part('What to do next', reportWith({ plan }))).not.toContain('cortex run');
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
