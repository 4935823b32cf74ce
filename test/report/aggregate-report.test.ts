import { describe, expect, it } from 'vitest';
import type { ExecutionState } from '../../src/execution/execution-state.ts';
import { foldEvents } from '../../src/execution/state.ts';
import type { NewEvent } from '../../src/protocol/event.ts';
import type { Report } from '../../src/protocol/report.ts';
import type { Result } from '../../src/protocol/result.ts';
import { aggregate } from '../../src/report/aggregate.ts';
import { buildReport, changeFile } from '../../src/report/build-report.ts';
import { reportFiles } from '../../src/report/report-files.ts';
import { sha256 } from '../../src/shared/canonical.ts';
import { changeOf } from '../support/changes.ts';
import {
  booking,
  completed,
  declaredTask,
  executionId,
  finished,
  launched,
  logOf,
  lost,
  newEvent,
  started,
  timeOf,
  totals,
  usageOf,
} from '../support/events.ts';
import { resultWith } from '../support/scripted-worker.ts';

const proof = { sha256: sha256('proof'), title: 'Output', mediaType: 'application/json', bytes: 5 };
const own = (name: string): Parameters<typeof buildReport>[0]['artefacts']['log'] => ({
  sha256: sha256(name),
  title: name,
  mediaType: 'application/json',
  bytes: 10,
});
const measurement = { name: 'scan.files', value: 3, unit: 'files', subject: 'all', evidence: proof.sha256 };

const log: readonly NewEvent[] = [
  started({ tasks: [declaredTask('scan'), declaredTask('open')] }),
  newEvent('phase.started', { phase: 'execution', limitMs: 60_000 }),
  newEvent('master.activated', { master: 'security-master', tasks: 2, expertise: 'secrets' }),
  launched({ task: 'scan' }),
  lost({ task: 'scan' }, { class: 'timeout', detail: 'late' }),
  launched({ task: 'scan', attempt: 2 }),
  newEvent('budget.settled', booking('scan-2', 40)),
  finished({ task: 'scan', attempt: 2 }, { usage: usageOf(40), durationMs: 2500 }),
  completed('scan'),
  newEvent('task.queued', { task: 'open', master: 'security-master', waitsFor: [] }),
  totals(),
];

interface Built {
  readonly report: Report;
  readonly files: ReturnType<typeof reportFiles>;
}

interface BuildOptions {
  readonly events?: readonly NewEvent[];
  readonly simulated?: boolean;
}

function build(parts: Partial<Result> = {}, given: BuildOptions = {}): Built {
  const { events = log, simulated = false } = given;
  const state: ExecutionState = foldEvents(executionId, logOf(...events));
  if (state.started) state.started = { ...state.started, simulated };
  const result = resultWith({ evidence: [proof], measurements: [measurement], ...parts });
  const results = [{ task: 'scan', capability: 'secrets', hash: sha256('scan'), result }];
  const joined = aggregate({ state, results, baseline: [] });
  const artefacts = { aggregate: own('aggregate'), log: own('log') };
  const report = buildReport({ state, aggregate: joined, criteria: [], status: 'partial', artefacts });
  return { report, files: reportFiles(report, joined) };
}

describe('the report', () => {
  const { report } = build();

  it('tells the run in the names that Cortex has always used', () => {
    expect(report).toMatchObject({
      execution_id: executionId,
      completed_at: timeOf(11),
      duration_minutes: 0.1667,
      totals: {
        tokens_used: 40,
        tokens_budget: 1000,
        efficiency: 0.04,
        assets_discovered: 0,
        cves_found: null,
        prs_created: null,
        tests_added: null,
      },
    });
  });

  it('leaves a number null that nobody measured, and an efficiency that had nothing to spend', () => {
    const unspent = log.filter(({ type }) => type !== 'budget.settled');
    expect(build({}, { events: unspent }).report.totals.efficiency).toBeNull();
    expect(report.figures).not.toHaveProperty('coverage.before');
  });

  it('has each task and each attempt as it ended', () => {
    expect(report.tasks.map(({ task_id: task, status, attempts }) => [task, status, attempts])).toEqual([
      ['scan', 'complete', 2],
      ['open', 'pending', 0],
    ]);
    expect(report.workers).toMatchObject([
      { worker_id: 'scan-1', status: 'failed', failure: { class: 'timeout', detail: 'late' }, tokens_used: 0 },
      {
        worker_id: 'scan-2',
        status: 'completed',
        duration_seconds: 2.5,
        cpu_seconds: 0.7,
        peak_mebibytes: 50,
        tokens_used: 40,
      },
    ]);
    expect(report.totals).toMatchObject({ workers_started: 1, workers_completed: 1 });
  });

  it('leaves the end of a phase open that was not over', () => {
    expect(report.phases).toEqual([
      { phase: 'execution', started_at: timeOf(2), ended_at: null, limit_minutes: 1, overran: false, exit: [] },
    ]);
  });

  it('is the same, byte for byte, for the same log and results', () => {
    expect(JSON.stringify(build().report)).toBe(JSON.stringify(report));
  });

  it('is refused before the results are aggregated', () => {
    expect(() => build({}, { events: log.slice(0, -1) })).toThrow(
      expect.objectContaining({ family: 'bug', code: 'report-too-early' }),
    );
  });
});

describe('the evidence', () => {
  it('of every figure is the aggregate or the log, and lies in the index', () => {
    const { report } = build();
    const kept = new Set(report.evidence.map((each) => each.sha256));
    expect(report.figures['findings.total']).toEqual({ value: 0, unit: 'findings', evidence: sha256('aggregate') });
    expect(report.figures['tokens.used']).toEqual({ value: 40, unit: 'tokens', evidence: sha256('log') });
    for (const figure of Object.values(report.figures)) expect(kept).toContain(figure.evidence);
  });

  it('is each artefact once, under a file name of its own kind', () => {
    const { report } = build({ evidence: [proof, proof] });
    expect(report.evidence.map(({ sha256: hash, file, task_id: task }) => [hash, file, task])).toEqual([
      [sha256('aggregate'), `${sha256('aggregate')}.json`, null],
      [sha256('log'), `${sha256('log')}.json`, null],
      [proof.sha256, `${proof.sha256}.json`, 'scan'],
    ]);
  });

  it('that a measurement names must be there: a number without it is our bug', () => {
    const refused = expect.objectContaining({
      family: 'bug',
      code: 'number-without-evidence',
      message: expect.stringContaining('scan.files of scan') as string,
    }) as Error;
    expect(() => build({ evidence: [] })).toThrow(refused);
  });

  it('that a change names must be there, before and after', () => {
    const edit = { path: 'a.yaml', before: 'a\n', after: 'b\n', mode: '100644' } as const;
    const change = changeOf([edit], { gone: [sha256('x')] });
    expect(() => build({ changes: [change] })).toThrow(expect.objectContaining({ code: 'number-without-evidence' }));
  });
});

describe('the files of a report', () => {
  const edit = { path: 'a.yaml', before: 'a\n', after: 'b\n', mode: '100644' } as const;
  const proven = { tool: 'test', gone: [sha256('x')], introduced: [] as never[] };
  const counted = { findings: 1, evidence: proof.sha256 };
  const change = changeOf([edit], {
    gone: [sha256('x')],
    proof: { ...proven, before: counted, after: { ...counted, findings: 0 } },
  });

  it('are results, report and assets, and two for each change', () => {
    const { files } = build({ changes: [change] });
    const folder = `archives/${executionId}`;
    const name = `mend-it-${change.fingerprint.slice(0, 12)}`;
    expect(files.map(({ path }) => path)).toEqual([
      `execution-plans/${executionId}-results.json`,
      `execution-plans/${executionId}-FINAL-REPORT.md`,
      `${folder}/assets.json`,
      `${folder}/changes/${name}.patch`,
      `${folder}/changes/${name}.md`,
    ]);
    expect(files.find(({ path }) => path.endsWith('.patch'))?.text).toBe(change.patch);
  });

  it('are results and report alone after a rehearsal: no assets that a real run could be compared with', () => {
    const { files } = build({}, { simulated: true });
    expect(files.map(({ path }) => path)).toEqual([
      `execution-plans/${executionId}-results.json`,
      `execution-plans/${executionId}-FINAL-REPORT.md`,
    ]);
    expect(files[1]?.text).toContain('SIMULATED');
  });

  it('are refused where a rehearsal would bring changes to people', () => {
    expect(() => build({ changes: [change] }, { simulated: true })).toThrow(
      expect.objectContaining({ code: 'simulated-run', family: 'problem' }),
    );
  });

  it('say of a change that nobody came to judge that it is unjudged', () => {
    expect(build({ changes: [change] }).report.changes).toMatchObject([
      { verdict: 'unjudged', master: 'security-master' },
    ]);
  });

  it('have names of bounded length', () => {
    const named = { ...change, pullRequest: { ...change.pullRequest, branchSlug: 'x'.repeat(300) } };
    expect(changeFile(named, 'patch')).toHaveLength(60 + 1 + 12 + '.patch'.length);
  });
});
