import { describe, expect, it } from 'vitest';
import { emptyState, seenDashboard } from '../../../src/report/publish/world/dashboard-state.ts';
import { canonicalJson, sha256 } from '../../../src/shared/canonical.ts';
import { writeMarker } from '../../../src/shared/marker.ts';
import { ours } from '../../support/publish/publish-host.ts';
import type { Proposal } from '../../support/publish/proposals.ts';
import { Story, text, type RunWish } from '../../support/publish/story.ts';
import { lifecycle, pushTo, type Case } from './lifecycle.ts';

const day = 24 * 60 * 60 * 1000;
/** One open at a time: what is more waits in the queue. */
const pulls = { pace: { start: 1, days: 7 } };
const nightly: RunWish = { plan: 'nightly', pulls };
const weekly: RunWish = { plan: 'weekly', pulls };

const bodyOf = (story: Story): string => story.dashboard?.body ?? '';
const linesWith = (story: Story, part: string): readonly string[] =>
  bodyOf(story)
    .split('\n')
    .filter((line) => line.includes(part) && !line.startsWith('<!--'));
const boxes = (story: Story, name: string): readonly string[] => linesWith(story, `<!-- cortex:box ${name} `);
const ticked = (lines: readonly string[]): number => lines.filter((line) => line.startsWith('- [x]')).length;
const memoryOf = (story: Story) => {
  const issues = story.memory.threads.issues.map((issue) => ({ ...issue, comments: [] }));
  return seenDashboard({ issues }, ours);
};

const workflow = '.github/workflows/ci.yml';
const withWorkflow = { [workflow]: text };
const mayNotPush = { ...ours, mayWriteWorkflows: false };
const workflowFix = (s: Story, edits?: Parameters<Story['fix']>[1]) =>
  s.fix('w', { path: workflow, capability: 'fix-workflows', ...edits });

const three = (s: Story): readonly Proposal[] => [s.fix('a', { severity: 'high' }), s.fix('b'), s.fix('c')];

/** Of three, a is open and the others wait, by the plan nightly; then time passes. */
async function queued(s: Story): Promise<string> {
  await s.run(three(s), nightly);
  const since = new Date(s.memory.now).toISOString().slice(0, 10);
  s.people.pass(3 * day);
  return since;
}

const twoPlans: readonly Case[] = [
  {
    it: 'keep the queue of each other, and since when it waits',
    story: async (s) => {
      const since = await queued(s);
      const outcome = await s.run([], weekly);
      expect(boxes(s, 'open')).toHaveLength(2);
      for (const line of boxes(s, 'open')) expect(line).toContain(`waits since ${since}`);
      return outcome;
    },
    ends: { a: 'leave: it belongs to plan nightly' },
  },
  {
    it: 'go on waiting since then once their own plan runs again',
    story: async (s) => {
      const since = await queued(s);
      await s.run([], weekly);
      const outcome = await s.run(three(s), nightly);
      for (const line of boxes(s, 'open')) expect(line).toContain(`waits since ${since}`);
      return outcome;
    },
    ends: { a: 'keep', b: 'queue', c: 'queue' },
    and: (s) => expect(boxes(s, 'open')).toHaveLength(2),
  },
  {
    it: 'leave the ticks in the queue of the other one, which acts on them',
    story: async (s) => {
      await queued(s);
      expect(s.tick('open ')).toBe(2);
      await s.run([], weekly);
      expect(ticked(boxes(s, 'open'))).toBe(2);
      return s.run(three(s), nightly);
    },
    ends: { a: 'keep', b: 'open: new', c: 'open: new' },
    and: (s, outcome) => {
      expect(outcome.counts.opened).toBe(2);
      expect(boxes(s, 'open')).toEqual([]);
    },
  },
  {
    it: 'let a tick in the queue of the other one be taken back',
    story: async (s) => {
      await queued(s);
      s.tick('open ');
      await s.run([], weekly);
      const { dashboard } = s;
      if (dashboard) dashboard.body = dashboard.body.replaceAll('- [x]', '- [ ]');
      return s.run(three(s), nightly);
    },
    ends: { a: 'keep', b: 'queue', c: 'queue' },
    and: (_, outcome) => expect(outcome.counts.opened).toBe(0),
  },
  {
    it: 'leave what the other one has handed over, with its tick, and the other one takes it over',
    story: async (s) => {
      await s.run(s.fixes('a'), nightly);
      pushTo(s, 'a');
      await s.run(s.fixes('a'), nightly);
      expect(s.tick('take-over ')).toBe(1);
      await s.run([], weekly);
      expect(ticked(boxes(s, 'take-over'))).toBe(1);
      return s.run(s.fixes('a'), nightly);
    },
    ends: { a: 'update: taken over again, as the dashboard was asked to' },
    and: (s) => expect(boxes(s, 'take-over')).toEqual([]),
  },
  {
    it: 'say what was handed over once, and not as open beside it',
    story: async (s) => {
      await s.run(s.fixes('a'), nightly);
      pushTo(s, 'a');
      await s.run(s.fixes('a'), nightly);
      return s.run([], weekly);
    },
    ends: { a: 'leave: it belongs to plan nightly' },
    and: (s) => expect(linesWith(s, `#${s.number('a')} `)).toHaveLength(1),
  },
  {
    it: 'forget what the other one has handed over once it is merged',
    story: async (s) => {
      await s.run(s.fixes('a'), nightly);
      pushTo(s, 'a');
      await s.run(s.fixes('a'), nightly);
      s.people.merge(s.number('a'));
      return s.run([], weekly);
    },
    ends: {},
    and: (s) => expect(boxes(s, 'take-over')).toEqual([]),
  },
  {
    it: 'keep what the other one holds, with the one copy of its patch',
    files: withWorkflow,
    identity: mayNotPush,
    story: async (s) => {
      await s.run([workflowFix(s)], nightly);
      return s.run([], weekly);
    },
    ends: {},
    and: (s) => {
      expect(linesWith(s, 'the token may not push')).toHaveLength(1);
      expect(bodyOf(s)).toContain('+TWO');
    },
  },
  {
    it: 'say where the whole patch is where there is no room to keep it',
    files: { [workflow]: 'name: ci\n' },
    identity: mayNotPush,
    story: async (s) => {
      const after = `name: ci\n${Array.from({ length: 2000 }, (_, index) => `# ${sha256(String(index))}\n`).join('')}`;
      const edits = [{ path: workflow, before: 'name: ci\n', after }];
      const policy = { size: { files: 50, lines: 5000 } };
      const change = { pullRequest: { branchSlug: 'w', title: 'fix: mend w', body: '' } };
      const wishes = ['w', 'x', 'y'].map((name) => s.fix(name, { edits, capability: 'fix-workflows', change }));
      await s.run(wishes, { ...nightly, policy });
      return s.run([], weekly);
    },
    ends: {},
    and: (s) => {
      const lines = linesWith(s, 'the token may not push');
      expect(lines).toHaveLength(3);
      for (const line of lines) expect(line).toMatch(/on the results branch, in `coordination\/archives\/CORTEX-EXEC-/);
      expect(lines.filter((line) => line.includes('Its patch is on the results branch'))).not.toEqual([]);
      expect(memoryOf(s).memory).toBe('kept');
    },
  },
  {
    it: 'replace what is their own',
    story: async (s) => {
      await queued(s);
      await s.run([], weekly);
      return s.run(three(s).slice(0, 2), nightly);
    },
    ends: { a: 'keep', b: 'queue' },
    and: (s) => expect(boxes(s, 'open')).toHaveLength(1),
  },
  {
    it: 'are named where both have something that waits',
    story: async (s) => {
      await queued(s);
      expect(bodyOf(s)).not.toContain('of plan `nightly`');
      return s.run(s.fixes('d'), weekly);
    },
    ends: { d: 'queue', a: 'leave: it belongs to plan nightly' },
    and: (s) => {
      const named = boxes(s, 'open').map((line) => /of plan `(\w+)`/.exec(line)?.[1]);
      expect(named.filter((name) => name === 'nightly')).toHaveLength(2);
      expect(named.filter((name) => name === 'weekly')).toHaveLength(1);
    },
  },
  {
    it: 'have one box for a change that both have',
    story: async (s) => {
      const since = await queued(s);
      const outcome = await s.run(three(s), weekly);
      expect(boxes(s, 'open')).toHaveLength(2);
      for (const line of boxes(s, 'open')) expect(line).toContain(`waits since ${since}`);
      return outcome;
    },
    ends: { a: 'keep', b: 'queue', c: 'queue' },
  },
  {
    it: 'no longer wait for what the other one has opened',
    story: async (s) => {
      await queued(s);
      return s.run(three(s), { plan: 'weekly' });
    },
    ends: { a: 'keep', b: 'open: new', c: 'open: new' },
    and: (s, outcome) => {
      expect(outcome.counts.opened).toBe(2);
      expect(boxes(s, 'open')).toEqual([]);
      expect(memoryOf(s).state.plans.flatMap(({ waiting, since }) => [...waiting, ...Object.keys(since)])).toEqual([]);
    },
  },
  {
    it: 'keep what people closed of the other one, though a task of that name has ended, and its tick',
    story: async (s) => {
      await s.run(s.fixes('a'), nightly);
      s.people.close(s.number('a'), { deletesBranch: true });
      await s.run(s.fixes('a'), nightly);
      expect(s.tick('reopen ')).toBe(1);
      await s.run([], weekly);
      expect(ticked(boxes(s, 'reopen'))).toBe(1);
      return s.run(s.fixes('a'), { ...nightly, pulls: { pace: { start: 0, days: 7 } } });
    },
    ends: { a: 'open: came back after #1' },
    and: (s) => expect(boxes(s, 'reopen')).toEqual([]),
  },
  {
    it: 'learn at once why something of the other one was closed',
    story: async (s) => {
      await s.run(s.fixes('a'), nightly);
      s.people.close(s.number('a'));
      await s.run(s.fixes('a'), nightly);
      const id = /cortex:box reopen (\w+)/.exec(bodyOf(s))?.[1] ?? '';
      expect(s.tick(`reason ${id} wrong`)).toBe(1);
      return s.run([], weekly);
    },
    ends: {},
    and: (s, outcome) => {
      expect(outcome.lessons.map(({ reason }) => reason)).toEqual(['wrong']);
      expect(bodyOf(s).match(/\[x\]/g)).toBeNull();
      expect(boxes(s, 'reopen')[0]).toContain('it is wrong');
    },
  },
  {
    it: 'are forgotten where they have not run for a hundred and twenty days',
    story: async (s) => {
      await queued(s);
      s.people.pass(115 * day);
      await s.run([], weekly);
      expect(boxes(s, 'open')).toHaveLength(2);
      s.people.pass(3 * day);
      return s.run([], weekly);
    },
    ends: { a: 'leave: it belongs to plan nightly' },
    and: (s) => expect(boxes(s, 'open')).toEqual([]),
  },
  {
    it: 'keep what waits of their newest execution where an older one comes late',
    story: async (s) => {
      await queued(s);
      await s.run([], weekly);
      return s.run(s.fixes('d'), { ...nightly, execution: 'CORTEX-EXEC-2026-11-01-000000' });
    },
    ends: { d: 'hold: a later execution has been here', a: 'leave: a later execution has been here' },
    and: (s) => expect(memoryOf(s).state.plans.find(({ name }) => name === 'nightly')?.waiting).toHaveLength(2),
  },
  {
    it: 'keep no secret of a run in what they remember',
    story: async (s) => {
      const secret = s.fix('d', { change: { title: 'Mend s3cret' } });
      const mask = (shown: string): string => shown.replaceAll('s3cret', '***');
      await s.run(
        [{ ...secret, change: { ...secret.change, pullRequest: { branchSlug: 'd', title: 'fix: s3cret', body: '' } } }],
        {
          ...nightly,
          mask,
        },
      );
      return s.run([], weekly);
    },
    ends: {},
    and: (s) => {
      expect(linesWith(s, 'fix: \\*\\*\\*')).toHaveLength(1);
      expect(bodyOf(s)).not.toContain('s3cret');
    },
  },
];

lifecycle('plans that share a repository', twoPlans);

describe('what waits of several plans', () => {
  const many = (s: Story, from: number, count: number) =>
    Array.from({ length: count }, (_, index) =>
      s.fix(`n${from + index}`, { path: `src/n${from + index}.txt`, severity: index % 2 === 0 ? 'high' : 'low' }),
    );

  it('stays within the limits of a body, says what it leaves out, and knows every tick', async () => {
    const s = new Story();
    await s.run(many(s, 0, 150), nightly);
    const { dashboard } = s;
    const [last = ''] = boxes(s, 'open').slice(-1);
    if (dashboard) dashboard.body = dashboard.body.replace(last, last.replace('- [ ]', '- [x]'));
    const id = /cortex:box open (\w+)/.exec(last)?.[1] ?? '';
    await s.run(many(s, 200, 150), weekly);
    await s.run(many(s, 400, 150), { ...weekly, plan: 'monthly' });
    expect(bodyOf(s).length).toBeLessThanOrEqual(60_000);
    expect(memoryOf(s).memory).toBe('kept');
    expect(boxes(s, `open ${id}`)).toEqual([]);
    expect(linesWith(s, 'had no room here')).toHaveLength(2);
    expect(new Set(boxes(s, 'open').map((line) => /of plan `(\w+)`/.exec(line)?.[1]))).toEqual(
      new Set(['nightly', 'weekly', 'monthly']),
    );
    const outcome = await s.run(many(s, 0, 150), nightly);
    expect(outcome.items.filter(({ action }) => action === 'open').map((item) => item.id)).toEqual([id]);
  });

  it('is read from the memory of an older version', async () => {
    const s = new Story();
    await queued(s);
    const { state } = memoryOf(s);
    const { plans, ...rest } = state;
    const since = Object.fromEntries(Object.keys(plans[0]?.since ?? {}).map((id) => [id, '2026-01-02T00:00:00.000Z']));
    const younger = new Set(['startedAt', 'base']);
    const old: unknown = JSON.parse(canonicalJson({ ...rest, since } as never), (key, value: unknown) =>
      younger.has(key) ? undefined : value,
    );
    const { dashboard } = s;
    if (dashboard) dashboard.body = `# Cortex dashboard\n\n${writeMarker('dashboard', old as never)}`;
    expect(memoryOf(s)).toMatchObject({ memory: 'kept', state: { plans: [{ name: 'nightly', since, waiting: [] }] } });
    await s.run([], weekly);
    await s.run(three(s), nightly);
    expect(boxes(s, 'open')).toHaveLength(2);
    for (const line of boxes(s, 'open')) expect(line).toContain('waits since 2026-01-02');
  });

  it('is lost with a memory that was damaged, which is said', async () => {
    const s = new Story();
    await queued(s);
    const { dashboard } = s;
    if (dashboard) dashboard.body = dashboard.body.replace('"told":[]', '"told":[7]');
    await s.run([], weekly);
    expect(linesWith(s, 'comes back with their next runs')).toHaveLength(1);
    expect(memoryOf(s).state).toMatchObject({
      ...emptyState,
      plans: [{ name: 'weekly' }],
      runs: [{ plan: 'weekly' }],
      dressed: [1],
    });
  });
});

const twoBases: readonly Case[] = [
  {
    it: 'keep their queues apart, and are named',
    story: async (s) => {
      await queued(s);
      s.people.push('release', { 'release.txt': 'r\n' });
      return s.run(s.fixes('b'), { ...nightly, base: 'release' });
    },
    ends: { a: 'leave', b: 'queue' },
    and: (s) => {
      expect(boxes(s, 'open')).toHaveLength(3);
      expect(boxes(s, 'open').filter((line) => line.includes('of plan `nightly` on `release`'))).toHaveLength(1);
    },
  },
  {
    it: 'are no reason for an execution into the other one to hold back',
    story: async (s) => {
      s.people.push('release', { 'release.txt': 'r\n' });
      await s.run(s.fixes('b'), { base: 'release', execution: 'CORTEX-EXEC-2026-12-01-000000' });
      return s.run(s.fixes('a'), { execution: 'CORTEX-EXEC-2026-11-30-000000' });
    },
    ends: { a: 'open: new', b: 'leave: it was opened for release' },
  },
];

lifecycle('two bases of one plan', twoBases);

const byTime: readonly Case[] = [
  {
    it: 'go on after one with an id that somebody made up',
    story: async (s) => {
      await s.run(s.fixes('a'), { execution: 'CORTEX-EXEC-TEST' });
      s.people.push('main', { 'src/a.txt': text.replace('eight', 'EIGHT') });
      return s.run(s.fixes('a'));
    },
    ends: { a: 'update: its files are not what they should be now' },
  },
  {
    it: 'close what one with an id that somebody made up has opened, once it is gone',
    story: async (s) => {
      await s.run(s.fixes('a'), { execution: 'CORTEX-EXEC-TEST' });
      return s.run([]);
    },
    ends: { a: 'close: its finding is gone' },
  },
  {
    it: 'stay behind a newer one whose id somebody made up',
    story: async (s) => {
      await s.run(s.fixes('a'), { execution: 'CORTEX-EXEC-0' });
      return s.run([], { execution: 'CORTEX-EXEC-2026-11-20-000000' });
    },
    ends: { a: 'leave: a later execution has been here' },
  },
  {
    it: 'go on after one of an older version whose id has no date',
    story: async (s) => {
      await s.run(s.fixes('a'), { execution: 'CORTEX-EXEC-TEST' });
      forgetStarts(s);
      return s.run([]);
    },
    ends: { a: 'close: its finding is gone' },
  },
  {
    it: 'stay behind one of an older version by the date in its id',
    story: async (s) => {
      await s.run(s.fixes('a'));
      forgetStarts(s);
      return s.run([], { execution: 'CORTEX-EXEC-2026-11-01-000000' });
    },
    ends: { a: 'leave: a later execution has been here' },
  },
  {
    it: 'stand in the order in which they began',
    story: async (s) => {
      await s.run(s.fixes('a'), { execution: 'CORTEX-EXEC-TEST' });
      await s.run(s.fixes('a'));
      return s.run(s.fixes('a'), { execution: 'CORTEX-EXEC-AAA' });
    },
    ends: { a: 'keep: nothing to change' },
    and: (s) => {
      const names = memoryOf(s).state.runs.map(({ execution }) => execution.slice(12, 16));
      expect(names).toEqual(['AAA', '2026', 'TEST']);
    },
  },
  {
    it: 'know the newest one of a plan that has run seldom',
    story: async (s) => {
      await s.run(s.fixes('b'), { plan: 'weekly' });
      for (let runs = 0; runs < 12; runs += 1) await s.run([], nightly);
      return s.run(s.fixes('a'), { plan: 'weekly', execution: 'CORTEX-EXEC-2026-11-01-000000' });
    },
    ends: { a: 'hold: a later execution has been here', b: 'leave: a later execution has been here' },
  },
];

/** As an older version has written it: no marker and no run says when its execution began. */
function forgetStarts({ memory }: Story): void {
  const without = (body: string): string =>
    body.replace(/<!-- cortex:(pull-request|dashboard) v1 [0-9a-f]+ (.*) -->/, (_, kind: string, json: string) => {
      const data: unknown = JSON.parse(json, (key, value: unknown) => (key === 'startedAt' ? undefined : value));
      return writeMarker(kind, data as never);
    });
  for (const thread of [...memory.threads.pulls, ...memory.threads.issues]) thread.body = without(thread.body);
}

lifecycle('executions', byTime);

const theDashboard: readonly Case[] = [
  {
    it: 'is the same one where somebody has taken its label off, and gets the label back',
    story: async (s) => {
      await s.run(s.fixes('a'));
      for (const issue of s.memory.threads.issues) issue.labels = ['mine'];
      return s.run(s.fixes('a', 'b'));
    },
    ends: { a: 'keep', b: 'open: new' },
    and: (s) => expect(s.memory.threads.issues.map(({ labels }) => labels)).toEqual([['mine', 'cortex-dashboard']]),
  },
  {
    it: 'gets its label back where its text stays the same',
    story: async (s) => {
      await s.run(s.fixes('a'));
      await s.run(s.fixes('a'), { again: true });
      for (const issue of s.memory.threads.issues) issue.labels = [];
      return s.run(s.fixes('a'), { again: true });
    },
    ends: { a: 'keep' },
    and: (s) => expect(s.memory.threads.issues.map(({ labels }) => labels)).toEqual([['cortex-dashboard']]),
  },
  {
    it: 'keeps a tick that was set while a run that writes nothing else went on',
    story: async (s) => {
      await queued(s);
      const { host } = s.memory;
      const readTree: typeof host.readTree = (...asked) => {
        s.tick('open ');
        return host.readTree(...asked);
      };
      await s.run(three(s), { ...nightly, host: { ...host, readTree } });
      expect(ticked(boxes(s, 'open'))).toBe(2);
      return s.run(three(s), nightly);
    },
    ends: { a: 'keep', b: 'open: new', c: 'open: new' },
    and: (s, outcome) => {
      expect(outcome.counts.opened).toBe(2);
      expect(bodyOf(s).match(/\[x\]/g)).toBeNull();
    },
  },
  {
    it: 'keeps a tick that was set after the last look of a run that has written',
    story: async (s) => {
      await queued(s);
      const { host } = s.memory;
      let looks = 0;
      const look: typeof host.look = async (asked) => {
        const view = await host.look(asked);
        looks += 1;
        if (looks === 2) s.tick('open ');
        return view;
      };
      s.people.push('main', { 'src/a.txt': text.replace('eight', 'EIGHT') });
      const outcome = await s.run(three(s), { ...nightly, host: { ...host, look } });
      expect(looks).toBe(2);
      return outcome;
    },
    ends: { a: 'update', b: 'queue', c: 'queue' },
    and: (s) => expect(ticked(boxes(s, 'open'))).toBe(2),
  },
  {
    it: 'keeps what another run has written to it meanwhile',
    story: async (s) => {
      await s.run(s.fixes('a'), nightly);
      const { host } = s.memory;
      let isFirst = true;
      const readTree: typeof host.readTree = async (...asked) => {
        if (isFirst) {
          isFirst = false;
          await s.run(s.fixes('d'), weekly);
        }
        return host.readTree(...asked);
      };
      return s.run(s.fixes('a'), { ...nightly, host: { ...host, readTree } });
    },
    ends: { a: 'keep' },
    and: (s) => {
      expect(boxes(s, 'open')).toHaveLength(1);
      expect(
        memoryOf(s)
          .state.runs.map(({ plan }) => plan)
          .toSorted(),
      ).toEqual(['nightly', 'nightly', 'weekly']);
    },
  },
  {
    it: 'is made anew where somebody deletes it during a run',
    story: async (s) => {
      await s.run(s.fixes('a'));
      const { host } = s.memory;
      const readTree: typeof host.readTree = (...asked) => {
        s.memory.threads.issues.splice(0);
        return host.readTree(...asked);
      };
      return s.run(s.fixes('a'), { host: { ...host, readTree } });
    },
    ends: { a: 'keep' },
    and: (s) => expect(s.memory.threads.issues.map(({ state }) => state)).toEqual(['open']),
  },
];

lifecycle('the dashboard', theDashboard);
