import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { initRepository, takeOver } from './git/repository.ts';
import { gitPeople, type GitPeople, type Written } from './people/people.ts';
import { pagePeople, type PagePeople } from './people/reviewers.ts';
import {
  accountOf,
  repositoryOf,
  type Account,
  type Artifact,
  type CheckRun,
  type Repository,
  type RepositorySettings,
  type Role,
  type Sarif,
  type WorkflowRun,
  type World,
} from './world.ts';

export interface RepositoryOptions {
  /** Of the first commit, on the default branch; a README without it, and nothing at all with an empty one. */
  readonly files?: Readonly<Record<string, Written>>;
  /** A repository on disk whose branches are taken over, in place of files. */
  readonly from?: string;
  readonly defaultBranch?: string;
  readonly ownerType?: Account['type'];
  readonly settings?: Partial<RepositorySettings>;
  readonly roles?: Readonly<Record<string, Role>>;
}

/** A repository past the network: what a test arranges as people do, and what it looks at. */
export interface FakeRepository extends GitPeople, PagePeople {
  readonly name: string;
  /** For git itself, on disk. */
  readonly directory: string;
  readonly settings: RepositorySettings;
  readonly setRole: (login: string, role: Role) => void;
  readonly labels: () => readonly string[];
  readonly checkRuns: () => readonly CheckRun[];
  readonly sarifs: () => readonly Sarif[];
  readonly addArtifact: (artifact: Partial<Artifact> & { readonly name: string }) => number;
  readonly addRun: (run: Partial<WorkflowRun>) => number;
}

export function addRepository(world: World, fullName: string, options: RepositoryOptions): FakeRepository {
  const { files, from, defaultBranch = 'main' } = options;
  const repository = newRepository(world, fullName, { ...options, defaultBranch });
  const handle = handleOf(world, fullName);
  if (from !== undefined) takeOver(repository.git, from);
  else if (Object.keys(files ?? { readme: '' }).length > 0) {
    handle.push(defaultBranch, { files: files ?? { 'README.md': '# A shop\n' }, message: 'first', parents: [] });
  }
  for (const [login, role] of Object.entries(options.roles ?? {})) handle.setRole(login, role);
  return handle;
}

/** Shares the objects, and begins with the default branch, as a fork does. */
export function forkRepository(world: World, fullName: string, owner: string): FakeRepository {
  const parent = repositoryOf(world, fullName);
  if (!parent) throw new Error(`there is no repository ${fullName}`);
  const name = `${owner}/${parent.name}`;
  const fork = newRepository(world, name, { defaultBranch: parent.defaultBranch, parent });
  const ref = `refs/heads/${parent.defaultBranch}`;
  const head = parent.git.refs.get(ref);
  if (head !== null) fork.git.refs.set(ref, head);
  return handleOf(world, name);
}

export function handleOf(world: World, fullName: string): FakeRepository {
  const repository = repositoryOf(world, fullName);
  if (!repository) throw new Error(`there is no repository ${fullName}`);
  return {
    ...gitPeople(world, repository),
    ...pagePeople(world, repository),
    name: repository.fullName,
    directory: repository.git.directory,
    settings: repository.settings,
    setRole: (login, role) => {
      accountOf(world, login);
      repository.roles.set(login.toLowerCase(), role);
    },
    labels: () => [...repository.labels.values()].map(({ name }) => name),
    checkRuns: () => repository.checkRuns,
    sarifs: () => repository.sarifs,
    addArtifact: (artifact) => {
      const id = world.nextId();
      const plain = { id, sizeBytes: 1, runId: 1, createdAt: world.clock.stamp(), isExpired: false };
      repository.artifacts.push({ ...plain, ...artifact });
      return artifact.id ?? id;
    },
    addRun: (run) => {
      const id = run.id ?? world.nextId();
      const sha = repository.git.refs.get(`refs/heads/${repository.defaultBranch}`) ?? '';
      const plain = { name: 'Cortex', path: '.github/workflows/cortex.yml', event: 'workflow_dispatch' };
      const state = { status: 'in_progress', conclusion: null, createdAt: world.clock.stamp() };
      repository.runs.push({ ...plain, ...state, branch: repository.defaultBranch, sha, ...run, id });
      return id;
    },
  };
}

function newRepository(
  world: World,
  fullName: string,
  {
    parent = null,
    defaultBranch = 'main',
    ownerType,
    settings,
  }: RepositoryOptions & { readonly parent?: Repository | null },
): Repository {
  const [owner = '', name = ''] = fullName.split('/');
  const directory = join(world.directory, owner, `${name}.git`);
  mkdirSync(directory, { recursive: true });
  const repository: Repository = {
    id: world.nextId(),
    owner: accountOf(world, owner, ownerType ?? (parent ? 'User' : 'Organization')),
    name,
    fullName,
    defaultBranch,
    git: initRepository(directory, { defaultBranch, ...(parent ? { shares: parent.git } : {}) }),
    parent,
    createdAt: world.clock.stamp(),
    settings: {
      isPrivate: false,
      isArchived: false,
      hasIssues: true,
      hasDrafts: true,
      deletesMergedBranches: false,
      actionsMayOpenPullRequests: true,
      environments: {},
      ...settings,
    },
    roles: new Map(),
    threads: new Map(),
    labels: new Map(),
    checkRuns: [],
    sarifs: [],
    artifacts: [],
    runs: [],
    lastNumber: 0,
  };
  world.repositories.set(fullName.toLowerCase(), repository);
  return repository;
}
