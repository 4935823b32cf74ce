import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startArtifactServer, type StoredArtifact } from '../support/artifact-server.ts';
import { startFakeGitHub, type FakeGitHub } from '../support/github/fake-github.ts';
import { git } from '../support/journey.ts';
import { runAct, type ActOrder, type ActRun } from './act.ts';
import { copyProject, type ProjectCopy } from './project-copy.ts';

/** The repository that the workflows run in. */
export const estate = 'acme/estate';

export interface WorldRun extends ActRun {
  readonly artifacts: readonly StoredArtifact[];
  readonly refused: readonly string[];
}

/** How a workflow is run; `token` is its GITHUB_TOKEN, by default one that may publish. */
export interface WorldOrder extends Omit<ActOrder, 'cwd' | 'server'> {
  readonly token?: string;
  /** Whether no job finds what another one has left as an artifact. */
  readonly losesArtifacts?: boolean;
}

/** This project as a repository on a fake GitHub, whose workflows run under act. */
export interface ActWorld {
  readonly project: ProjectCopy;
  readonly github: FakeGitHub;
  /** Commits a file, and pushes it. */
  readonly add: (file: string, content: string) => Promise<void>;
  readonly run: (order: WorldOrder) => Promise<WorldRun>;
  readonly close: () => Promise<void>;
}

export async function openActWorld(): Promise<ActWorld> {
  const project = copyProject();
  const github = await startFakeGitHub({ repositories: { [estate]: { from: project.path } } });
  // What act takes the name of the repository from; it is never asked.
  git(project.path, 'remote', 'add', 'origin', `https://github.com/${estate}.git`);
  return {
    project,
    github,
    add: async (file, content) => {
      project.add(file, content);
      await pushTo(github, project);
    },
    run: (order) => runOn(github, { ...order, cwd: project.path }),
    close: async () => {
      project.remove();
      await github.close();
    },
  };
}

/** Not in one call that blocks: the server that is pushed to runs in this process. */
async function pushTo(github: FakeGitHub, { path }: ProjectCopy): Promise<void> {
  const token = github.userToken('acme');
  const url = new URL(`${github.url}/${estate}.git`);
  url.username = 'x-access-token';
  url.password = token;
  const args = ['push', '--quiet', '--force', url.href, 'HEAD:refs/heads/main'];
  const env = { PATH: process.env['PATH'], GIT_TERMINAL_PROMPT: '0' };
  await promisify(execFile)('git', args, { cwd: path, env });
}

/** Runs a workflow of a repository on disk that a fake GitHub has as well. Each run has artifacts of its own. */
export async function runOn(
  github: FakeGitHub,
  { token, secrets, env, losesArtifacts = false, ...order }: WorldOrder & { readonly cwd: string },
): Promise<WorldRun> {
  const artifacts = await startArtifactServer({ listsNothing: losesArtifacts });
  try {
    const run = await runAct({
      ...order,
      // The artifact client takes any other name of a server for one that has no artifacts; git knows that this is loopback.
      server: `http://github.localhost:${new URL(github.url).port}`,
      secrets: { GITHUB_TOKEN: token ?? github.workflowToken(), ...secrets },
      env: {
        ...artifacts.environment,
        GITHUB_API_URL: github.apiUrl,
        GITHUB_GRAPHQL_URL: github.graphqlUrl,
        ...env,
      },
    });
    return { ...run, artifacts: artifacts.artifacts(), refused: artifacts.refused };
  } finally {
    await artifacts.close();
  }
}
