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
  /** Whether there is a key for the vendor's model; its value stays where it is. */
  readonly hasModelKey: boolean;
  /** Values that must never appear in any output. */
  readonly secrets: readonly string[];
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
    hasModelKey: Boolean(process.env['ANTHROPIC_API_KEY']),
    secrets: [...secrets, ...[store, workerStore].flatMap(passwordsOf)],
  };
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
