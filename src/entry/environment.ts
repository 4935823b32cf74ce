import { homedir, tmpdir } from 'node:os';

/** What a process gets from outside, read once at the entry. */
export interface Environment {
  readonly path: string;
  readonly temporary: string;
  readonly noColor: boolean;
  readonly columns: number;
  readonly isTerminal: boolean;
  /** Address of a shared store, with its password; undefined where there is none. */
  readonly store: string | undefined;
  /** The same for workers, who should be able to do less. */
  readonly workerStore: string | undefined;
  /** What kubectl would use. */
  readonly kubeconfig: string | undefined;
  readonly home: string;
  /** Set inside a pod. */
  readonly pod: { readonly host: string | undefined; readonly port: string | undefined };
  /** Set in a job of GitHub Actions that has `id-token: write`. */
  readonly identity: { readonly url: string | undefined; readonly token: string | undefined };
  /** The way to GitHub, and who goes there. */
  readonly github: GitHubEnvironment;
  /** Whether there is a key for the vendor's model; its value stays where it is. */
  readonly hasModelKey: boolean;
  /** A variable whose name a plan gives; undefined where it is not set, or empty. */
  readonly variable: (name: string) => string | undefined;
  /** Values that must never appear in any output. */
  readonly secrets: readonly string[];
}

/** Set in a job of GitHub Actions; elsewhere as far as somebody sets it. */
export interface GitHubEnvironment {
  readonly token: string | undefined;
  /** Addresses of the API, and of the pages that people see, without a slash at the end. */
  readonly apiUrl: string;
  readonly graphqlUrl: string | undefined;
  readonly serverUrl: string;
  /** `owner/name`. */
  readonly repository: string | undefined;
  /** Full name of the branch or tag that the workflow runs on. */
  readonly ref: string | undefined;
  /** Page of the workflow run that this process belongs to. */
  readonly runUrl: string | undefined;
  /** A GitHub App: its id and its private key in PEM. */
  readonly appId: string | undefined;
  readonly appKey: string | undefined;
}

const secretName = /(?:TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|AUTH)/i;

/** Reads the environment of this process. A variable whose name speaks of a secret is taken for one. */
export function readEnvironment(): Environment {
  const secrets = Object.entries(process.env).flatMap(([name, value]) =>
    value && secretName.test(name) && !isPath(value) ? [value] : [],
  );
  const store = process.env['CORTEX_STORE'] || undefined;
  const workerStore = process.env['CORTEX_WORKER_STORE'] || undefined;
  return {
    path: process.env['PATH'] ?? '',
    temporary: tmpdir(),
    noColor: (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb',
    columns: process.stdout.columns ?? 100,
    isTerminal: process.stdout.isTTY === true,
    store,
    workerStore,
    kubeconfig: process.env['KUBECONFIG'] || undefined,
    home: process.env['HOME'] || homedir(),
    pod: { host: process.env['KUBERNETES_SERVICE_HOST'], port: process.env['KUBERNETES_SERVICE_PORT'] },
    identity: {
      url: process.env['ACTIONS_ID_TOKEN_REQUEST_URL'] || undefined,
      token: process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] || undefined,
    },
    github: readGitHub(process.env),
    hasModelKey: Boolean(process.env['ANTHROPIC_API_KEY']),
    variable: (name) => process.env[name] || undefined,
    secrets: [...secrets, ...[store, workerStore].flatMap(passwordsOf)],
  };
}

/** Cortex's own token goes before the one that each job has. */
function readGitHub(env: Readonly<Record<string, string | undefined>>): GitHubEnvironment {
  const serverUrl = plainUrl(env['GITHUB_SERVER_URL']) ?? 'https://github.com';
  return {
    token: env['CORTEX_GITHUB_TOKEN'] || env['GITHUB_TOKEN'] || undefined,
    apiUrl: plainUrl(env['GITHUB_API_URL']) ?? apiUrlOf(serverUrl),
    graphqlUrl: plainUrl(env['GITHUB_GRAPHQL_URL']),
    serverUrl,
    repository: env['GITHUB_REPOSITORY'] || undefined,
    ref: env['GITHUB_REF'] || undefined,
    runUrl: runUrlOf(serverUrl, env),
    appId: env['CORTEX_APP_ID'] || undefined,
    appKey: env['CORTEX_APP_PRIVATE_KEY'] || undefined,
  };
}

function runUrlOf(serverUrl: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return repository && run ? `${serverUrl}/${repository}/actions/runs/${run}` : undefined;
}

/** GitHub's own and a company's domain there have the API on a domain before it, a server below a path. */
function apiUrlOf(serverUrl: string): string {
  const [, scheme = '', host = ''] = /^(\w+:\/\/)(.*)$/.exec(serverUrl) ?? [];
  return host === 'github.com' || host.endsWith('.ghe.com') ? `${scheme}api.${host}` : `${serverUrl}/api/v3`;
}

function plainUrl(url: string | undefined): string | undefined {
  return url?.replace(/\/+$/, '') || undefined;
}

/** The password in a URL, as it is written and as it is meant. */
function passwordsOf(url: string | undefined): readonly string[] {
  const written = /^[^/]*:\/\/[^/@]*?:([^/@]*)@/.exec(url ?? '')?.[1];
  if (!written) return [];
  try {
    return [written, decodeURIComponent(written)];
  } catch {
    return [written];
  }
}

/** `SSH_AUTH_SOCK` and the like name a file, not a secret. */
function isPath(value: string): boolean {
  return value.startsWith('/');
}
