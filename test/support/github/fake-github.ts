import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerApp, type AppOptions, type RegisteredApp } from './apps.ts';
import { openClock, type Clock } from './clock.ts';
import { scriptedFaults, type Faults } from './faults.ts';
import { githubLimits, type Limits } from './limits.ts';
import { openListener } from './listener.ts';
import { requestLog, type RequestLog } from './log.ts';
import {
  addRepository,
  forkRepository,
  handleOf,
  type FakeRepository,
  type RepositoryOptions,
} from './repositories.ts';
import { serve, type Served } from './serve.ts';
import { issueToken, publisherPermissions, type Access, type TokenOptions } from './tokens.ts';
import { accountOf, repositoryOf, type Account, type World } from './world.ts';

export interface FakeOptions {
  /** `owner/name` with what lies in them; `acme/shop` with a README without it. */
  readonly repositories?: Readonly<Record<string, RepositoryOptions>>;
  readonly limits?: Partial<Limits>;
  /** Where the server's clock stands still; it runs without it. */
  readonly at?: string;
}

/** A GitHub on loopback: it works as far as Cortex needs it, with real git behind it, and does as tests say. */
export interface FakeGitHub {
  readonly url: string;
  /** As GITHUB_API_URL, GITHUB_GRAPHQL_URL and GITHUB_SERVER_URL are set on an Enterprise server. */
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly log: RequestLog;
  /** What broke GitHub's own description, of requests or of answers: empty where all went well. */
  readonly violations: readonly string[];
  readonly repository: (name?: string) => FakeRepository;
  readonly addRepository: (name: string, options?: RepositoryOptions) => FakeRepository;
  readonly fork: (name: string, owner: string) => FakeRepository;
  readonly addAccount: (login: string, type?: Account['type']) => void;
  /** What it wrote stays, and is nobody's. */
  readonly deleteAccount: (login: string) => void;
  readonly addTeam: (organization: string, slug: string, members?: readonly string[]) => void;
  /** A GITHUB_TOKEN of a job in a repository, by default one that may publish. */
  readonly workflowToken: (permissions?: Readonly<Record<string, Access>>, repository?: string) => string;
  /** A person's token, which may what the person may; with `workflows: write` unless said otherwise. */
  readonly userToken: (login: string, options?: TokenOptions) => string;
  readonly addApp: (options: AppOptions) => RegisteredApp;
  readonly expireToken: (token: string) => void;
  readonly close: () => Promise<void>;
}

const standard = 'acme/shop';

export async function startFakeGitHub(options: FakeOptions = {}): Promise<FakeGitHub> {
  const world = openWorld(options);
  const served: Served = { world, faults: scriptedFaults(), log: requestLog(), violations: [] };
  for (const [name, each] of Object.entries(options.repositories ?? { [standard]: {} }))
    addRepository(world, name, each);
  const listener = await openListener((request, response) => serve(served, request, response));
  world.url = listener.url;
  const first = Object.keys(options.repositories ?? {})[0] ?? standard;
  return {
    url: listener.url,
    apiUrl: `${listener.url}/api/v3`,
    graphqlUrl: `${listener.url}/api/graphql`,
    clock: world.clock,
    limits: world.limits,
    faults: served.faults,
    log: served.log,
    violations: served.violations,
    repository: (name = first) => handleOf(world, name),
    addRepository: (name, each = {}) => addRepository(world, name, each),
    fork: (name, owner) => forkRepository(world, name, owner),
    addAccount: (login, type) => void accountOf(world, login, type),
    deleteAccount: (login) => void world.accounts.delete(login.toLowerCase()),
    addTeam: (organization, slug, members = []) => {
      accountOf(world, organization, 'Organization');
      world.teams.push({ id: world.nextId(), slug, organization, members: new Set(members) });
    },
    workflowToken: (permissions = publisherPermissions, repository = first) =>
      issueToken(
        world,
        { kind: 'workflow', login: 'github-actions[bot]' },
        { repositories: [repositoryOf(world, repository)?.fullName ?? repository], permissions },
      ).value,
    userToken: (login, each) => issueToken(world, { kind: 'user', login }, each).value,
    addApp: (app) => registerApp(world, app),
    expireToken: (token) => void world.tokens.delete(token),
    close: async () => {
      await listener.close();
      rmSync(world.directory, { recursive: true, force: true });
    },
  };
}

/** An empty world, in a folder of its own. */
export function openWorld({ limits, at }: Pick<FakeOptions, 'limits' | 'at'> = {}): World {
  let lastId = 1_000;
  return {
    url: '',
    clock: openClock(at),
    limits: githubLimits(limits),
    accounts: new Map(),
    teams: [],
    apps: [],
    tokens: new Map(),
    repositories: new Map(),
    directory: mkdtempSync(join(tmpdir(), 'cortex-github-')),
    nextId: () => {
      lastId += 1;
      return lastId;
    },
  };
}
