import { describe, expect, it } from 'vitest';
import { MemoryHost, Killed, type Fault } from '../../support/publish/publish-host.ts';
import { Story, text, type RunWish } from '../../support/publish/story.ts';
import { findingOf, type Proposal } from '../../support/publish/proposals.ts';
import { alwaysTrue } from './lifecycle.ts';

/** A run that has something of each kind to write, and the past that it needs. */
interface Plot {
  readonly name: string;
  readonly before: (story: Story) => Promise<void>;
  readonly run: (story: Story) => readonly Proposal[];
  readonly wish?: RunWish;
}

const nothing = (): Promise<void> => Promise.resolve();

const plots: readonly Plot[] = [
  { name: 'opens three', before: nothing, run: (s) => s.fixes('a', 'b', 'c') },
  { name: 'opens a group', before: nothing, run: (s) => s.fixes('a', 'b'), wish: { pulls: { group: 'capability' } } },
  {
    name: 'updates one, closes one, speaks to one and opens one',
    before: async (s) => {
      await s.run(s.fixes('a', 'b', 'c'));
      s.people.push('main', { 'src/a.txt': text.replace('eight', 'EIGHT') });
      s.people.push(s.branch('c'), { 'person.txt': 'p' }, `person on ${s.branch('c')}`);
    },
    run: (s) => s.fixes('a', 'c', 'd'),
  },
  {
    name: 'takes one over, reopens one and learns of one',
    before: async (s) => {
      await s.run(s.fixes('a', 'b', 'c'));
      s.people.push(s.branch('a'), { 'person.txt': 'p' }, `person on ${s.branch('a')}`);
      s.people.close(s.number('b'));
      s.people.close(s.number('c'));
      await s.run(s.fixes('a', 'b', 'c'));
      s.tick('take-over ');
      s.tick(`reopen ${s.branch('b').slice(26, 38)}`);
      s.tick(`reason ${s.branch('c').slice(26, 38)} wrong`);
    },
    run: (s) => s.fixes('a', 'b', 'c'),
  },
  {
    name: 'closes what the base has, and what came back',
    before: async (s) => {
      await s.run(s.fixes('a', 'b'));
      s.people.merge(s.number('b'), { keepsBranch: true });
      s.people.push('main', { 'src/a.txt': text.replace('two', 'TWO'), 'src/b.txt': text });
      s.on = s.head('main');
      s.people.pass();
    },
    run: (s) => [
      s.fix('a', { edits: [{ path: 'src/a.txt', before: text, after: text.replace('two', 'TWO') }] }),
      s.fix('b'),
    ],
  },
  {
    name: 'closes one that another one replaces, on the same path',
    before: async (s) => void (await s.run(s.fixes('a'))),
    run: (s) => {
      const side = { findings: 1, evidence: 'e'.repeat(64) };
      const after = { ...side, findings: 0 };
      const proof = { tool: 'test', before: side, after, gone: [findingOf('a')], introduced: [] };
      return [s.fix('b', { path: 'src/a.txt', change: { proof } })];
    },
  },
  {
    name: 'asks a question',
    before: nothing,
    run: (s) => s.fixes('a'),
    wish: {
      questions: [
        {
          execution: 'CORTEX-EXEC-1',
          question: 'E-1',
          master: 'cicd-master',
          severity: 'high',
          issue: 'i',
          options: ['x'],
          recommendation: 'x',
          raisedAt: '',
        },
      ],
    },
  },
];

/** All that people can see, without what tells when or by which commit it came about. */
function shape({ memory }: Story) {
  const tree = (branch: string) => {
    const sha = memory.git.branches.get(branch);
    return sha === undefined
      ? null
      : Object.fromEntries([...memory.git.treeAt(sha)].map(([path, file]) => [path, file.content]));
  };
  const { threads } = memory;
  return {
    branches: [...memory.git.branches.keys()].toSorted().map((name) => [name, tree(name)]),
    pulls: threads.pulls
      .map((pull) => ({
        branch: pull.branch,
        state: pull.state,
        title: pull.title,
        labels: pull.labels,
        draft: pull.isDraft,
        comments: threads.commentsOf(pull.number).length,
      }))
      .toSorted((a, b) => `${a.branch}${a.state}`.localeCompare(`${b.branch}${b.state}`)),
    issues: threads.issues.map((issue) => ({
      state: issue.state,
      ticks: issue.body.match(/\[x\]/g)?.length ?? 0,
      comments: threads.commentsOf(issue.number).length,
    })),
  };
}

async function played(
  plot: Plot,
  fault: (count: number) => Fault | undefined,
): Promise<{ readonly story: Story; readonly writes: number; readonly wasKilled: boolean }> {
  const story = new Story();
  await plot.before(story);
  const begun = story.memory.writes.length;
  let count = 0;
  story.memory.fault = () => fault((count += 1));
  const input = story.input(plot.run(story), plot.wish);
  const { publishChanges } = await import('../../../src/report/publish/publish-changes.ts');
  let wasKilled = false;
  await publishChanges(input).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
    wasKilled = true;
  });
  const writes = story.memory.writes.length - begun;
  story.memory.fault = () => undefined;
  if (wasKilled) await publishChanges(input);
  return { story, writes, wasKilled };
}

describe('a run that is killed between any two writes', () => {
  it.each(plots)('and run again leaves what an undisturbed one does: $name', async (plot) => {
    const whole = await played(plot, () => undefined);
    expect(whole.writes).toBeGreaterThan(3);
    const expected = shape(whole.story);
    for (let at = 1; at <= whole.writes; at += 1) {
      for (const how of ['before', 'after'] as const) {
        const cut = await played(plot, (count) => (count === at ? how : undefined));
        expect(cut.wasKilled, `${how} write ${at}`).toBe(true);
        expect(shape(cut.story), `${how} write ${at}`).toEqual(expected);
        alwaysTrue(cut.story);
      }
    }
  });

  it.each(plots)('again and again gets to the same end: $name', async (plot) => {
    const whole = await played(plot, () => undefined);
    const story = new Story();
    await plot.before(story);
    const input = story.input(plot.run(story), plot.wish);
    const { publishChanges } = await import('../../../src/report/publish/publish-changes.ts');
    for (let tries = 0; tries < 100; tries += 1) {
      let count = 0;
      // Each life gets one write further than nothing, and every third one two.
      story.memory.fault = () => ((count += 1) > 1 + (tries % 3 === 0 ? 1 : 0) ? 'before' : undefined);
      const isDone = await publishChanges(input).then(
        () => true,
        () => false,
      );
      if (isDone) break;
    }
    story.memory.fault = () => undefined;
    await publishChanges(input);
    expect(shape(story)).toEqual(shape(whole.story));
  });

  it.each(plots)('does nothing more once it is done: $name', async (plot) => {
    const { story } = await played(plot, () => undefined);
    const before = story.memory.writes.length;
    const numbers = story.memory.threads.pulls.map(({ number, state }) => [number, state]);
    await story.run(plot.run(story), { ...plot.wish, again: true });
    expect(story.memory.writes.slice(before).filter((write) => write !== 'writeIssue')).toEqual([]);
    expect(story.memory.threads.pulls.map(({ number, state }) => [number, state])).toEqual(numbers);
  });
});

describe('the host in memory', () => {
  it('loses a write that it is killed before, and keeps one that it is killed after', async () => {
    for (const how of ['before', 'after'] as const) {
      const memory = new MemoryHost();
      memory.fault = () => how;
      await expect(
        memory.host.writeIssue({ number: null, title: 't', body: '', labels: [], state: 'open' }),
      ).rejects.toBeInstanceOf(Killed);
      expect(memory.threads.issues).toHaveLength(how === 'before' ? 0 : 1);
    }
  });
});
