import { describe, expect, it } from 'vitest';
import { memoryWorkspace } from '../../../../src/checks/workspace.ts';
import { analysisInputs } from '../../../../src/protocol/capabilities.ts';
import type { History } from '../../../../src/protocol/workspace.ts';
import { rankHotspots } from '../../../../src/workers/kinds/analysis/hotspots.ts';
import { testWork } from '../../../support/work-context.ts';

type Commit = History['commits'][number];

/** `memoryWorkspace` was committed on 2026-01-01. */
const recent = '2025-12-01T00:00:00Z';

function commit(paths: readonly string[], more: Partial<Commit> = {}): Commit {
  const files = paths.map((path) => ({ path, added: 2, deleted: 1 }));
  return { sha: '1'.repeat(40), at: recent, author: 'ann', files, ...more };
}

function times(count: number, paths: readonly string[], more: Partial<Commit> = {}): readonly Commit[] {
  return Array.from({ length: count }, () => commit(paths, more));
}

async function rank(
  files: Readonly<Record<string, string>>,
  given: { commits: readonly Commit[]; shallow?: boolean; cut?: boolean; inputs?: object },
) {
  const history: History = {
    v: 1,
    commit: '0'.repeat(40),
    shallow: given.shallow ?? false,
    cut: given.cut ?? false,
    commits: [...given.commits],
  };
  const inputs = analysisInputs.hotspots.parse(given.inputs ?? {});
  const workspace = memoryWorkspace(files);
  const world = testWork({ kind: 'analysis-worker', capability: 'hotspots', inputs, workspace, history });
  const work = await rankHotspots(world.context);
  const table = JSON.parse([...world.evidence.values()][0]?.text ?? '') as {
    files: Record<string, unknown>[];
    formula: string;
  };
  const values = Object.fromEntries((work.measurements ?? []).map(({ name, value }) => [name, value]));
  return { ...work, table, values, hot: (work.findings ?? []).map(({ subject }) => subject) };
}

const simple = 'a();\n';
const complex = 'if (a) b();\nif (c) d();\nif (e) f();\n';

describe('rankHotspots', () => {
  it('ranks by commits times complexity', async () => {
    const { table, values } = await rank({ 'a.ts': simple, 'b.ts': complex }, { commits: times(3, ['a.ts', 'b.ts']) });
    expect(table.files).toMatchObject([
      { path: 'b.ts', commits: 3, complexity: 4, score: 12, changedLines: 9 },
      { path: 'a.ts', commits: 3, complexity: 1, score: 3 },
    ]);
    expect(values).toMatchObject({ 'hotspots.files': 2, 'hotspots.commits': 3, 'hotspots.top-score': 12 });
  });

  it('finds the files above a quarter of the top score with at least three commits', async () => {
    const files = { 'a.ts': complex, 'b.ts': simple, 'c.ts': complex, 'd.ts': simple };
    const commits = [...times(4, ['a.ts']), ...times(4, ['b.ts']), ...times(2, ['c.ts']), ...times(3, ['d.ts'])];
    // Scores: a 16, c 8 but only two commits, b 4 (a quarter of 16), d 3.
    expect((await rank(files, { commits })).hot).toEqual(['a.ts', 'b.ts']);
  });

  it('counts the months before the commit, and no commit after it', async () => {
    const commits = [
      commit(['a.ts'], { at: '2025-12-02T00:00:00Z' }),
      commit(['a.ts'], { at: '2025-12-01T23:59:59Z' }),
      commit(['a.ts'], { at: '2026-01-02T00:00:00Z' }),
    ];
    // 30 days before 2026-01-01T00:00:00Z is 2025-12-02T00:00:00Z.
    expect((await rank({ 'a.ts': simple }, { commits, inputs: { months: 1 } })).values['hotspots.commits']).toBe(1);
  });

  it('reads an offset in a date', async () => {
    const commits = [commit(['a.ts'], { at: '2026-01-01T01:00:00+02:00' })];
    expect((await rank({ 'a.ts': simple }, { commits })).values['hotspots.commits']).toBe(1);
  });

  it('leaves out what is gone, foreign, generated or no code', async () => {
    const files = {
      'a.ts': simple,
      'README.md': 'x',
      'a.pb.go': 'package a',
      'dist/a.js': simple,
      'package-lock.json': '{}',
    };
    const { table } = await rank(files, { commits: [commit([...Object.keys(files), 'gone.ts'])] });
    expect(table.files.map(({ path }) => path)).toEqual(['a.ts']);
  });

  it('counts authors, and the fewest who made more than half of the commits', async () => {
    const commits = [
      ...times(2, ['a.ts']),
      ...times(1, ['a.ts'], { author: 'bob' }),
      ...times(1, ['a.ts'], { author: 'cat' }),
    ];
    expect((await rank({ 'a.ts': simple }, { commits })).table.files).toMatchObject([{ authors: 3, busFactor: 2 }]);
  });

  it('lists no more than the wanted number, and ten at most', async () => {
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index}.ts`, simple]));
    const commits = times(3, Object.keys(files));
    expect((await rank(files, { commits })).hot).toHaveLength(10);
    expect((await rank(files, { commits, inputs: { top: 2 } })).hot).toHaveLength(2);
  });

  it('is partial with a shallow clone, and says why', async () => {
    const { status, summary } = await rank({ 'a.ts': simple }, { commits: times(1, ['a.ts']), shallow: true });
    expect(status).toBe('partial');
    expect(summary).toContain('the clone is shallow');
  });

  it('is partial where the period has more commits than were read, and only there', async () => {
    const inside = await rank({ 'a.ts': simple }, { commits: times(1, ['a.ts']), cut: true });
    expect(inside.status).toBe('partial');
    expect(inside.summary).toContain('more commits than were read');
    const before = await rank(
      { 'a.ts': simple },
      { commits: [...times(1, ['a.ts']), commit(['a.ts'], { at: '2001-01-01T00:00:00Z' })], cut: true },
    );
    expect(before.status).not.toBe('partial');
  });

  it('is partial where a commit has no date', async () => {
    const { status, summary } = await rank({ 'a.ts': simple }, { commits: [commit(['a.ts'], { at: 'then' })] });
    expect(status).toBe('partial');
    expect(summary).toContain('1 commits have no date');
  });

  it('has no top score where nothing was touched', async () => {
    const { values, status } = await rank({ 'a.ts': simple }, { commits: [] });
    expect(values).toEqual({ 'hotspots.files': 0, 'hotspots.commits': 0, 'hotspots.found': 0 });
    expect(status).toBeUndefined();
  });

  it('gives the same bytes whatever the order of the commits', async () => {
    const files = { 'a.ts': simple, 'b.ts': simple };
    const commits = [...times(3, ['b.ts']), ...times(3, ['a.ts'], { author: 'bob' })];
    const [one, two] = [await rank(files, { commits }), await rank(files, { commits: commits.toReversed() })];
    expect(one.table).toEqual(two.table);
    expect(one.hot).toEqual(['a.ts', 'b.ts']);
  });
});
