import { afterEach, describe, expect, it } from 'vitest';
import type { PublishOutcome } from '../../../src/report/publish/outcome.ts';
import { text } from '../../support/publish/story.ts';
import { DoorStory, openDoor } from './door-story.ts';

const mended = text.replace('two', 'TWO');
let story: DoorStory | undefined;

async function open(...given: Parameters<typeof DoorStory.open>): Promise<DoorStory> {
  story = await DoorStory.open(...given);
  return story;
}

/** Whatever a test did, nothing of it broke GitHub's own description of its requests and answers. */
async function closeStory(): Promise<void> {
  const { fake } = story ?? {};
  story = undefined;
  await fake?.close();
  expect(fake?.violations ?? []).toEqual([]);
}

afterEach(closeStory);

const said = (outcome: PublishOutcome): readonly string[] =>
  outcome.items.map(({ action, reason }) => `${action}: ${reason}`);

const labelsOf = ({ labels }: { readonly labels: Iterable<{ readonly name: string }> }): readonly string[] =>
  [...labels].map(({ name }) => name);

describe('changes on GitHub', () => {
  it('become drafts with label, reviewer and a signed commit, and the dashboard lists them', async () => {
    const s = await open(['a'], { files: { CODEOWNERS: '* @ada\n' } });
    const outcome = await s.run([s.fix('a')]);
    expect(said(outcome)).toEqual(['open: new']);
    const pull = s.shop.pull(1);
    expect(pull).toMatchObject({ title: 'fix: mend a' });
    expect(labelsOf(pull)).toEqual(['cortex']);
    expect(pull.pull).toMatchObject({ isDraft: true, baseBranch: 'main' });
    expect(s.shop.read(pull.pull.headBranch, 'src/a.txt')?.toString()).toBe(mended);
    expect(s.shop.commit(pull.pull.headSha)).toMatchObject({ isSigned: true });
    expect(s.dashboard?.body).toContain('#1');
  });

  it('are left as they are by a second run of the same', async () => {
    const s = await open(['a', 'b']);
    await s.run([s.fix('a'), s.fix('b')]);
    const before = s.shop.head(s.branch('a'));
    s.fake.log.reset();
    expect(said(await s.run([s.fix('a'), s.fix('b')], { again: true }))).toEqual([
      'keep: nothing to change',
      'keep: nothing to change',
    ]);
    const { write, mutation } = s.fake.log.counts();
    expect([write, mutation, s.shop.head(s.branch('a'))]).toEqual([0, 0, before]);
  });

  it('follow a base that moved, by a commit that joins both', async () => {
    const s = await open(['a']);
    const fix = s.fix('a');
    await s.run([fix]);
    const first = s.shop.head(s.branch('a'));
    s.shop.push('main', { files: { 'src/a.txt': text.replace('eight', 'EIGHT') } });
    expect((await s.run([fix])).items[0]).toMatchObject({ action: 'update' });
    const head = s.shop.commit(s.shop.head(s.branch('a')) ?? '');
    expect(head?.parents).toEqual([first, s.shop.head('main')]);
    expect(s.shop.read(s.branch('a'), 'src/a.txt')?.toString()).toBe(mended.replace('eight', 'EIGHT'));
  });

  it('are a person’s once they push, who is told so once', async () => {
    const s = await open(['a']);
    await s.run([s.fix('a')]);
    const theirs = s.shop.push(s.branch('a'), { files: { 'mine.txt': 'mine\n' } });
    const fixes = [s.fix('a')];
    for (const _ of [1, 2, 3]) expect((await s.run(fixes)).items[0]?.action).toBe('hand-over');
    expect(s.shop.head(s.branch('a'))).toBe(theirs);
    expect(s.shop.pull(1).comments).toHaveLength(1);
  });

  it('stay closed, until the dashboard is ticked', async () => {
    const s = await open(['a']);
    await s.run([s.fix('a')]);
    s.shop.close(1);
    expect(said(await s.run([s.fix('a')]))).toEqual(['ignore: #1 was closed without merging it']);
    expect(s.pulls('a')).toHaveLength(1);
    s.shop.tick(s.dashboard?.number ?? 0, 'reopen');
    expect((await s.run([s.fix('a')])).items[0]?.action).toBe('reopen');
    expect(s.shop.pull(1).state).toBe('open');
  });

  it('are closed with their branch once their finding is gone', async () => {
    const s = await open(['a']);
    await s.run([s.fix('a')]);
    const branch = s.branch('a');
    expect(said(await s.run([]))).toEqual(['close: its finding is gone']);
    expect(s.shop.pull(1)).toMatchObject({ state: 'closed', comments: [expect.anything()] });
    expect(s.shop.head(branch)).toBeNull();
    expect(said(await s.run([s.fix('a')]))).toEqual(['open: came back after #1']);
  });

  it('come back after a merge that was undone', async () => {
    const s = await open(['a']);
    const fix = s.fix('a');
    await s.run([fix]);
    s.shop.setDraft(1, false);
    await s.shop.merge(1, { method: 'squash' });
    s.shop.push('main', { files: { 'src/a.txt': text } });
    expect(said(await s.run([fix]))).toEqual(['open: came back after #1']);
    expect(s.shop.read(s.branch('a'), 'src/a.txt')?.toString()).toBe(mended);
  });

  it('wait in the dashboard where the token may not push workflows', async () => {
    const path = '.github/workflows/ci.yml';
    const s = await open([], { files: { [path]: text } });
    const edits = [{ path, before: text, after: mended }];
    const outcome = await s.run([s.fix('a', { capability: 'fix-workflows', edits })]);
    expect(said(outcome)).toEqual([
      `hold: the token may not push ${path}: an App token with the permission workflows can`,
    ]);
    expect(s.dashboard?.body).toContain('+TWO');
    expect(s.shop.branches()).not.toContain('cortex/development-master');
  });

  it('are held with what to change where Actions may not open pull requests', async () => {
    const s = await open(['a']);
    s.shop.settings.actionsMayOpenPullRequests = false;
    const outcome = await s.run([s.fix('a')]);
    expect(outcome.items[0]?.action).toBe('hold');
    s.shop.settings.actionsMayOpenPullRequests = true;
    expect(said(await s.run([s.fix('a')]))).toEqual(['open: goes on where an earlier run was cut off']);
    expect(s.pulls('a')).toHaveLength(1);
  });

  it('of a staged run are told and not written', async () => {
    const s = await open(['a']);
    s.fake.log.reset();
    const outcome = await s.run([s.fix('a')], { mode: 'staged' });
    expect(outcome.markdown).toContain('nothing was written');
    expect([s.fake.log.counts().write, s.fake.log.counts().mutation]).toEqual([0, 0]);
  });
});

describe('the dashboard on GitHub', () => {
  it('is known without its label, which it gets back', async () => {
    const s = await open(['a']);
    await s.run([s.fix('a')]);
    s.dashboard?.labels.clear();
    await s.run([s.fix('a')]);
    expect(s.shop.issues().map(labelsOf)).toEqual([['cortex-dashboard']]);
  });

  it('keeps the queue of another plan, and a tick that is set while a run goes on', async () => {
    const s = await open(['a', 'b']);
    const pulls = { pace: { start: 1, days: 7 } };
    await s.run([s.fix('a'), s.fix('b')], { pulls });
    const host = {
      ...s.door,
      readTree: (...asked: Parameters<typeof s.door.readTree>) => {
        s.shop.tick(s.dashboard?.number ?? 0, 'open ');
        return s.door.readTree(...asked);
      },
    };
    await s.run([s.fix('a')], { plan: 'weekly', pulls, host });
    expect(s.dashboard?.body.match(/- \[x\] <!-- cortex:box open /g)).toHaveLength(1);
    expect((await s.run([s.fix('a'), s.fix('b')], { pulls })).counts.opened).toBe(1);
  });
});

describe('a limit of GitHub', () => {
  it('is waited out', async () => {
    const s = await open(['a', 'b']);
    s.fake.faults.next(
      { secondaryLimit: { status: 403, retryAfterSeconds: 60 } },
      { kind: 'any-write', skip: 2, times: 1 },
    );
    const outcome = await s.run([s.fix('a'), s.fix('b')]);
    expect(outcome.counts.opened).toBe(2);
    expect([s.pulls('a'), s.pulls('b')].map((all) => all.length)).toEqual([1, 1]);
  });

  it('beyond all patience ends the run, and the next one goes on', async () => {
    const s = await open(['a', 'b']);
    const lift = s.fake.faults.next(
      { secondaryLimit: { status: 403, retryAfterSeconds: 3600 } },
      { kind: 'any-write', skip: 7 },
    );
    const outcome = await s.run([s.fix('a'), s.fix('b')]);
    expect(outcome.stopped).toMatchObject({ code: 'github-rate-limited', retryable: true });
    expect(outcome.counts.opened).toBe(1);
    lift();
    const next = await s.run([s.fix('a'), s.fix('b')]);
    expect(next.stopped).toBeNull();
    expect([s.pulls('a'), s.pulls('b')].map((all) => all.length)).toEqual([1, 1]);
  });
});

describe('a question', () => {
  it('stands on the dashboard once, and the first answer by the right role counts', async () => {
    const s = await open(['a']);
    const asked = {
      execution: 'CORTEX-EXEC-2026-11-20-130000',
      question: 'go-on',
      master: 'coordinator-master' as const,
      severity: 'high' as const,
      issue: 'Is it right?',
      options: ['proceed', 'stop'],
      recommendation: 'Proceed.',
      raisedAt: '2026-11-20T13:00:00.000Z',
    };
    await s.run([], { questions: [asked] });
    await s.run([], { questions: [asked] });
    const number = s.dashboard?.number ?? 0;
    expect(s.shop.thread(number).comments).toHaveLength(1);
    s.shop.comment(number, '/cortex answer go-on 2', 'eve');
    s.shop.comment(number, '/cortex answer go-on proceed', 'ada');
    const outcome = await s.run([], { questions: [asked] });
    expect(outcome.answers).toEqual([expect.objectContaining({ question: 'go-on', choice: 'proceed', by: 'ada' })]);
    expect(s.shop.thread(number).comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('Answered: **proceed**'),
      '/cortex answer go-on 2',
      '/cortex answer go-on proceed',
      expect.stringContaining('does not count'),
    ]);
    await s.run([], { questions: [asked] });
    expect(s.shop.thread(number).comments).toHaveLength(4);
  });
});

describe('a run that is cut off at any write', () => {
  it.each(['reset', 'lost-answer'] as const)(
    'is gone on with by the next one (%s)',
    { timeout: 120_000 },
    async (how) => {
      for (let writes = 0; ; writes += 1) {
        const s = await open(['a', 'b']);
        const fixes = [s.fix('a'), s.fix('b')];
        // What is gone on with: one to update, one to open.
        await s.run([s.fix('a')]);
        s.shop.push('main', { files: { 'src/a.txt': text.replace('eight', 'EIGHT') } });
        const lift = s.fake.faults.killAfterWrites(writes, how === 'lost-answer' ? how : undefined);
        const cut = await s.run(fixes, { host: openDoor(s.fake, { tries: 1 }) }).catch(() => undefined);
        const wasCut = s.fake.faults.served() > 0;
        lift();
        await s.run(fixes);
        expect(
          [s.pulls('a'), s.pulls('b')].map((all) => all.length),
          `cut after ${writes} writes`,
        ).toEqual([1, 1]);
        expect(s.shop.read(s.branch('a'), 'src/a.txt')?.toString()).toBe(mended.replace('eight', 'EIGHT'));
        expect(s.shop.read(s.branch('b'), 'src/b.txt')?.toString()).toBe(mended);
        expect(s.shop.pulls().map(labelsOf)).toEqual([['cortex'], ['cortex']]);
        expect(s.shop.issues()).toHaveLength(1);
        expect(s.shop.pulls().flatMap((each) => each.comments)).toEqual([]);
        await s.fake.close();
        expect(s.fake.violations).toEqual([]);
        story = undefined;
        if (!wasCut && cut !== undefined) break;
      }
    },
  );
});

describe('a hundred changes', () => {
  it('cost six requests each at most, all reads included', { timeout: 120_000 }, async () => {
    const names = Array.from({ length: 100 }, (_, index) => `f${index}`);
    const s = await open(names, { files: { CODEOWNERS: '* @ada\n' } });
    s.fake.log.reset();
    const outcome = await s.run(
      names.map((name) => s.fix(name)),
      { pulls: { max: 100, perRun: 100, pace: { start: 100, days: 7 } } },
    );
    expect(outcome.counts.opened).toBe(100);
    const { total } = s.fake.log.counts();
    expect(total / 100, JSON.stringify(s.fake.log.counts())).toBeLessThanOrEqual(6);
  });
});
