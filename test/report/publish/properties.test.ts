import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPullMarker } from '../../../src/report/publish/world/pull-marker.ts';
import type { PublishOutcome } from '../../../src/report/publish/outcome.ts';
import { publishChanges } from '../../../src/report/publish/publish-changes.ts';
import { isTicked } from '../../../src/report/publish/world/boxes.ts';
import { seenDashboard } from '../../../src/report/publish/world/dashboard-state.ts';
import { ownWords } from '../../../src/report/publish/world/own-commit.ts';
import { boxOf } from '../../../src/report/publish/world/waiting.ts';
import { Killed } from '../../support/publish/publish-host.ts';
import type { Proposal } from '../../support/publish/proposals.ts';
import { Story, type RunWish } from '../../support/publish/story.ts';
import { alwaysTrue } from './lifecycle.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const lines = ['one', 'three', 'five', 'seven'];
const paths = ['src/a.txt', 'src/b.txt', 'src/c.txt'];

/** One thing that happens: a run, or something that people do to the pull request of a fix. */
const event = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('run' as const),
      fixes: fc.subarray(names),
      plan: fc.constantFrom('nightly', 'nightly', 'weekly'),
      group: fc.constantFrom('none' as const, 'none' as const, 'capability' as const),
      max: fc.integer({ min: 0, max: 4 }),
      perRun: fc.integer({ min: 0, max: 3 }),
      start: fc.integer({ min: 1, max: 3 }),
      partial: fc.boolean(),
      how: fc.constantFrom('before' as const, 'after' as const),
      dies: fc.option(fc.integer({ min: 1, max: 12 }), { freq: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constantFrom(
        'push' as const,
        'close' as const,
        'merge' as const,
        'squash' as const,
        'unmark' as const,
        'unlabel' as const,
        'retarget' as const,
      ),
      pick: fc.nat(20),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constantFrom('tick' as const, 'base' as const, 'rebase' as const, 'lose' as const),
      pick: fc.nat(20),
    }),
  },
);
type Event = Parameters<Parameters<typeof event.map>[0]>[0];

/** Where fixes lie is decided once: several of them on one path, a line each. */
function proposalsOf(story: Story, wanted: readonly string[]): readonly Proposal[] {
  return wanted.map((name) => {
    const at = names.indexOf(name);
    return story.fix(name, {
      path: paths[at % paths.length] ?? '',
      line: lines[Math.floor(at / paths.length)] ?? '',
      severity: at % 2 === 0 ? 'high' : 'low',
    });
  });
}

/** Who deletes a branch gives up what they pushed to it. */
function forget({ memory }: Story, branch: string): void {
  if (memory.git.branches.has(branch)) return;
  for (const [sha, commit] of memory.git.commits)
    if (commit.message === `person on ${branch}`) memory.git.commits.set(sha, { ...commit, message: 'given up' });
}

function happen(story: Story, { is, pick }: { readonly is: string; readonly pick: number }): void {
  const { people, memory } = story;
  const open = memory.threads.pulls.filter((pull) => pull.state === 'open' && memory.git.branches.has(pull.branch));
  const pull = open[pick % Math.max(1, open.length)];
  if (is === 'tick') story.tick(['open ', 'reopen ', 'take-over ', 'reason '][pick % 4] ?? '');
  else if (is === 'base') people.push('main', { 'src/a.txt': `${story.fileAt('main', 'src/a.txt') ?? ''}${pick}\n` });
  else if (is === 'rebase') story.rebase();
  else if (is === 'lose') memory.threads.issues.splice(pick % 3 === 0 ? 0 : 99);
  else if (pull === undefined) return;
  else if (is === 'push') people.push(pull.branch, { [`person-${pick}.txt`]: 'mine\n' }, `person on ${pull.branch}`);
  else if (is === 'close') people.close(pull.number, { deletesBranch: pick % 2 === 0 });
  else if (is === 'merge') people.merge(pull.number, { keepsBranch: pick % 2 === 0 });
  else if (is === 'squash') people.merge(pull.number, { how: 'squash', keepsBranch: pick % 2 === 0 });
  else if (is === 'unmark') pull.body = pick % 2 === 0 ? 'Mine' : pull.body.replace('"key"', '"kex"');
  else if (is === 'unlabel') pull.labels = [];
  else pull.base = 'release';
  if (pull !== undefined) forget(story, pull.branch);
}

/** What must not have changed: the commits of people on open branches, and what people closed. */
function before(story: Story, plan: string) {
  const { memory } = story;
  const ticked = story.dashboard?.body.match(/- \[x\] <!-- cortex:box [a-z-]+/g) ?? [];
  const isOpen = new Set(memory.threads.pulls.filter((pull) => pull.state === 'open').map((pull) => pull.branch));
  return {
    foreign: [...memory.git.branches].filter(
      ([name]) => isOpen.has(name) && ownWords(memory.git.head(name)) === undefined,
    ),
    open: memory.threads.pulls.filter((pull) => pull.state === 'open').length,
    takesOver: ticked.some((each) => each.endsWith('take-over')),
    asks: ticked.length > 0,
    main: story.head('main'),
    others: othersBoxes(story, plan),
  };
}

/** Boxes of what waits for other plans, and whether they are ticked. */
function othersBoxes({ dashboard, memory }: Story, plan: string): ReadonlyMap<string, boolean> {
  if (!dashboard) return new Map();
  const { state, ticks } = seenDashboard({ issues: [{ ...dashboard, comments: [] }] }, memory.identity);
  const waiting = state.plans.filter(({ name }) => name !== plan).flatMap((each) => each.waiting);
  return new Map(
    waiting.flatMap((item) => {
      const box = boxOf(item);
      return box === undefined ? [] : [[box, isTicked(ticks, box.split(' ')[0] ?? '', item.id)]];
    }),
  );
}

/** What waits for another plan, and was not touched by this run, waits still, ticked or not. */
function checkOthers(story: Story, was: ReturnType<typeof before>, outcome: PublishOutcome): void {
  const isOpen = (id: string): boolean =>
    story.memory.threads.pulls.some((pull) => pull.state === 'open' && pull.branch.includes(id));
  const touched = new Set(outcome.items.filter(({ action }) => action !== 'leave').map(({ id }) => id));
  for (const [box, isSet] of was.others) {
    const [kind = '', id = ''] = box.split(' ');
    if (touched.has(id) || isOpen(id) !== (kind === 'take-over')) continue;
    expect(story.dashboard?.body, `${box} is kept`).toContain(`- [${isSet ? 'x' : ' '}] <!-- cortex:box ${box} -->`);
  }
}

function check(
  story: Story,
  was: ReturnType<typeof before>,
  { outcome, run }: { readonly outcome: PublishOutcome; readonly run: RunWish['pulls'] },
): void {
  const { memory } = story;
  alwaysTrue(story);
  checkOthers(story, was, outcome);
  expect(story.head('main')).toBe(was.main);
  if (!was.takesOver)
    for (const [branch, sha] of was.foreign)
      expect(memory.git.branches.get(branch), `${branch} is a person’s`).toBe(sha);
  const open = memory.threads.pulls.filter((pull) => pull.state === 'open').length;
  const opened = outcome.counts.opened + outcome.counts.reopened;
  expect(opened).toBeLessThanOrEqual(run?.perRun ?? 0);
  if (opened > 0) expect(open).toBeLessThanOrEqual(run?.max ?? 0);
  const merged = memory.threads.pulls.filter((pull) => pull.state === 'merged').length;
  if (opened > 0 && !was.asks) expect(open).toBeLessThanOrEqual(Math.max(run?.pace?.start ?? 0, merged));
  for (const { number, branch } of memory.threads.pulls) {
    const ours = memory.threads
      .commentsOf(number)
      .filter(({ author, body }) => author.isBot && body.includes('"about":"hands-off"'));
    expect(ours.length, `#${number} is told once`).toBeLessThanOrEqual(1);
    const both = memory.threads.pulls.filter((pull) => pull.branch === branch && pull.state === 'open');
    expect(both.length, `${branch} has one open pull request`).toBeLessThanOrEqual(1);
  }
  expect(memory.threads.issues.filter((issue) => issue.state === 'open').length).toBeLessThanOrEqual(1);
}

/** Changes whose newest pull request a person has closed: none of them gets another one unasked. */
function unwanted({ memory }: Story): ReadonlySet<string> {
  const state = new Map<string, boolean>();
  for (const pull of memory.threads.pulls) {
    const marker = readPullMarker(pull.body);
    if (typeof marker !== 'object') continue;
    const isUnwanted = pull.state === 'closed' && marker.closed === undefined;
    for (const { change } of marker.members) state.set(change, isUnwanted);
  }
  return new Set([...state].filter(([, isUnwanted]) => isUnwanted).map(([change]) => change));
}

function openChanges({ memory }: Story): readonly string[] {
  const open = memory.threads.pulls.filter((pull) => pull.state === 'open');
  return open.flatMap(({ body }) => {
    const marker = readPullMarker(body);
    return typeof marker === 'object' ? marker.members.map((member) => member.change) : [];
  });
}

function checkUnasked(story: Story, closed: ReadonlySet<string>): void {
  expect(openChanges(story).filter((change) => closed.has(change))).toEqual([]);
}

function checkOpened({ memory }: Story, known: ReadonlySet<number>, most: number): void {
  const made = memory.threads.pulls.filter((pull) => !known.has(pull.number)).length;
  expect(made).toBeLessThanOrEqual(most);
}

/** Of a world of two plans none makes groups: a closed one of the other plan, its branch deleted, is not known by its name. */
async function live(events: readonly Event[], hasTwoPlans: boolean): Promise<void> {
  const story = new Story();
  story.people.push('release', { 'release.txt': 'r\n' });
  let hasAsked = false;
  for (const each of events) {
    if (each.is !== 'run') {
      happen(story, each as { readonly is: string; readonly pick: number });
      continue;
    }
    const pulls = {
      max: each.max,
      perRun: each.perRun,
      pace: { start: each.start, days: 7 },
      group: hasTwoPlans ? ('none' as const) : each.group,
    };
    const plan = hasTwoPlans ? each.plan : 'nightly';
    const partial = each.partial ? ['fix-headers'] : [];
    const input = story.input(proposalsOf(story, each.fixes), { plan, pulls, partial });
    const was = before(story, plan);
    hasAsked ||= was.asks;
    const closed = unwanted(story);
    const known = new Set(story.memory.threads.pulls.map((pull) => pull.number));
    let count = 0;
    story.memory.fault = () => ((count += 1) === each.dies ? each.how : undefined);
    const outcome = await publishChanges(input).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
      return undefined;
    });
    story.memory.fault = () => undefined;
    if (outcome === undefined) {
      alwaysTrue(story);
      // The same execution goes on: what it opened before it was killed counts.
      await publishChanges(input);
      alwaysTrue(story);
      checkOpened(story, known, each.perRun);
    } else check(story, was, { outcome, run: pulls });
    checkUnasked(story, hasAsked ? new Set() : closed);
  }
  await settles(story);
}

/** The same run again has nothing to do but to say so. */
async function settles(story: Story): Promise<void> {
  const input = story.input(proposalsOf(story, names));
  await publishChanges(input);
  const before = story.memory.writes.length;
  await publishChanges(input);
  expect(story.memory.writes.slice(before).filter((write) => write !== 'writeIssue')).toEqual([]);
}

describe('whatever happens to a repository', () => {
  it(
    'no path has two open pull requests, no limit is passed, no commit of a person is lost, nobody is told twice',
    { timeout: 120_000 },
    async () => {
      await fc.assert(fc.asyncProperty(fc.array(event, { minLength: 2, maxLength: 14 }), fc.boolean(), live), {
        numRuns: 250,
      });
    },
  );

  it('markers are read back as they were written, or not believed', async () => {
    const story = new Story();
    await story.run(story.fixes('a'));
    const { body } = story.pulls('a')[0] ?? { body: '' };
    const whole = readPullMarker(body);
    fc.assert(
      fc.property(fc.nat(body.length), fc.nat(200), fc.string(), (at, length, by) => {
        const read = readPullMarker(body.slice(0, at) + by + body.slice(at + length));
        expect(read === 'damaged' || read === 'missing' || JSON.stringify(read) === JSON.stringify(whole)).toBe(true);
      }),
    );
  });
});
