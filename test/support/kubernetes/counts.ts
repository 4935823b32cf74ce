import type { Route } from './resources.ts';

/** What has come in. */
export interface Counts {
  readonly connections: { readonly opened: number; readonly open: number; readonly most: number };
  /** By `verb collection`, such as `create jobs`, `watch pods`, `get pods/log`. */
  readonly requests: Readonly<Record<string, number>>;
  readonly total: number;
  readonly watches: { readonly open: number; readonly opened: number };
}

export interface Counter {
  readonly connected: () => void;
  readonly disconnected: () => void;
  readonly requested: (what: string) => void;
  readonly watching: (change: 1 | -1) => void;
  readonly read: () => Counts;
  readonly reset: () => void;
}

export function counter(): Counter {
  let connections = { opened: 0, open: 0, most: 0 };
  let requests: Record<string, number> = {};
  const watches = { open: 0, opened: 0 };
  return {
    connected: () => {
      const open = connections.open + 1;
      connections = { opened: connections.opened + 1, open, most: Math.max(connections.most, open) };
    },
    disconnected: () => void (connections = { ...connections, open: connections.open - 1 }),
    requested: (what) => void (requests[what] = (requests[what] ?? 0) + 1),
    watching: (change) => {
      watches.open += change;
      if (change > 0) watches.opened += 1;
    },
    read: () => ({
      connections: { ...connections },
      requests: { ...requests },
      total: Object.values(requests).reduce((sum, each) => sum + each, 0),
      watches: { ...watches },
    }),
    reset: () => {
      requests = {};
      watches.opened = 0;
      connections = { opened: 0, open: connections.open, most: connections.open };
    },
  };
}

/** The verb that rights are about: `list` and `watch` are not `get`. */
export function verbOf(method: string, route: Route | undefined, query: URLSearchParams): string {
  if (method === 'GET' && route?.name === undefined) return isWatch(query) ? 'watch' : 'list';
  const verbs: Readonly<Record<string, string>> = { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch' };
  if (method === 'DELETE') return route?.name === undefined ? 'deletecollection' : 'delete';
  return verbs[method] ?? method.toLowerCase();
}

export function isWatch(query: URLSearchParams): boolean {
  return ['1', 'true'].includes(query.get('watch') ?? '');
}
