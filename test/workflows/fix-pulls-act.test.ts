import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { FakeRepository } from '../support/github/repositories.ts';
import { openCallerWorld, type CallerWorld } from './caller-world.ts';
import { jobNamed, resultsOf } from './act.ts';
import type { WorldRun } from './act-world.ts';
import { estatePlan, faultyWorkflows } from './estate.ts';
import { appSecrets, changedPaths, hiddenTokens, publishedIn, shownSecrets, type Published } from './published.ts';
import { gateOf } from './tools.ts';

const gate = gateOf('act');
const succeeded = ['plan: success', 'masters: success', 'report: success'];

interface Workflow {
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, { readonly 'timeout-minutes'?: number; readonly permissions?: unknown }>>;
}

describe.skipIf(gate.skip)(`a repository that calls the workflow, under act${gate.note}`, () => {
  let world: CallerWorld;
  let estate: FakeRepository;
  let app: ReturnType<typeof appSecrets>;

  beforeAll(async () => {
    world = await openCallerWorld(estatePlan());
    estate = world.github.repository();
    app = appSecrets(world.github);
  }, 60_000);
  afterAll(() => world?.close());

  const report = (run: WorldRun): Readonly<Record<string, string>> => jobNamed(run, 'report').outputs;
  /** What people see of it: its memory is hidden behind. */
  const dashboard = (): string => {
    const [issue, ...more] = estate.issues();
    if (!issue || more.length > 0) throw new Error(`there are ${more.length + (issue ? 1 : 0)} issues`);
    return issue.body.split('<!-- cortex:dashboard ')[0] ?? '';
  };
  const fixBranches = (): readonly string[] =>
    estate.branches().filter((branch) => branch !== 'main' && branch !== 'cortex/results');

  describe('with the workflow’s own token, which can’t push workflow files', () => {
    let run: WorldRun;
    let published: Published;

    beforeAll(async () => {
      run = await world.orchestrate();
      published = publishedIn(estate, jobNamed(run, 'plan').outputs['execution-id'] ?? '');
    }, 250_000);

    it('runs plan, one leg and report to a good end, with all seven masters at work', () => {
      expect(resultsOf(run)).toEqual(succeeded);
      expect(run.code).toBe(0);
      expect([...run.legs.keys()]).toEqual(['all']);
      expect(published.masters).toHaveLength(7);
      expect(published.changed).toEqual(faultyWorkflows);
    });

    it('opens nothing, and commits the results', () => {
      expect(report(run)).toMatchObject({ opened: '0', held: '2', 'results-commit': estate.head('cortex/results') });
      expect(estate.branches()).toEqual(['cortex/results', 'main']);
      expect(estate.pulls()).toEqual([]);
    });

    it('holds each fix in the dashboard, with its reason and its patch', () => {
      for (const { title, patch } of published.changes) {
        expect(dashboard()).toContain(title);
        const added = patch.split('\n').filter((line) => /^\+(?!\+\+)/.test(line));
        expect(added.length).toBeGreaterThan(0);
        for (const line of added) expect(dashboard()).toContain(line);
      }
      expect(dashboard().match(/the token may not push/g)).toHaveLength(published.changes.length);
    });
  });

  describe('with an App that may push workflow files', () => {
    let run: WorldRun;
    let published: Published;

    beforeAll(async () => {
      world.github.log.reset();
      run = await world.orchestrate({ secrets: app });
      published = publishedIn(estate, jobNamed(run, 'plan').outputs['execution-id'] ?? '');
    }, 250_000);

    it('runs plan, one leg and report to a good end', () => {
      expect(resultsOf(run)).toEqual(succeeded);
      expect(run.code).toBe(0);
    });

    it('commits the results to their branch, signed', () => {
      const head = estate.head('cortex/results') ?? '';
      expect(report(run)['results-commit']).toBe(head);
      expect(estate.commit(head)).toMatchObject({ isSigned: true, author: { name: 'cortex-bot[bot]' } });
    });

    it('opens one pull request for each proven change, as a draft with the label of the plan', () => {
      expect(report(run)).toMatchObject({ opened: '2', updated: '0', closed: '0', queued: '0', held: '0' });
      expect(estate.pulls().map(({ title }) => title)).toHaveLength(published.changes.length);
      for (const { title, author, labels, pull } of estate.pulls()) {
        expect(published.changes.map((change) => change.title)).toContain(title);
        expect({ author: author.login, labels: [...labels].map(({ name }) => name) }).toEqual({
          author: 'cortex-bot[bot]',
          labels: ['cortex'],
        });
        expect(pull).toMatchObject({ baseBranch: 'main', isDraft: true });
      }
    });

    it('names each branch after master and change, and commits there signed, on top of main', () => {
      const names = published.changes.map(({ master, fingerprint, files }) => {
        const [, workflow = ''] = /([^/]+)\.yml$/.exec(files[0]?.path ?? '') ?? [];
        return `cortex/${master}/${fingerprint.slice(0, 12)}-workflows-${workflow}`;
      });
      expect(fixBranches()).toEqual(names.toSorted());
      expect(
        estate
          .pulls()
          .map(({ pull }) => pull.headBranch)
          .toSorted(),
      ).toEqual(fixBranches());
      for (const branch of fixBranches()) {
        const head = estate.commit(estate.head(branch) ?? '');
        expect(head).toMatchObject({ isSigned: true, parents: [estate.head('main')] });
      }
    });

    it('has one workflow file mended on each branch, by lines that are added, and nothing else', () => {
      const mended = fixBranches().map((branch) => changedPaths(estate, branch));
      expect(mended.flat().toSorted()).toEqual(faultyWorkflows);
      for (const branch of fixBranches()) {
        const [path = ''] = changedPaths(estate, branch);
        const now = (estate.read(branch, path) ?? '').split('\n');
        const before = (estate.read('main', path) ?? '').split('\n');
        expect(before.filter((line) => !now.includes(line))).toEqual([]);
      }
    });

    it('gives every job a time limit and limited rights, and pull requests a group', () => {
      for (const branch of fixBranches()) {
        const [path = ''] = changedPaths(estate, branch);
        const { permissions, jobs } = parse(estate.read(branch, path) ?? '') as Workflow;
        const [limits, rights] = [Object.values(jobs), Object.values(jobs).map((job) => job.permissions)];
        expect(limits.map((job) => job['timeout-minutes']).filter((minutes) => minutes === undefined)).toEqual([]);
        expect([permissions, ...rights]).toContainEqual({ contents: 'read' });
      }
      const pages = fixBranches().find((branch) => branch.endsWith('pages')) ?? '';
      const { concurrency } = parse(estate.read(pages, '.github/workflows/pages.yml') ?? '') as Workflow;
      expect(concurrency).toMatchObject({ group: expect.any(String) as string });
    });

    it('lists them in the dashboard, and holds nothing there any more', () => {
      expect(report(run)['dashboard']).toMatch(/\/acme\/estate\/issues\/1$/);
      for (const { number, title } of estate.pulls()) expect(dashboard()).toContain(`- #${number} ${title}`);
      expect(dashboard()).not.toContain('## Held');
    });

    it('sends the findings with the token of the job, which may', () => {
      expect(estate.sarifs().at(-1)?.commit).toBe(estate.head('main'));
    });

    it('makes one token of the App, and revokes it', () => {
      const asked = (operation: string): readonly (number | null)[] =>
        world.github.log.all().flatMap((each) => (each.operation === operation ? [each.status] : []));
      expect(asked('POST /app/installations/{installation_id}/access_tokens')).toEqual([201]);
      expect(asked('DELETE /installation/token')).toEqual([204]);
    });

    it('shows no secret in its log, where act hides none, and in no branch', () => {
      expect(hiddenTokens(run)).toHaveLength(1);
      expect(shownSecrets(run, estate, [app.CORTEX_APP_PRIVATE_KEY])).toEqual([]);
    });

    it('opens nothing new when it is run again, and writes no further commit to those branches', async () => {
      const heads = fixBranches().map((branch) => estate.head(branch));
      const results = estate.head('cortex/results');
      const again = await world.orchestrate({ secrets: app });
      expect(resultsOf(again)).toEqual(succeeded);
      expect(report(again)).toMatchObject({ opened: '0', updated: '0', closed: '0', held: '0' });
      expect(fixBranches().map((branch) => estate.head(branch))).toEqual(heads);
      expect(estate.pulls().map(({ state }) => state)).toEqual(['open', 'open']);
      expect(estate.commit(estate.head('cortex/results') ?? '')?.parents).toEqual([results]);
      for (const { number, title } of estate.pulls()) expect(dashboard()).toContain(`- #${number} ${title}`);
    }, 250_000);
  });

  it('keeps to GitHub’s own description of its interfaces', () => {
    expect(world.github.violations).toEqual([]);
  });
});
