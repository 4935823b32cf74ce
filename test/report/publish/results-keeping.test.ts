import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LessonFromPerson } from '../../../src/report/publish/lessons.ts';
import { sha256 } from '../../../src/shared/canonical.ts';
import { branch, commitRun, executionAt, filesOfRun, folderOf, MemoryHost, plainFile } from './results-world.ts';

interface Index {
  readonly executions: readonly { readonly execution_id: string; readonly plan: string | null }[];
}

function indexOf(world: MemoryHost): readonly string[] {
  const index = JSON.parse(world.files(branch)['coordination/index.json'] ?? '') as Index;
  return index.executions.map((entry) => entry.execution_id);
}

/** Executions with files in the tree. */
function present(world: MemoryHost): ReadonlySet<string> {
  const paths = Object.keys(world.files(branch));
  return new Set(paths.flatMap((path) => /CORTEX-EXEC-\d{4}-\d\d-\d\d-\d{6}/.exec(path)?.[0] ?? []));
}

async function commitAll(world: MemoryHost, minutes: readonly number[], keep: number): Promise<void> {
  for (const minute of minutes) await commitRun(world.host, minute, { keep });
}

describe('executions on the results branch', () => {
  it('are listed newest first, with a page that links their reports', async () => {
    const world = new MemoryHost();
    await commitAll(world, [2, 1, 3], 50);
    expect(indexOf(world)).toEqual([3, 2, 1].map(executionAt));
    expect(world.files(branch)['coordination/README.md']).toContain(
      `| [\`${executionAt(3)}\`](execution-plans/${executionAt(3)}-FINAL-REPORT.md) |`,
    );
  });

  it('leave the tree when there are more than the plan keeps, the oldest first and whole', async () => {
    const world = new MemoryHost();
    await commitAll(world, [1, 2], 2);
    const outcome = await commitRun(world.host, 3, { keep: 2 });
    expect(outcome.leaving).toEqual([executionAt(1)]);
    expect(present(world)).toEqual(new Set([2, 3].map(executionAt)));
  });

  it('are there once even where they are older than all that are kept', async () => {
    const world = new MemoryHost();
    await commitAll(world, [5, 6, 1], 2);
    expect(present(world)).toEqual(new Set([6, 5, 1].map(executionAt)));
    await commitAll(world, [7], 2);
    expect(present(world)).toEqual(new Set([7, 6].map(executionAt)));
  });

  it('never take with them what people keep on the same branch', async () => {
    const world = new MemoryHost();
    world.push(branch, { 'README.md': plainFile('ours'), 'coordination/notes.md': plainFile('a note') });
    await commitAll(world, [1, 2, 3], 1);
    expect(world.files(branch)).toMatchObject({ 'README.md': 'ours', 'coordination/notes.md': 'a note' });
  });

  it('in whatever order they end: the newest stay, the index says what is there, and nothing is written twice', async () => {
    const runs = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(runs, fc.integer({ min: 1, max: 4 }), async (minutes, keep) => {
        const world = new MemoryHost();
        for (const [index, minute] of minutes.entries()) {
          await commitRun(world.host, minute, { keep });
          const seen = minutes.slice(0, index + 1).sort((a, b) => b - a);
          // What has left comes back by nobody: only of those that were there can the newest be kept.
          const newest = seen.slice(0, keep).map(executionAt);
          expect([...present(world)]).toEqual(expect.arrayContaining([...newest, executionAt(minute)]));
          expect(present(world).size).toBeLessThanOrEqual(keep + 1);
          expect([...indexOf(world)].sort()).toEqual([...present(world)].sort());
          expect(await commitRun(world.host, minute, { keep })).toMatchObject({ action: 'unchanged' });
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('state files', () => {
  const current = (world: MemoryHost): string =>
    (JSON.parse(world.files(branch)['coordination/current-execution.json'] ?? '') as { execution_id: string })
      .execution_id;

  it.each([
    [[1, 2], 2],
    [[2, 1], 2],
    [[2, 1, 2], 2],
  ])('after runs that began at %j and ended in this order follow that of %i', async (minutes, expected) => {
    const world = new MemoryHost();
    await commitAll(world, minutes, 50);
    expect(current(world)).toBe(executionAt(expected));
  });

  it('follow the run at hand where what is there can’t be read', async () => {
    const world = new MemoryHost();
    world.push(branch, { 'coordination/current-execution.json': plainFile('torn') });
    await commitRun(world.host, 1);
    expect(current(world)).toBe(executionAt(1));
  });
});

describe('the index', () => {
  it.each([
    ['damaged', plainFile('{"v":1,')],
    ['of a later version', plainFile('{"v":2,"executions":[]}')],
    ['deleted', null],
  ])('that is %s is made anew, and that is said', async (_, index) => {
    const world = new MemoryHost();
    await commitAll(world, [1], 50);
    world.push(branch, { 'coordination/index.json': index });
    const { notes } = await commitRun(world.host, 2);
    expect(notes.join()).toContain('index.json');
    expect(indexOf(world)).toEqual([2, 1].map(executionAt));
    expect((await commitRun(world.host, 2)).notes).toEqual([]);
  });

  it('lists nothing whose files somebody has taken away', async () => {
    const world = new MemoryHost();
    await commitAll(world, [1], 50);
    const gone = Object.keys(world.files(branch)).filter((path) => path.includes(executionAt(1)));
    world.push(branch, Object.fromEntries(gone.map((path) => [path, null])));
    await commitRun(world.host, 2);
    expect(indexOf(world)).toEqual([executionAt(2)]);
  });

  it('and its page show a plan’s name and do nothing else', async () => {
    const world = new MemoryHost();
    const id = executionAt(1);
    const hostile = '<img src=x> | [a](https://x.example) @mona #77 `code`';
    const report = JSON.parse(String(filesOfRun(1)[`execution-plans/${id}-results.json`])) as { plan: object };
    const files = {
      ...filesOfRun(1),
      [`execution-plans/${id}-results.json`]: JSON.stringify({ ...report, plan: { ...report.plan, name: hostile } }),
    };
    await commitRun(world.host, 1, { folder: folderOf(files) });
    const page = world.files(branch)['coordination/README.md'] ?? '';
    expect(page).not.toMatch(/<img|(?<!\\)\]\(http|@mona|#77/);
    const [row = ''] = page.split('\n').filter((line) => line.includes(id));
    expect(row.match(/(?<!\\)\|/g)).toHaveLength(9);
  });
});

describe('what people said of changes', () => {
  const lesson = (name: string, more: Partial<LessonFromPerson> = {}): LessonFromPerson => ({
    v: 1,
    change: sha256(name),
    findings: [sha256(`${name} finding`)],
    rules: ['workflows/no-timeout'],
    reason: 'wrong',
    at: '2026-11-14T10:00:00.000Z',
    pullRequest: 7,
    ...more,
  });
  const lessonsIn = (world: MemoryHost): readonly LessonFromPerson[] =>
    (JSON.parse(world.files(branch)['coordination/lessons.json'] ?? '') as { lessons: LessonFromPerson[] }).lessons;

  it('is kept beside the results, and joined with what was said before', async () => {
    const world = new MemoryHost();
    await commitRun(world.host, 1, { lessons: [lesson('a')] });
    await commitRun(world.host, 2, { lessons: [lesson('b', { pullRequest: 8 })] });
    expect(
      lessonsIn(world)
        .map(({ change }) => change)
        .sort(),
    ).toEqual([sha256('a'), sha256('b')].sort());
    expect(await commitRun(world.host, 2, { lessons: [lesson('a')] })).toMatchObject({ action: 'unchanged' });
  });

  it('survives a run that has nothing new to say', async () => {
    const world = new MemoryHost();
    await commitRun(world.host, 1, { lessons: [lesson('a')] });
    await commitRun(world.host, 2);
    expect(lessonsIn(world)).toHaveLength(1);
  });

  it('stays as it is where somebody has torn the file, and that is said', async () => {
    const world = new MemoryHost();
    world.push(branch, { 'coordination/lessons.json': plainFile('ours: by hand') });
    const { notes } = await commitRun(world.host, 1, { lessons: [lesson('a')] });
    expect(notes.join()).toContain('lessons.json');
    expect(world.files(branch)['coordination/lessons.json']).toBe('ours: by hand');
  });
});
