/** REST by what it does, GraphQL by its operation, git by itself. */
export type Kind = 'read' | 'write' | 'query' | 'mutation' | 'git';

export interface Logged {
  readonly kind: Kind;
  readonly method: string;
  /** Without `/api/v3`, with its query. */
  readonly path: string;
  /** As GitHub's description names it, such as `POST /repos/{owner}/{repo}/pulls`; the path's first part otherwise. */
  readonly operation: string;
  readonly body: unknown;
  readonly login: string | null;
  readonly at: number;
  /** Null where the connection was cut. */
  status: number | null;
}

export interface Counts {
  readonly read: number;
  readonly write: number;
  readonly query: number;
  readonly mutation: number;
  readonly git: number;
  /** Of the API: all but git's own. */
  readonly total: number;
  readonly byOperation: Readonly<Record<string, number>>;
}

export interface RequestLog {
  readonly all: () => readonly Logged[];
  readonly add: (entry: Logged) => Logged;
  readonly counts: () => Counts;
  readonly reset: () => void;
}

export function requestLog(): RequestLog {
  let entries: Logged[] = [];
  const count = (kind: Kind): number => entries.filter((each) => each.kind === kind).length;
  return {
    all: () => entries,
    add: (entry) => {
      entries.push(entry);
      return entry;
    },
    counts: () => {
      const byOperation: Record<string, number> = {};
      for (const { operation } of entries) byOperation[operation] = (byOperation[operation] ?? 0) + 1;
      const git = count('git');
      return {
        read: count('read'),
        write: count('write'),
        query: count('query'),
        mutation: count('mutation'),
        git,
        total: entries.length - git,
        byOperation,
      };
    },
    reset: () => void (entries = []),
  };
}
