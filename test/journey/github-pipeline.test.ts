import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMarkers } from '../../src/shared/marker.ts';
import {
  openPipeline,
  sevenPlan,
  workflow,
  workflowPath,
  type Pipeline,
  type PipelineRun,
  type PipelineWish,
} from '../support/pipeline.ts';
import { stores } from '../support/stores.ts';

const minutes = 60_000;
const limited = /^ {4}timeout-minutes: 30$/m;

describe.each(stores().slice(0, 1))('a repository on GitHub, with seven legs over $name', ({ url }) => {
  let world: Pipeline;

  beforeAll(async () => {
    const files = { 'plans/seven.yaml': sevenPlan, ...workflows('a', 'b', 'c') };
    world = await openPipeline({ repository: { files }, store: url });
  });
  afterAll(() => world.close());

  const run = async (wish: PipelineWish = {}): Promise<PipelineRun> => {
    const done = await world.run(wish);
    expect([done.plan, ...done.legs].map(({ code }) => code)).toEqual(Array.from({ length: 8 }, () => 0));
    return done;
  };
  const good = async (wish: PipelineWish = {}): Promise<Counts> => {
    const { report } = await run(wish);
    expect(report.code, report.log).toBe(0);
    return countsOf(report.outputs);
  };
  const branchOf = (name: string): string => {
    const found = world.shop.branches().filter((branch) => branch.endsWith(`-workflows-${name}`));
    expect(found).toHaveLength(1);
    return found[0] ?? '';
  };
  const pullsOf = (name: string): readonly number[] =>
    world.shop.pulls().flatMap(({ number, pull }) => (pull.headBranch.endsWith(`-workflows-${name}`) ? [number] : []));
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(workflowPath) as [string, string, string, string];

  /** Whatever a run did: nothing stands twice, and nothing broke GitHub's own description. */
  const nothingTwice = (): void => {
    const { shop, fake } = world;
    const open = shop.pulls().filter(({ state }) => state === 'open');
    const branches = open.map(({ pull }) => pull.headBranch);
    expect(branches).toEqual([...new Set(branches)]);
    expect(shop.issues()).toHaveLength(1);
    const said = [...shop.pulls(), ...shop.issues()].flatMap(({ number, comments }) =>
      comments.map(({ body }) => `#${number} ${body}`),
    );
    expect(said).toEqual([...new Set(said)]);
    expect(fake.violations).toEqual([]);
  };

  it(
    'a pull request that edits a plan gets one comment, also after its next push',
    async () => {
      const { shop } = world;
      const plan = (max: number): string =>
        sevenPlan.replace('pace: { start: 20 }', `max: ${max}, pace: { start: 20 }`);
      shop.push('more', { files: { 'plans/seven.yaml': plan(30) }, parents: [shop.head('main') ?? ''] });
      const number = shop.openPull({ head: 'more', by: 'ada' });
      const first = await world.check(number);
      shop.push('more', { files: { 'plans/seven.yaml': plan(40) } });
      const second = await world.check(number);
      expect([first.code, second.code]).toEqual([0, 0]);
      const bodies = shop.thread(number).comments.map(({ body }) => body);
      expect(bodies).toEqual([expect.stringMatching(/open pull requests<\/code> \| <code>20<\/code> \| <code>40</)]);
      expect(readMarkers(bodies[0] ?? '', 'plan-check')).toHaveLength(1);
      expect(second.outputs['digest']).not.toBe(first.outputs['digest']);
      shop.close(number);
    },
    minutes,
  );

  it(
    'the first run opens a draft for each workflow that lacks a limit, commits its results, and lists all',
    async () => {
      const { shop } = world;
      const { report, id } = await run();
      expect(countsOf(report.outputs)).toEqual({ opened: 3, updated: 0, closed: 0, queued: 0, held: 0 });
      for (const [name, path] of [
        ['a', a],
        ['b', b],
        ['c', c],
      ] as const) {
        const branch = branchOf(name);
        expect(shop.read(branch, path)).toMatch(limited);
        expect(shop.commit(shop.head(branch) ?? '')).toMatchObject({ isSigned: true, parents: [shop.head('main')] });
        expect(shop.pull(pullsOf(name)[0] ?? 0).pull).toMatchObject({ isDraft: true, baseBranch: 'main' });
      }
      expect(report.outputs['results-commit']).toBe(shop.head('cortex/results'));
      expect(shop.read('cortex/results', 'coordination/index.json')).toContain(id);
      const listed = ['a', 'b', 'c'].map((name) => `#${pullsOf(name)[0]} `);
      for (const number of listed) expect(shop.issues()[0]?.body).toContain(number);
      expect(shop.sarifs().map(({ text }) => categoryOf(text))).toEqual(['cortex/seven/']);
      nothingTwice();
    },
    2 * minutes,
  );

  it(
    'one of chosen masters sends no findings, as what the others would have found is not fixed',
    async () => {
      const { shop } = world;
      const { report } = await world.run({ inputs: { masters: 'security-master' } });
      expect(report.code, report.log).toBe(0);
      expect(report.summary).toContain('No findings are sent to code scanning: ');
      expect(shop.sarifs()).toHaveLength(1);
      nothingTwice();
    },
    2 * minutes,
  );

  it(
    'a second one finds the base moved in one of the files, and brings that branch along, with no force',
    async () => {
      const { shop } = world;
      const before = ['a', 'b', 'c'].map((name) => shop.head(branchOf(name)));
      shop.push('main', { files: { [a]: workflow('a', { step: 'npm test' }) } });
      expect(await good()).toEqual({ opened: 0, updated: 1, closed: 0, queued: 0, held: 0 });
      expect(shop.commit(shop.head(branchOf('a')) ?? '')?.parents).toEqual([before[0], shop.head('main')]);
      expect(shop.read(branchOf('a'), a)).toBe(workflow('a', { step: 'npm test', limit: 30 }));
      expect(['b', 'c'].map((name) => shop.head(branchOf(name)))).toEqual(before.slice(1));
      nothingTwice();
    },
    2 * minutes,
  );

  it(
    'after a person’s push the branch is theirs, and they are told so once',
    async () => {
      const { shop } = world;
      const theirs = shop.push(branchOf('b'), { files: { [b]: workflow('b', { limit: 5 }) } });
      shop.push('main', { files: { [b]: workflow('b', { step: 'npm test' }) } });
      for (const _ of [1, 2]) {
        expect(await good()).toEqual({ opened: 0, updated: 0, closed: 0, queued: 0, held: 0 });
        expect(shop.head(branchOf('b'))).toBe(theirs);
        expect(shop.thread(pullsOf('b')[0] ?? 0).comments).toHaveLength(1);
        nothingTwice();
      }
    },
    3 * minutes,
  );

  it(
    'what a person closes stays closed',
    async () => {
      const { shop } = world;
      const [number = 0] = pullsOf('c');
      shop.close(number);
      expect(await good()).toEqual({ opened: 0, updated: 0, closed: 0, queued: 0, held: 0 });
      expect(pullsOf('c')).toEqual([number]);
      expect(shop.thread(number)).toMatchObject({ state: 'closed', comments: [] });
      expect(shop.issues()[0]?.body).toContain(`reopen: #${number} `);
      nothingTwice();
    },
    2 * minutes,
  );

  it(
    'a base that moves between the masters and the report is joined with the fix, which is proven for it again',
    async () => {
      const { shop } = world;
      const moved = workflow('a', { step: 'npm run all' });
      const meanwhile = (): void => void shop.push('main', { files: { [a]: moved } });
      expect(await good({ meanwhile })).toEqual({ opened: 0, updated: 1, closed: 0, queued: 0, held: 0 });
      expect(shop.read(branchOf('a'), a)).toBe(workflow('a', { step: 'npm run all', limit: 30 }));
      nothingTwice();
    },
    2 * minutes,
  );

  it(
    'a base that moves at the same lines holds the fix, and says where',
    async () => {
      const { shop } = world;
      const before = shop.head(branchOf('a'));
      const clash = workflow('a', { step: 'npm run all' }).replace('ubuntu-latest', 'ubuntu-24.04');
      const meanwhile = (): void => void shop.push('main', { files: { [a]: clash } });
      expect(await good({ meanwhile })).toEqual({ opened: 0, updated: 0, closed: 0, queued: 0, held: 1 });
      expect(shop.head(branchOf('a'))).toBe(before);
      expect(shop.thread(pullsOf('a')[0] ?? 0).state).toBe('open');
      expect(shop.issues()[0]?.body).toMatch(/was changed on the base at the same lines/);
      nothingTwice();
    },
    2 * minutes,
  );

  it(
    'whose finding has vanished is closed with its branch, and says why',
    async () => {
      const { shop } = world;
      const [number = 0] = pullsOf('a');
      shop.push('main', { files: { [a]: workflow('a', { limit: 10 }) } });
      expect(await good()).toEqual({ opened: 0, updated: 0, closed: 1, queued: 0, held: 0 });
      expect(shop.thread(number)).toMatchObject({ state: 'closed', comments: [expect.anything()] });
      expect(shop.branches().filter((branch) => branch.endsWith('-workflows-a'))).toEqual([]);
      nothingTwice();
    },
    2 * minutes,
  );

  it(
    'a limit of GitHub that asks for patience is waited for',
    async () => {
      const { shop, fake } = world;
      shop.push('main', { files: workflows('d') });
      const wait = { secondaryLimit: { status: 403, retryAfterSeconds: 1 } } as const;
      const lift = fake.faults.next(wait, { kind: 'any-write', skip: 3, times: 1 });
      expect(await good()).toEqual({ opened: 1, updated: 0, closed: 0, queued: 0, held: 0 });
      expect(fake.faults.served()).toBe(1);
      lift();
      expect(shop.read(branchOf('d'), d)).toMatch(limited);
      nothingTwice();
    },
    2 * minutes,
  );

  it(
    'one that asks for more than a job has ends it with 1, and the next run goes on',
    async () => {
      const { fake, shop } = world;
      shop.push('main', { files: workflows('e', 'f') });
      const wait = { secondaryLimit: { status: 429, retryAfterSeconds: 3600 } } as const;
      const lift = fake.faults.next(wait, { kind: 'any-write', path: /\/pulls$/, skip: 1 });
      const { report } = await run();
      lift();
      expect(report.code).toBe(1);
      expect(report.summary).toContain('GitHub was not reached to the end');
      const rest = 2 - Number(report.outputs['opened']);
      expect(await good()).toMatchObject({ opened: rest, held: 0 });
      expect([...pullsOf('e'), ...pullsOf('f')]).toHaveLength(2);
      nothingTwice();
    },
    3 * minutes,
  );

  it(
    'a file with an open alert that can’t be read any more keeps the findings from being sent',
    async () => {
      const { shop } = world;
      const e = workflowPath('e');
      shop.push('main', { files: { [e]: 'jobs: [\n' } });
      expect((await run()).report.summary).toContain('1 findings were sent');
      const sent = shop.sarifs().length;
      shop.push('main', { files: { [e]: Buffer.from([0x6a, 0xff, 0xfe]) } });
      const { report } = await run();
      expect(report.summary).toContain(
        `No findings are sent to code scanning: ${e} has an open alert, and was not read.`,
      );
      expect(shop.sarifs()).toHaveLength(sent);
      nothingTwice();
    },
    3 * minutes,
  );
});

type Counts = Readonly<Record<'opened' | 'updated' | 'closed' | 'queued' | 'held', number>>;

function countsOf(outputs: Readonly<Record<string, string>>): Counts {
  const of = (name: string): number => Number(outputs[name]);
  return { opened: of('opened'), updated: of('updated'), closed: of('closed'), queued: of('queued'), held: of('held') };
}

/** The analysis of code scanning that a file of findings belongs to. */
function categoryOf(sarif: string): string | undefined {
  const { runs } = JSON.parse(sarif) as {
    readonly runs: readonly { readonly automationDetails?: { readonly id: string } }[];
  };
  return runs[0]?.automationDetails?.id;
}

function workflows(...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [workflowPath(name), workflow(name)]));
}
