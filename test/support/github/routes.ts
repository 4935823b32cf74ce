import { notFound, refusal } from './refusals.ts';
import { demand, isVisible, type Need, type Token } from './tokens.ts';
import { repositoryOf, type Account, type Repository, type Thread, type World } from './world.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface Call {
  readonly world: World;
  readonly method: string;
  readonly template: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Json;
  readonly token: Token | undefined;
  readonly authorization: string | undefined;
  /** Path with its query as asked for, for links to further pages. */
  readonly url: string;
}

export interface RepositoryCall extends Call {
  readonly repository: Repository;
  readonly actor: Account;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: string;
  /** As in GitHub's description. */
  readonly template: string;
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

/** Stands for whoever asks without a token. */
const nobody: Account = { id: 0, login: '', type: 'User' };

/** A route below a repository that the token must be allowed to use. */
export function repositoryRoute(
  [method, template]: readonly [string, string],
  need: Need,
  handle: (call: RepositoryCall) => Answer | Promise<Answer>,
): Route {
  return {
    method,
    template,
    handle: (call) => {
      const { owner = '', repo = '' } = call.params;
      const repository = repositoryOf(call.world, `${owner}/${repo}`);
      if (!repository || !isVisible(call.token, repository)) throw notFound();
      demand(call.token, repository, need);
      if (need.access === 'write' && repository.settings.isArchived) {
        throw refusal(403, 'Repository was archived so is read-only.');
      }
      return handle({ ...call, repository, actor: call.token?.account ?? nobody });
    },
  };
}

export const reads = (...any: readonly string[]): Need => ({ any, access: 'read' });
export const writes = (...any: readonly string[]): Need => ({ any, access: 'write' });

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function created(body: unknown): Answer {
  return { status: 201, body };
}

/** One page of a list, with the links that GitHub gives in a header: 30 a page, 100 at most. */
export function pageOf<Item>(call: Call, all: readonly Item[], write: (item: Item) => unknown): Answer {
  const size = Math.min(100, Math.max(1, numberOf(call.query.get('per_page'), 30)));
  const page = Math.max(1, numberOf(call.query.get('page'), 1));
  const last = Math.max(1, Math.ceil(all.length / size));
  const links = [
    ...(page > 1 ? [link(call, page - 1, 'prev')] : []),
    ...(page < last ? [link(call, page + 1, 'next'), link(call, last, 'last')] : []),
    ...(page > 1 ? [link(call, 1, 'first')] : []),
  ];
  const body = all.slice((page - 1) * size, page * size).map(write);
  return { status: 200, body, ...(links.length > 0 ? { headers: { link: links.join(', ') } } : {}) };
}

function link({ world, url }: Call, page: number, rel: string): string {
  const target = new URL(url, world.url);
  target.searchParams.set('page', String(page));
  return `<${target.href}>; rel="${rel}"`;
}

function numberOf(text: string | null, otherwise: number): number {
  const value = Number(text ?? otherwise);
  return Number.isInteger(value) ? value : otherwise;
}

export function threadOf({ repository, params }: RepositoryCall): Thread {
  const thread = repository.threads.get(Number(params['issue_number']));
  if (!thread) throw notFound();
  return thread;
}

export function text(body: Json, key: string): string {
  const value = body[key];
  return typeof value === 'string' ? value : '';
}

/** How a template takes a path apart: its last name takes all that is left, slashes too. */
export function matcher(template: string): (path: string) => Readonly<Record<string, string>> | undefined {
  const names: string[] = [];
  const isOpenEnded = /\{(?:ref|path)\}$/.test(template);
  const pattern = template
    .split(/(\{\w+\})/)
    .map((part) => {
      if (!part.startsWith('{')) return part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
      names.push(part.slice(1, -1));
      return '([^/]+)';
    })
    .join('');
  const whole = new RegExp(`^${isOpenEnded ? pattern.replace(/\(\[\^\/\]\+\)$/, '(.+)') : pattern}$`);
  return (path) => {
    const found = whole.exec(path);
    return found
      ? Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]))
      : undefined;
  };
}
