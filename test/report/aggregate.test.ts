import { describe, expect, it } from 'vitest';
import type { ExecutionState } from '../../src/execution/execution-state.ts';
import { foldEvents } from '../../src/execution/state.ts';
import type { Asset } from '../../src/protocol/asset.ts';
import type { NewEvent } from '../../src/protocol/event.ts';
import type { Finding } from '../../src/protocol/finding.ts';
import type { Measurement, Result } from '../../src/protocol/result.ts';
import { aggregate, type Aggregate, type JoinedResult } from '../../src/report/aggregate.ts';
import { sha256 } from '../../src/shared/canonical.ts';
import { changeOf } from '../support/changes.ts';
import { completed, declaredTask, executionId, logOf, newEvent, started } from '../support/events.ts';
import { resultWith } from '../support/scripted-worker.ts';

const evidence = sha256('evidence');

function finding(id: string, overrides: Partial<Finding> = {}): Finding {
  return {
    fingerprint: sha256(id),
    ruleId: 'secrets/token',
    tool: { name: 'test', version: '1' },
    severity: 'low',
    confidence: 'high',
    subject: id,
    message: id,
    remedy: 'mend it',
    basis: 'measured',
    ...overrides,
  };
}

function asset(name: string): Asset {
  const ref = `component:default/${name}`;
  return { ref, kind: 'Component', namespace: 'default', name, locators: ['a'], spec: {}, relations: [] };
}

function measurement(name: string, value: number, subject = 'all'): Measurement {
  return { name, value, unit: 'count', subject, evidence };
}

function joined(task: string, parts: Partial<Result>, capability = 'secrets'): JoinedResult {
  return { task, capability, hash: sha256(task), result: resultWith(parts) };
}

interface Joining {
  readonly results: readonly JoinedResult[];
  readonly baseline?: readonly Asset[];
  readonly events?: readonly NewEvent[];
}

/** The results of tasks that are all complete. */
function join({ results, baseline = [], events = [] }: Joining): Aggregate {
  const tasks = results.map(({ task }) => declaredTask(task));
  const state = stateOf([started({ tasks }), ...tasks.map(({ id }) => completed(id)), ...events]);
  return aggregate({ state, results, baseline });
}

function stateOf(events: readonly NewEvent[]): ExecutionState {
  return foldEvents(executionId, logOf(...events));
}

describe('joining results', () => {
  it('counts findings by severity, and silenced ones apart', () => {
    const findings = [finding('a'), finding('b', { severity: 'high' }), finding('c', { severity: 'high' })];
    const silenced = [{ finding: finding('d', { severity: 'critical' }), reason: 'known', by: '.cortexignore' }];
    expect(join({ results: [joined('one', { findings, silenced })] }).totals.findings).toEqual({
      total: 3,
      critical: 0,
      high: 2,
      medium: 0,
      low: 1,
      info: 0,
      silenced: 1,
    });
  });

  it('has what two tasks say of the same thing once, for the first task in order', () => {
    const change = changeOf([{ path: 'a', before: 'a\n', after: 'b\n', mode: '100644' }], { gone: [sha256('x')] });
    const parts = { findings: [finding('same')], changes: [change], measurements: [measurement('tests.cases', 5)] };
    const all = join({ results: [joined('two', parts), joined('one', parts)] });
    expect(all.findings.map(({ task_id: task }) => task)).toEqual(['one']);
    expect(all.changes.map(({ task_id: task }) => task)).toEqual(['one']);
    expect(all.measurements).toHaveLength(1);
    expect(all.totals).toMatchObject({ findings: { total: 1 }, changes: { proposed: 1 }, tests: { cases: 5 } });
  });

  it('gives the same, whatever the order in which the results came', () => {
    const results = [joined('one', { findings: [finding('a')] }), joined('two', { findings: [finding('b')] })];
    expect(join({ results: results.toReversed() }).findings).toEqual(join({ results }).findings);
  });

  it('knows how many results were announced, and how many are there', () => {
    const state = stateOf([
      started({ tasks: [declaredTask('one'), declaredTask('two')] }),
      completed('one'),
      completed('two'),
    ]);
    const { totals } = aggregate({ state, results: [joined('one', {})], baseline: [] });
    expect(totals.results).toEqual({ expected: 2, aggregated: 1 });
  });

  it('counts changes by their verdicts; one that nobody judged is neither proven nor rejected', () => {
    const changes = ['a', 'b', 'c'].map((path) =>
      changeOf([{ path, before: 'a\n', after: 'b\n', mode: '100644' }], { gone: [sha256('x')] }),
    );
    const judged = (index: number, verdict: 'proven' | 'rejected'): NewEvent => {
      const change = changes[index]?.fingerprint ?? '';
      const data = { change, task: 'one', master: 'security-master', title: 't', verdict, reason: 'r' } as const;
      return newEvent('change.judged', data, change);
    };
    const all = join({ results: [joined('one', { changes })], events: [judged(0, 'proven'), judged(1, 'rejected')] });
    expect(all.totals.changes).toEqual({ proposed: 3, proven: 1, rejected: 1 });
  });
});

describe('what nobody looked at', () => {
  it('is absent, not 0', () => {
    const { totals } = join({ results: [joined('one', {})] });
    expect(totals).not.toHaveProperty('workflows');
    expect(totals).not.toHaveProperty('tests');
    expect(totals).not.toHaveProperty('coverage');
    expect(totals).not.toHaveProperty('vulnerabilities');
  });

  it('is 0 where somebody looked and found nothing', () => {
    const results = [joined('one', { measurements: [measurement('tests.cases', 0)] }), joined('two', {}, 'workflows')];
    expect(join({ results }).totals).toMatchObject({
      tests: { suites: 0, cases: 0, skipped: 0 },
      workflows: { findings: 0, fixable: 0, fixed: 0 },
    });
  });
});

describe('measured totals', () => {
  it('are sums over what was measured, coverage in percent of all lines', () => {
    const measurements = [
      measurement('coverage.lines.covered', 50, 'a'),
      measurement('coverage.lines.total', 60, 'a'),
      measurement('coverage.lines.covered', 10, 'b'),
      measurement('coverage.lines.total', 30, 'b'),
      measurement('tests.cases', 7, 'a'),
      measurement('tests.cases', 3, 'b'),
      measurement('tests.suites', 2),
    ];
    // 60 of 90 lines: 66.67 percent to two places.
    expect(join({ results: [joined('one', { measurements })] }).totals).toMatchObject({
      coverage: { before: 66.67 },
      tests: { suites: 2, cases: 10, skipped: 0 },
    });
  });

  it('count a workflow finding as fixed only by a proven change that makes it go away', () => {
    const rule = { ruleId: 'workflows/no-timeout', fix: 'fix-workflows' };
    const findings = [finding('a', rule), finding('b', rule), finding('c', { ruleId: 'workflows/pin' })];
    const change = (id: string): ReturnType<typeof changeOf> =>
      changeOf([{ path: id, before: 'a\n', after: 'b\n', mode: '100644' }], { gone: [sha256(id)] });
    const results = [
      joined('scan', { findings }, 'workflows'),
      joined('fix', { changes: [change('a'), change('b')] }, 'fix-workflows'),
    ];
    const proven = { task: 'fix', master: 'cicd-master', title: 't', verdict: 'proven', reason: 'r' } as const;
    const events = [newEvent('change.judged', { ...proven, change: change('a').fingerprint })];
    expect(join({ results, events }).totals.workflows).toEqual({ findings: 3, fixable: 2, fixed: 1 });
  });
});

describe('the baseline', () => {
  const catalog = (status: 'done' | 'partial', found: readonly Asset[], failed = false): Aggregate => {
    const kind = { kind: 'catalog-worker', capability: 'repository' } as const;
    const state = stateOf([
      started({ tasks: [declaredTask('one', kind), declaredTask('two', kind)] }),
      completed('one', { status: 'done' }),
      failed
        ? newEvent('task.failed', {
            task: 'two',
            master: 'inventory-master',
            attempts: 1,
            code: 'c',
            message: 'm',
            hint: 'h',
          })
        : completed('two', { status }),
    ]);
    const results = [joined('one', { assets: [...found] }, 'repository')];
    const baseline = [asset('known'), asset('lost')];
    return aggregate({ state, results, baseline });
  };
  const refs = (all: Aggregate): readonly string[] => all.assets.map(({ name }) => name);

  it('is forgotten where every catalog task has looked: what none has seen is gone', () => {
    const all = catalog('done', [asset('known'), asset('new')]);
    expect(refs(all)).toEqual(['known', 'new']);
    expect(all.discovered).toEqual(['component:default/new']);
    expect(all.totals.assets).toEqual({ before: 2, after: 2, discovered: 1 });
  });

  it('stays where one of them saw a part only', () => {
    expect(refs(catalog('partial', [asset('known')]))).toEqual(['known', 'lost']);
  });

  it('stays where one of them failed', () => {
    expect(refs(catalog('done', [asset('known')], true))).toEqual(['known', 'lost']);
  });

  it('stays where the tasks left a section, or a part of the tree, out', () => {
    for (const inputs of [{ sections: ['images'] }, { paths: ['deploy/**'] }]) {
      const task = declaredTask('one', { kind: 'catalog-worker', capability: 'repository', inputs });
      const state = stateOf([started({ tasks: [task] }), completed('one', { status: 'done' })]);
      const all = aggregate({
        state,
        results: [joined('one', { assets: [asset('known')] })],
        baseline: [asset('lost')],
      });
      expect(refs(all)).toEqual(['known', 'lost']);
    }
  });

  it('stays where none was asked', () => {
    const all = join({ results: [joined('one', {})], baseline: [asset('known')] });
    expect(refs(all)).toEqual(['known']);
    expect(all.totals.assets).toEqual({ before: 1, after: 1, discovered: 0 });
  });

  it('counts every asset as discovered where there was none', () => {
    expect(join({ results: [joined('one', { assets: [asset('a')] })] }).totals.assets).toEqual({
      before: 0,
      after: 1,
      discovered: 1,
    });
  });
});
