import { describe, expect, it } from 'vitest';
import { candidatesOf, completeTasks } from '../../../src/report/publish/fix/candidates.ts';
import { findingWith, taskWith, workerWith } from '../../support/report-parts.ts';
import { reportWith } from '../../support/report.ts';
import { findingOf, proposed } from '../../support/publish/proposals.ts';
import { Story, text } from '../../support/publish/story.ts';

const task = (id: string, overrides = {}) => taskWith({ task_id: id, ...overrides });
const complete = (
  tasks: readonly ReturnType<typeof taskWith>[],
  needs: Readonly<Record<string, readonly string[]>>,
  status = 'complete' as const,
) =>
  [
    ...completeTasks(
      { tasks: [...tasks], status },
      Object.entries(needs).map(([id, each]) => ({ id, needs: each })),
    ),
  ].toSorted();

describe('a task that saw everything', () => {
  it('is one that is done in full, as is all that it needs', () => {
    expect(complete([task('scan'), task('fix')], { scan: [], fix: ['scan'] })).toEqual(['fix', 'scan']);
  });

  it.each([
    ['it is partial', { result_status: 'partial' }],
    ['it was skipped', { status: 'skipped', result_status: null }],
    ['it failed', { status: 'failed', result_status: 'failed' }],
    ['it is still pending', { status: 'pending', result_status: null }],
    ['it left a file unread', { unread: 1 }],
  ] as const)('is none where %s, nor is what needs it', (_, overrides) => {
    expect(
      complete([task('scan', overrides), task('fix'), task('other')], { scan: [], fix: ['scan'], other: [] }),
    ).toEqual(['other']);
  });

  it('is none where what it needs is not in the report, or the plan does not know it', () => {
    expect(complete([task('fix'), task('new')], { fix: ['scan'], scan: [] })).toEqual([]);
  });

  it('is none where tasks need each other', () => {
    expect(complete([task('a'), task('b')], { a: ['b'], b: ['a'] })).toEqual([]);
  });

  it.each(['failed', 'cancelled'] as const)('is none in an execution that %s', (status) => {
    expect([...completeTasks({ tasks: [task('scan')], status }, [{ id: 'scan', needs: [] }])]).toEqual([]);
  });
});

describe('what an execution proposes', () => {
  const story = new Story();
  const change = proposed(
    story.fix('a', { edits: [{ path: 'src/a.txt', before: text, after: text.replace('two', 'TWO') }] }),
  );
  const report = reportWith({
    tasks: [task('fix-headers', { capability: 'fix-headers' })],
    findings: [findingWith({ fingerprint: findingOf('a'), severity: 'high' }), findingWith({ severity: 'critical' })],
    workers: [
      workerWith({ task_id: 'fix-headers', tokens_used: 10 }),
      workerWith({ task_id: 'fix-headers', tokens_used: 5 }),
      workerWith({ tokens_used: 99 }),
    ],
    changes: [
      { ...reportWith().changes[0], fingerprint: change.fingerprint } as ReturnType<
        typeof reportWith
      >['changes'][number],
    ],
  });

  it('knows the capability of its task, its own findings alone, and what it cost', () => {
    const [candidate] = candidatesOf(report, { changes: [{ ...change, task_id: 'fix-headers' }], results: [] });
    expect(candidate).toMatchObject({ capability: 'fix-headers', severity: 'high', tokens: 15, verdict: 'proven' });
    expect(candidate?.findings.map((each) => each.fingerprint)).toEqual([findingOf('a')]);
  });

  it('has no change that the report does not judge', () => {
    expect(
      candidatesOf({ ...report, changes: [] }, { changes: [{ ...change, task_id: 'fix-headers' }], results: [] }),
    ).toEqual([]);
  });
});
