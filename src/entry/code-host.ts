import type { HostIdentity } from '../protocol/code-host.ts';
import type { GitHubLimits } from '../repository/github/limits.ts';
import { graphqlUrlOf, openGitHub, placeOf, type GitHub } from '../repository/github/open-github.ts';
import { appTokens, type AppTokens } from '../repository/github/tokens.ts';
import { systemClock } from '../shared/clock.ts';
import { problem } from '../shared/errors.ts';
import { pause } from '../shared/pause.ts';
import type { Environment } from './environment.ts';
import { version } from './version.ts';

/** The door to one repository on GitHub, opened with the token that the environment has for it. */
export interface CodeHost {
  readonly github: GitHub;
  /** `owner/name`. */
  readonly repository: string;
  readonly identity: () => Promise<HostIdentity>;
  /** Values that came up and must never be printed. */
  readonly secrets: () => readonly string[];
  /** Ends what was opened: a token that was made for this process is revoked. */
  readonly close: () => Promise<void>;
}

/** Whether the environment has anything to speak to GitHub with. */
export function hasCodeHost({ github }: Environment): boolean {
  return (github.token ?? github.appId) !== undefined && github.repository !== undefined;
}

export interface HostWish {
  /** Told of each token that is made. */
  readonly onToken?: (token: string) => void;
  /** A doctor is less patient than a run. */
  readonly limits?: Partial<GitHubLimits>;
}

/**
 * Opens the door: with a GitHub App where its id and key are given, else with the token. Connects with the first request.
 * Throws `no-github-token`, `no-github-repository`.
 */
export function openCodeHost(environment: Environment, wish: HostWish = {}): CodeHost {
  const { github } = environment;
  const { repository } = github;
  if (repository === undefined) throw noRepository();
  const made: string[] = [];
  const onToken = (token: string): void => {
    made.push(token);
    wish.onToken?.(token);
  };
  const app = openApp(environment, { repository, onToken, limits: wish.limits ?? {} });
  const token = app ? app.token : github.token;
  if (token === undefined) throw noToken();
  const opened = openGitHub({ ...placeOfHost(environment), repository, token, limits: wish.limits ?? {} });
  return {
    github: opened,
    repository,
    identity: async () => {
      if (app === undefined) return opened.identify();
      await app.token();
      return opened.identify(await app.permissions());
    },
    secrets: () => made,
    close: async () => app?.revoke(),
  };
}

/** Does something through the door, and closes it, however that ends. */
export async function withCodeHost<T>(
  environment: Environment,
  act: (host: CodeHost) => Promise<T>,
  wish: HostWish = {},
): Promise<T> {
  const host = openCodeHost(environment, wish);
  try {
    return await act(host);
  } finally {
    await host.close();
  }
}

function placeOfHost({ github }: Environment) {
  return {
    apiUrl: github.apiUrl,
    graphqlUrl: github.graphqlUrl,
    clock: systemClock,
    userAgent: `cortex/${version}`,
  };
}

function openApp(
  environment: Environment,
  {
    repository,
    onToken,
    limits,
  }: { readonly repository: string; readonly onToken: (token: string) => void; readonly limits: Partial<GitHubLimits> },
): AppTokens | undefined {
  const { appId: id, appKey: privateKey } = environment.github;
  if (id === undefined || privateKey === undefined) return undefined;
  return appTokens({
    ...placeOfHost(environment),
    graphqlUrl: environment.github.graphqlUrl ?? graphqlUrlOf(environment.github.apiUrl),
    pause: (ms) => pause(ms),
    app: { id, privateKey },
    repository: placeOf(repository),
    onToken,
    limits,
  });
}

function noRepository(): Error {
  return problem('no-github-repository', 'Nothing names the repository on GitHub', {
    hint: 'Set GITHUB_REPOSITORY to owner/name, or run where the remote `origin` is on GitHub.',
  });
}

function noToken(): Error {
  return problem('no-github-token', 'There is no token for GitHub', {
    hint: 'Set GITHUB_TOKEN, or CORTEX_APP_ID and CORTEX_APP_PRIVATE_KEY; in a workflow, as `env` of the step.',
  });
}
