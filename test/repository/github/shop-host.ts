import { rmSync } from 'node:fs';
import { openGitHub, type GitHub } from '../../../src/repository/github/open-github.ts';
import type { GitHubLimits } from '../../../src/repository/github/limits.ts';
import type { PublishHost } from '../../../src/report/publish/world/host.ts';
import { registerApp } from '../../support/github/apps.ts';
import { openWorld } from '../../support/github/fake-github.ts';
import { scriptedFaults, type Fault, type FaultRule } from '../../support/github/faults.ts';
import type { Commit } from '../../support/github/git/commits.ts';
import { commitAt } from '../../support/github/git/repository.ts';
import { walkTree } from '../../support/github/git/trees.ts';
import type { Limits } from '../../support/github/limits.ts';
import { openListener } from '../../support/github/listener.ts';
import { requestLog } from '../../support/github/log.ts';
import { moveRef, openPull, setMerged } from '../../support/github/pulls.ts';
import { addRepository, forkRepository, type FakeRepository } from '../../support/github/repositories.ts';
import { serve } from '../../support/github/serve.ts';
import { addComment, addThread, closeThread, putLabels } from '../../support/github/threads.ts';
import { issueToken, publisherPermissions, type Access } from '../../support/github/tokens.ts';
import {
  accountOf,
  isPull,
  pullsOf,
  repositoryOf,
  type Account,
  type PullThread,
  type Repository,
  type Role,
  type Thread,
  type World,
} from '../../support/github/world.ts';
import { pausedClock } from './scripted-server.ts';

export interface DoorWish {
  readonly kind?: 'workflow' | 'app' | 'user';
  readonly login?: string;
  readonly repository?: string;
  readonly permissions?: Readonly<Record<string, Access>>;
  /** Whether the token may push workflow files. */
  readonly workflows?: boolean;
  readonly limits?: Partial<GitHubLimits>;
  /** Whether its limits are GitHub's own, and its waits move the server's clock. */
  readonly isTimed?: boolean;
}

export type Shop = Awaited<ReturnType<typeof openShop>>;

/** The repository acme/shop on a fake GitHub, people who work in it, and doors to it whose waits take no time. */
export async function openShop(files: Readonly<Record<string, string | Buffer>>) {
  const world = openWorld();
  const served = { world, faults: scriptedFaults(), log: requestLog(), violations: [] as string[] };
  const listener = await openListener((request, response) => serve(served, request, response));
  world.url = listener.url;
  const people = addRepository(world, 'acme/shop', { files });
  const repository = repositoryNamed(world, 'acme/shop');
  return {
    world,
    repository,
    /** Also held against what the publisher needs, by the compiler. */
    door: (wish: DoorWish = {}): GitHub & PublishHost => doorTo(world, wish),
    token: (wish: DoorWish): string => tokenTo(world, wish),
    app: (permissions: Readonly<Record<string, Access>>) =>
      registerApp(world, { slug: 'cortex', account: 'acme', permissions }),
    close: async () => {
      await listener.close();
      rmSync(world.directory, { recursive: true, force: true });
    },
    requests: served.log.counts,
    log: served.log.all,
    resetRequests: served.log.reset,
    violations: () => served.violations,
    fault: (fault: Fault, rule: FaultRule) => served.faults.next(fault, rule),
    limits: (changed: Partial<Limits>) => Object.assign(world.limits, changed),
    ...gitOf(world, { repository, people }),
    ...threadsOf(world, repository),
    ...settingsOf(world, repository),
    forkPull: (owner: string, branch: string) => forkPull(world, repository, { owner, branch }),
  };
}

function repositoryNamed(world: World, name: string): Repository {
  const found = repositoryOf(world, name);
  if (!found) throw new Error(`there is no repository ${name}`);
  return found;
}

function tokenTo(world: World, wish: DoorWish): string {
  const { kind = 'app', workflows = false } = wish;
  const logins = { workflow: 'github-actions[bot]', app: 'cortex[bot]', user: 'ada' };
  const permissions = { ...(wish.permissions ?? publisherPermissions), ...(workflows ? { workflows: 'write' } : {}) };
  const all = kind === 'user' ? {} : { permissions: permissions as Readonly<Record<string, Access>> };
  return issueToken(world, { kind, login: wish.login ?? logins[kind] }, all).value;
}

function doorTo(world: World, wish: DoorWish): GitHub {
  const { clock, pause } = wish.isTimed ? timeOf(world) : pausedClock(Date.now());
  const spacing = wish.isTimed ? {} : { writeSpacingMs: 0 };
  return openGitHub({
    apiUrl: `${world.url}/api/v3`,
    repository: wish.repository ?? 'acme/shop',
    token: tokenTo(world, wish),
    clock,
    pause,
    userAgent: 'cortex-test',
    limits: { ...spacing, ...wish.limits },
  });
}

/** Waiting moves the clock of the server. */
function timeOf({ clock }: World) {
  return { clock, pause: (ms: number): Promise<void> => Promise.resolve(clock.advance(ms)) };
}

function gitOf(
  world: World,
  { repository, people }: { readonly repository: Repository; readonly people: FakeRepository },
) {
  const { git } = repository;
  const set = (branch: string, sha: string | null): void =>
    moveRef(world, repository, { ref: `refs/heads/${branch}`, sha });
  return {
    head: (branch: string): string => people.head(branch) ?? '',
    set,
    remove: (branch: string) => set(branch, null),
    push: (branch: string, files: Readonly<Record<string, string | Buffer>>): string => people.push(branch, { files }),
    commit: (sha: string): Commit | undefined => commitAt(git, sha),
    treeOf: (sha: string): string => commitAt(git, sha)?.tree ?? '',
    /** Mode and content of each file of a commit. */
    files: (sha: string): Record<string, readonly [string, Buffer]> =>
      Object.fromEntries(
        [...walkTree(git.objects, commitAt(git, sha)?.tree ?? '')].map(({ path, mode, sha: blob }) => [
          path,
          [mode, git.objects.read(blob)?.bytes ?? Buffer.alloc(0)],
        ]),
      ),
  };
}

interface Written {
  readonly login: string;
  readonly body: string;
}

function threadsOf(world: World, repository: Repository) {
  const thread = (number: number): Thread => {
    const found = repository.threads.get(number);
    if (!found) throw new Error(`there is no #${number}`);
    return found;
  };
  const pull = (number: number): PullThread => {
    const found = thread(number);
    if (!isPull(found)) throw new Error(`#${number} is no pull request`);
    return found;
  };
  return {
    thread,
    open: (branch: string, given: { readonly login?: string; readonly labels?: readonly string[] } = {}): number => {
      const author = accountOf(world, given.login ?? 'ada');
      const order = { author, title: branch, body: 'Body', base: 'main', head: branch, isDraft: false };
      const opened = openPull(world, repository, order);
      putLabels(world, { repository, thread: opened }, given.labels ?? []);
      return opened.number;
    },
    /** Closes a pull request, or an issue. */
    closePull: (number: number) => closeThread(world, thread(number)),
    merge: (number: number) => {
      const merged = pull(number);
      moveRef(world, repository, { ref: 'refs/heads/main', sha: merged.pull.headSha });
      if (merged.pull.mergedAt === null) setMerged(world, merged, { by: merged.author, commit: merged.pull.headSha });
    },
    issue: ({
      login,
      labels,
      body = 'Body',
    }: {
      readonly login: string;
      readonly labels: readonly string[];
      readonly body?: string;
    }): number => {
      const made = addThread(world, repository, { author: accountOf(world, login), title: 'Issue', body });
      putLabels(world, { repository, thread: made }, labels);
      return made.number;
    },
    comment: (number: number, { login, body }: Written) =>
      addComment(world, { repository, thread: thread(number) }, { author: accountOf(world, login), body }),
    pullsOf: (branch: string) =>
      pullsOf(repository)
        .filter((each) => each.pull.headBranch === branch)
        .map(({ number }) => number),
    issuesWith: (body: string) =>
      [...repository.threads.values()].filter((each) => each.body === body).map(({ number }) => number),
  };
}

function settingsOf(world: World, repository: Repository) {
  return {
    addRepository: (name: string) => addRepository(world, name, { files: {} }),
    account: (login: string): Account => accountOf(world, login),
    role: (login: string, role: Role) => {
      accountOf(world, login);
      repository.roles.set(login.toLowerCase(), role);
    },
    team: (organization: string, slug: string) =>
      world.teams.push({ id: world.nextId(), slug, organization, members: new Set() }),
    actionsMayOpen: (may: boolean) => void (repository.settings.actionsMayOpenPullRequests = may),
    sarifs: () => repository.sarifs,
    artifact: (name: string, runId: number) => {
      const about = { sizeBytes: 10, createdAt: world.clock.stamp(), isExpired: false };
      repository.artifacts.push({ id: world.nextId(), name, runId, ...about });
    },
  };
}

/** Somebody's fork, with a pull request from a branch that has the name of one of ours. */
function forkPull(world: World, repository: Repository, { owner, branch }: { owner: string; branch: string }): number {
  forkRepository(world, repository.fullName, owner).push(branch, { files: { 'theirs.txt': 't' }, by: owner });
  const author = accountOf(world, owner);
  const order = { author, title: 'From a fork', body: '', base: 'main', head: `${owner}:${branch}`, isDraft: false };
  return openPull(world, repository, order).number;
}
