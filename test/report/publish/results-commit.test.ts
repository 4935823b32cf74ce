import { describe, expect, it } from 'vitest';
import { CortexError } from '../../../src/shared/errors.ts';
import { branch, commitRun, executionAt, filesOfRun, folderOf, MemoryHost, plainFile } from './results-world.ts';

const first = executionAt(1);

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'nothing thrown';
  } catch (error) {
    if (error instanceof CortexError) return error.code;
    throw error;
  }
}

describe('the first results of a repository', () => {
  it('begin a branch without history, with reports, archive, state, index and a page for people', async () => {
    const world = new MemoryHost();
    const outcome = await commitRun(world.host, 1);
    expect(outcome).toMatchObject({ action: 'committed', branch, attempts: 1, refused: [], notes: [], leaving: [] });
    expect(world.head(branch)?.head).toMatchObject({ sha: outcome.commit, parents: [] });
    const own = Object.keys(filesOfRun(1)).map((path) => `coordination/${path}`);
    expect(Object.keys(world.files(branch)).sort()).toEqual(
      [...own, 'coordination/README.md', 'coordination/index.json'].sort(),
    );
    expect(outcome.files).toEqual(Object.keys(world.files(branch)).sort());
  });

  it('keep bytes as they are', async () => {
    const world = new MemoryHost();
    const { commit } = await commitRun(world.host, 1);
    const evidence = world.commits.get(commit ?? '')?.files.get(`coordination/archives/${first}/evidence/0a1b.json`);
    expect(evidence?.content).toEqual(Buffer.from([0, 255, 10]));
  });

  it('say in the commit which execution, plan and run they are of', async () => {
    const world = new MemoryHost();
    await commitRun(world.host, 1);
    const { message } = world.head(branch)?.head ?? { message: '' };
    expect(message).toMatch(new RegExp(`^Results of ${first}: complete\\n`));
    expect(message).toContain(`\nCortex-Execution: ${first}\n`);
    expect(message).toMatch(/\nCortex-Plan: [0-9a-f]{64}\n/);
    expect(message).toContain('\nCortex-Run: https://github.example/runs/1');
  });

  it.each([
    ['the store', `executions/${first}/events.jsonl`],
    ['blobs', `executions/${first}/blobs/0a/0a1b`],
    ['the lock', `executions/${first}/lock`],
    ['logs', `logs/${first}/cortex.log`],
    ['what another execution has left', `archives/${executionAt(2)}/assets.json`],
    ['reports of another execution', `execution-plans/${executionAt(2)}-FINAL-REPORT.md`],
    ['an execution whose name begins the same', `execution-plans/${first}-2-results.json`],
    ['anything else', 'notes.txt'],
    ['lessons of a run elsewhere', 'lessons.json'],
  ])('have nothing of %s', async (_, path) => {
    const world = new MemoryHost();
    await commitRun(world.host, 1, { folder: folderOf({ ...filesOfRun(1), [path]: '{}' }) });
    expect(Object.keys(world.files(branch))).not.toContain(`coordination/${path}`);
  });

  it('have no state files that follow a later run of the same folder', async () => {
    const world = new MemoryHost();
    const later = filesOfRun(5);
    const files = { ...filesOfRun(1), 'current-execution.json': later['current-execution.json'] ?? '' };
    await commitRun(world.host, 1, { folder: folderOf(files) });
    expect(Object.keys(world.files(branch))).not.toContain('coordination/current-execution.json');
    expect(Object.keys(world.files(branch))).toContain('coordination/task-queue.json');
  });
});

describe('a second time', () => {
  it('the same results write nothing', async () => {
    const world = new MemoryHost();
    const { commit } = await commitRun(world.host, 1);
    world.writes.length = 0;
    expect(await commitRun(world.host, 1)).toMatchObject({ action: 'unchanged', commit, files: [] });
    expect(world.writes).toEqual([]);
  });

  it('the same results from another run of the workflow write nothing either', async () => {
    const world = new MemoryHost();
    await commitRun(world.host, 1);
    expect(await commitRun(world.host, 1, { runUrl: 'https://github.example/runs/99' })).toMatchObject({
      action: 'unchanged',
    });
  });

  it('only what differs is sent', async () => {
    const world = new MemoryHost();
    await commitRun(world.host, 1);
    const report = `execution-plans/${first}-FINAL-REPORT.md`;
    await commitRun(world.host, 1, { folder: folderOf({ ...filesOfRun(1), [report]: '# Another\n' }) });
    expect(world.sent[1]).toEqual([`coordination/${report}`]);
  });

  it('a report that has lost a change takes its patch away, and leaves the evidence', async () => {
    const world = new MemoryHost();
    await commitRun(world.host, 1);
    const patch = `archives/${first}/changes/pin-0a1b.patch`;
    const evidence = `archives/${first}/evidence/0a1b.json`;
    const { [patch]: _, [evidence]: __, ...left } = filesOfRun(1);
    await commitRun(world.host, 1, { folder: folderOf(left) });
    expect(Object.keys(world.files(branch))).not.toContain(`coordination/${patch}`);
    expect(Object.keys(world.files(branch))).toContain(`coordination/${evidence}`);
  });

  it('a file that somebody has made executable is plain again', async () => {
    const world = new MemoryHost();
    await commitRun(world.host, 1);
    const path = `coordination/archives/${first}/assets.json`;
    world.push(branch, { [path]: { ...plainFile(world.files(branch)[path] ?? ''), mode: '100755' } });
    await commitRun(world.host, 1);
    expect(world.sent[1]).toEqual([path]);
  });
});

describe('a branch that moves while it is written', () => {
  it('keeps what the other run wrote, and gets ours on top of it', async () => {
    const world = new MemoryHost();
    await commitRun(world.host, 1);
    onFirstMove(world, () => {
      world.push(branch, { 'coordination/archives/CORTEX-EXEC-OTHER/assets.json': plainFile('{}') });
    });
    expect(await commitRun(world.host, 2)).toMatchObject({ action: 'committed', attempts: 2 });
    const paths = Object.keys(world.files(branch));
    expect(paths).toContain('coordination/archives/CORTEX-EXEC-OTHER/assets.json');
    expect(paths).toContain(`coordination/archives/${first}/assets.json`);
    expect(paths).toContain(`coordination/archives/${executionAt(2)}/assets.json`);
    expect(world.files(branch)['coordination/index.json']).toContain('CORTEX-EXEC-OTHER');
  });

  it('may be made by the other run', async () => {
    const world = new MemoryHost();
    world.onWrite = (verb) => {
      if (verb === 'create') world.push(branch, { 'hello.txt': plainFile('hi') });
    };
    expect(await commitRun(world.host, 1)).toMatchObject({ action: 'committed', attempts: 2 });
    expect(world.files(branch)['hello.txt']).toBe('hi');
  });

  it('may be deleted by somebody', async () => {
    const world = new MemoryHost();
    await commitRun(world.host, 1);
    onFirstMove(world, () => {
      world.branches.delete(branch);
    });
    expect(await commitRun(world.host, 2)).toMatchObject({ action: 'committed', attempts: 2 });
    expect(world.head(branch)?.head.parents).toEqual([]);
  });

  it('is waited for longer each time, and spread, and not for ever', async () => {
    const world = new MemoryHost();
    await commitRun(world.host, 1);
    let count = 0;
    world.onWrite = (verb) => {
      if (verb === 'move') world.push(branch, { 'busy.txt': plainFile(String(count++)) });
    };
    const waits: number[] = [];
    const pause = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms));
    const busy = commitRun(world.host, 2, { pause, random: () => 0.25, limits: { attempts: 3, waitMs: 100 } });
    await expect(busy).rejects.toMatchObject({ code: 'results-branch-busy', family: 'outside', retryable: true });
    expect(waits).toEqual([75, 150, 300]);
    expect(world.files(branch)['coordination/index.json']).not.toContain(executionAt(2));
  });

  it('is noticed although a look before showed another head', async () => {
    const world = new MemoryHost();
    await commitRun(world.host, 1);
    const seen = world.head(branch);
    await commitRun(world.host, 2);
    expect(await commitRun(world.host, 3, { seen })).toMatchObject({ action: 'committed', attempts: 2 });
    expect(world.files(branch)['coordination/index.json']).toContain(executionAt(2));
  });

  it('with another trouble is not tried again', async () => {
    const world = new MemoryHost();
    world.onWrite = () => {
      throw new CortexError('problem', 'github-forbidden', { message: 'no', hint: '' });
    };
    expect(await codeOf(commitRun(world.host, 1))).toBe('github-forbidden');
  });
});

describe('a run that is killed', () => {
  it.each([0, 1])('before write %i is made good by the next, with nothing twice', async (writes) => {
    const world = new MemoryHost();
    await commitRun(world.host, 1);
    world.writes.length = 0;
    world.onWrite = () => {
      if (world.writes.length === writes) throw new Error('killed');
    };
    await expect(commitRun(world.host, 2)).rejects.toThrow('killed');
    world.onWrite = () => undefined;
    await commitRun(world.host, 2);
    const undisturbed = new MemoryHost();
    await commitRun(undisturbed.host, 1);
    await commitRun(undisturbed.host, 2);
    expect(world.files(branch)).toEqual(undisturbed.files(branch));
    expect(world.head(branch)?.head.parents).toEqual(['commit-1']);
    expect(await commitRun(world.host, 2)).toMatchObject({ action: 'unchanged' });
  });
});

describe('staged', () => {
  it('names the same files, and writes nothing', async () => {
    const world = new MemoryHost();
    await commitRun(world.host, 1);
    world.writes.length = 0;
    const staged = await commitRun(world.host, 2, { mode: 'staged' });
    expect(staged).toMatchObject({ action: 'staged', commit: null });
    expect(world.writes).toEqual([]);
    expect((await commitRun(world.host, 2)).files).toEqual(staged.files);
  });
});

describe('what may not go to the branch', () => {
  const large = `archives/${first}/evidence/large.txt`;
  const limits = { fileBytes: 200_000, attempts: 1, waitMs: 1 };

  it.each([
    [199_999, true],
    [200_000, true],
    [200_001, false],
  ])('a file of %i bytes where 200,000 are the most goes there: %s; the rest goes in any case', async (bytes, goes) => {
    const world = new MemoryHost();
    const folder = folderOf({ ...filesOfRun(1), [large]: 'x'.repeat(bytes) });
    const outcome = await commitRun(world.host, 1, { folder, limits });
    expect(Object.keys(world.files(branch)).includes(`coordination/${large}`)).toBe(goes);
    expect(outcome.refused.map(({ path }) => path)).toEqual(goes ? [] : [large]);
    expect(Object.keys(world.files(branch))).toContain(`coordination/archives/${first}/assets.json`);
  });

  it('is said by name and reason, unread', async () => {
    const files = { ...filesOfRun(1), [large]: 'x'.repeat(500_000) };
    const folder = folderOf(files);
    const read: string[] = [];
    const watched = { list: folder.list, read: (path: string) => (read.push(path), folder.read(path)) };
    const { refused } = await commitRun(new MemoryHost().host, 1, { folder: watched, limits });
    expect(refused).toEqual([{ path: large, reason: expect.stringContaining('500000 bytes') as string }]);
    expect(read).not.toContain(large);
  });

  it.each(['../../escape', 'evidence/.git/config', 'evidence/a b.json', 'evidence/`x`', 'evidence//x', 'evidence/é'])(
    'a file called %s stays behind',
    async (name) => {
      const world = new MemoryHost();
      const files = { ...filesOfRun(1), [`archives/${first}/${name}`]: 'x' };
      const { refused } = await commitRun(world.host, 1, { folder: folderOf(files) });
      expect(refused.map(({ path }) => path)).toEqual([`archives/${first}/${name}`]);
    },
  );

  it.each([
    ['a rehearsal', { [`execution-plans/${first}-results.json`]: rehearsal() }, 'simulated-run'],
    ['no report', { [`execution-plans/${first}-results.json`]: undefined }, 'no-report'],
    ['a report that is torn', { [`execution-plans/${first}-results.json`]: '{"v":1' }, 'report-damaged'],
    [
      'a report of another execution',
      { [`execution-plans/${first}-results.json`]: filesOfRun(2)[`execution-plans/${executionAt(2)}-results.json`] },
      'report-damaged',
    ],
  ])('%s is refused', async (_, changed, code) => {
    const entries = Object.entries({ ...filesOfRun(1), ...changed }).flatMap(([path, content]) =>
      content === undefined ? [] : [[path, content] as const],
    );
    const world = new MemoryHost();
    expect(await codeOf(commitRun(world.host, 1, { folder: folderOf(Object.fromEntries(entries)) }))).toBe(code);
    expect(world.writes).toEqual([]);
  });

  it.each([
    ['a file', plainFile('x')],
    ['a link', { ...plainFile('elsewhere'), mode: '120000' }],
  ])('nothing is written below %s that stands where a folder has to be', async (_, file) => {
    const world = new MemoryHost();
    world.push(branch, { 'coordination/archives': file });
    expect(await codeOf(commitRun(world.host, 1))).toBe('results-path-taken');
    expect(world.writes).toEqual([]);
  });
});

function rehearsal(): string {
  const text = filesOfRun(1, { simulated: true, changes: [] })[`execution-plans/${first}-results.json`];
  return String(text);
}

/** Somebody else is faster, once. */
function onFirstMove(world: MemoryHost, act: () => void): void {
  let isFirst = true;
  world.onWrite = (verb) => {
    if (verb !== 'move' || !isFirst) return;
    isFirst = false;
    act();
  };
}
