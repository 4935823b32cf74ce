import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/protocol/event.ts';
import { parseEvent } from '../../src/protocol/event.ts';
import type { Report } from '../../src/protocol/report.ts';
import { noUsage } from '../../src/protocol/result.ts';
import { explain } from '../../src/report/explain.ts';
import { artefacts, changeWith, findingWith, prints, taskWith } from '../support/report-parts.ts';
import { executionId, reportWith } from '../support/report.ts';

const worker = { worker: 'scan-workflows-1', task: 'scan-workflows', master: 'security-master', attempt: 1 };
const evidence = `coordination/archives/${executionId}/evidence`;

function eventAt(seq: number, type: Event['type'], data: object): Event {
  return parseEvent({
    v: 1,
    seq,
    at: `2026-11-14T09:00:${String(seq).padStart(2, '0')}.000Z`,
    id: `${type}:${seq}`,
    actor: 'security-master',
    fence: 0,
    type,
    data,
  });
}

const events: readonly Event[] = [
  eventAt(5, 'worker.launched', {
    ...worker,
    kind: 'scan-worker',
    capability: 'workflows',
    node: 'local',
    document: 'e'.repeat(64),
  }),
  eventAt(15, 'worker.finished', {
    ...worker,
    status: 'done',
    result: 'f'.repeat(64),
    usage: noUsage,
    durationMs: 10_000,
    cpuMs: 2500,
    peakBytes: 64,
  }),
  eventAt(52, 'change.judged', {
    change: prints.change,
    task: 'fix-workflows',
    master: 'cicd-master',
    title: 't',
    verdict: 'proven',
    reason: 'r',
  }),
  eventAt(53, 'master.activated', { master: 'cicd-master', tasks: 2, expertise: 'workflows' }),
];

function ask(question: string, report: Report = reportWith()): ReturnType<typeof explain> {
  return explain(question, { report, events });
}

function detailsOf(answer: ReturnType<typeof explain>, what: string): readonly string[] {
  return answer.steps.filter((step) => step.what === what).map((step) => step.detail);
}

function refusalOf(question: string, report?: Report): { code: string; hint: string; family: string } {
  try {
    ask(question, report);
  } catch (error) {
    return error as { code: string; hint: string; family: string };
  }
  throw new Error(`${question} was answered`);
}

describe('a finding', () => {
  it('is found by the first digits of its fingerprint', () => {
    expect(ask(prints.timeout.slice(0, 6))).toMatchObject({ kind: 'finding', subject: prints.timeout });
  });

  it('leads to rule, place, remedy, task, attempt, events and evidence', () => {
    const answer = ask(prints.timeout);
    expect(detailsOf(answer, 'rule')[0]).toBe(
      'workflows/no-timeout, measured by cortex-workflows 1 with high confidence',
    );
    expect(detailsOf(answer, 'place')[0]).toBe('.github/workflows/ci.yaml:7 (.github/workflows/ci.yaml#jobs.build)');
    expect(detailsOf(answer, 'remedy')[0]).toBe('Give the job timeout-minutes.');
    expect(detailsOf(answer, 'task')[0]).toContain('scan-workflows');
    expect(detailsOf(answer, 'attempt')[0]).toContain(
      '2026-11-14 09:00:05 UTC to 2026-11-14 09:00:15 UTC (10 s), completed',
    );
    expect(answer.steps.map((step) => step.what)).toEqual(expect.arrayContaining(['event 5', 'event 15']));
    expect(answer.steps.map((step) => step.file)).toContain(`${evidence}/${artefacts.scan}.json`);
  });

  it('names the change that makes it go away', () => {
    expect(detailsOf(ask(prints.timeout), 'fixed by')).toEqual([
      'change 3ccccccccccc (proven): Give ci.yaml a time limit',
    ]);
  });

  it('tells who silenced it and why', () => {
    const { task_id: _task, ...finding } = findingWith();
    const report = reportWith({
      findings: [],
      silenced: [{ finding, reason: 'a person waits', by: '.cortexignore:3', task_id: 'scan-workflows' }],
    });
    expect(detailsOf(ask(prints.timeout, report), 'silenced')).toEqual(['by .cortexignore:3: a person waits']);
  });
});

describe('a change', () => {
  it('leads to its proof, its review, its event and its patch', () => {
    const answer = ask(prints.change.slice(0, 8));
    expect(answer.kind).toBe('change');
    expect(answer.steps.find((step) => step.what === 'before: 2 findings')?.file).toBe(
      `${evidence}/${artefacts.before}.json`,
    );
    expect(answer.steps.find((step) => step.what === 'after: 1 finding')?.file).toBe(
      `${evidence}/${artefacts.after}.json`,
    );
    expect(detailsOf(answer, 'review')).toEqual(['proven: 1 finding gone, nothing new, review approves']);
    expect(detailsOf(answer, 'event 52')[0]).toContain('change.judged');
    expect(answer.steps.find((step) => step.what === 'patch')?.file).toBe(
      `coordination/archives/${executionId}/changes/workflows-ci-3cccccccccccc.patch`,
    );
  });
});

describe('a task, a worker, a criterion', () => {
  it('a task leads to every attempt at it', () => {
    expect(detailsOf(ask('fix-workflows'), 'attempt').map((detail) => detail.split(',')[0])).toEqual([
      'fix-workflows-1',
      'fix-workflows-2',
    ]);
  });

  it('a worker leads to its own events', () => {
    const answer = ask('scan-workflows-1');
    expect(answer.kind).toBe('worker');
    expect(answer.steps.filter((step) => step.what.startsWith('event')).map((step) => step.what)).toEqual([
      'event 5',
      'event 15',
    ]);
  });

  it('a criterion leads to the facts it was judged by and their artefacts', () => {
    const answer = ask('masters-activated');
    expect(detailsOf(answer, 'check')).toEqual(['masters.activated == 2']);
    expect(detailsOf(answer, 'fact')).toEqual(['masters.activated = 2']);
    expect(answer.steps.map((step) => step.file)).toContain(`${evidence}/${artefacts.log}.json`);
  });
});

describe('a figure', () => {
  it('of results leads to its artefact and the tasks behind it', () => {
    const answer = ask('findings.total');
    expect(detailsOf(answer, 'figure')).toEqual(['findings.total = 2 things']);
    expect(answer.steps[1]?.file).toBe(`${evidence}/${artefacts.aggregate}.json`);
    expect(detailsOf(answer, 'task').map((detail) => detail.split(' ')[0])).toEqual(['scan-workflows']);
  });

  it('of the run leads to the events it is counted from', () => {
    expect(ask('masters.activated').steps.map((step) => step.what)).toEqual(['figure', 'artefact', 'event 53']);
  });

  it('may be a measurement', () => {
    const measurements = [
      {
        name: 'tests.cases',
        value: 12,
        unit: 'cases',
        subject: 'example/shop',
        evidence: artefacts.scan,
        task_id: 'scan-workflows',
      },
    ];
    const answer = ask('tests.cases', reportWith({ measurements }));
    expect(detailsOf(answer, 'measurement')).toEqual(['tests.cases of example/shop = 12 cases']);
    expect(answer.steps[1]?.file).toBe(`${evidence}/${artefacts.scan}.json`);
  });
});

describe('a question that means nothing or too much', () => {
  it('is told what is near', () => {
    expect(refusalOf('findings.totl')).toMatchObject({
      family: 'problem',
      code: 'explain-unknown',
      hint: expect.stringContaining('"findings.total" (figure)') as string,
    });
  });

  it('needs six digits of a fingerprint', () => {
    expect(refusalOf(prints.timeout.slice(0, 5)).code).toBe('explain-unknown');
  });

  it('is told which things it could mean', () => {
    const twin = `${prints.timeout.slice(0, 10)}${'0'.repeat(54)}`;
    const refusal = refusalOf(
      prints.timeout.slice(0, 10),
      reportWith({ changes: [changeWith({ fingerprint: twin })] }),
    );
    expect(refusal).toMatchObject({ family: 'problem', code: 'explain-ambiguous' });
    expect(refusal.hint).toContain(`finding:${prints.timeout}`);
    expect(refusal.hint).toContain(`change:${twin}`);
  });

  it('is settled by the kind before it', () => {
    const report = reportWith({ tasks: [taskWith({ task_id: 'masters-activated' })] });
    expect(refusalOf('masters-activated', report).code).toBe('explain-ambiguous');
    expect(ask('task:masters-activated', report).kind).toBe('task');
  });

  it('knows no names that every object has', () => {
    expect(refusalOf('constructor').code).toBe('explain-unknown');
  });
});

describe('the lines', () => {
  it('hold no control character and no second line, whatever the report holds', () => {
    const report = reportWith({ findings: [findingWith({ message: 'one\u001B[31m\ntwo' })] });
    for (const line of ask(prints.timeout, report).lines) expect(line).not.toMatch(/\p{Cc}/u);
  });

  it('give each file below its step', () => {
    const { lines } = ask('findings.total');
    expect(lines[0]).toBe('figure findings.total');
    expect(lines[3]).toBe(`    ${evidence}/${artefacts.aggregate}.json`);
  });
});
