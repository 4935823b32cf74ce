import { isOwnOrBot, type HostIssue, type HostQuestion } from '../../protocol/code-host.ts';
import { isRefusal } from './answer.ts';
import type { Client } from './client.ts';
import { readComments } from './read-comments.ts';

/** Issues and pull requests of one page, the largest that there is. */
const page = 100;

/** One issue as it is now, without its comments; null where it was deleted, or is none. */
export async function readIssue(client: Client, number: number): Promise<Omit<HostIssue, 'comments'> | null> {
  try {
    const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}';
    const { data } = await client.rest(route, { ...client.place, issue_number: number });
    // One that was moved to another repository is answered with what it is there.
    return data.number === number && data.pull_request === undefined ? issueOf(data) : null;
  } catch (error) {
    if (isRefusal(error, [404, 410])) return null;
    throw error;
  }
}

/**
 * The issues of an account that have a mark in their text, whatever their labels; none where one is known already. By REST:
 * it knows bots by the login that they have everywhere else.
 */
export async function findOwnIssues(
  client: Client,
  asked: HostQuestion['ownIssues'],
  known: readonly HostIssue[],
): Promise<readonly HostIssue[]> {
  if (asked === null) return [];
  const { login, mark } = asked;
  if (known.some(({ author, body }) => isOwnOrBot(author, { login }) && body.includes(mark))) return [];
  const found: HostIssue[] = [];
  for (const each of await newestBy(client, login)) {
    if (each.pull_request !== undefined || !each.body?.includes(mark)) continue;
    found.push({ ...issueOf(each), comments: await readComments(client, each.number) });
  }
  return found.filter(({ number }) => !known.some((each) => each.number === number));
}

/** Issues and pull requests of an account that changed last; none where the repository has no issues, or not that account. */
async function newestBy(client: Client, login: string) {
  const wish = { creator: login, state: 'all', sort: 'updated', direction: 'desc', per_page: page } as const;
  try {
    const { data } = await client.rest('GET /repos/{owner}/{repo}/issues', { ...client.place, ...wish });
    return data;
  } catch (error) {
    if (isRefusal(error, [404, 410, 422])) return [];
    throw error;
  }
}

/** An issue as REST shows it. */
interface RestIssue {
  readonly number: number;
  readonly node_id: string;
  readonly html_url: string;
  readonly state: string;
  readonly title: string;
  readonly body?: string | null;
  readonly user: { readonly login: string; readonly type: string } | null;
  readonly labels: readonly (string | { readonly name?: string | null })[];
}

function issueOf({ number, node_id: nodeId, html_url: url, state, title, body, user, labels }: RestIssue) {
  return {
    number,
    nodeId,
    url,
    state: state === 'closed' ? ('closed' as const) : ('open' as const),
    title,
    body: body ?? '',
    author: { login: user?.login ?? 'ghost', isBot: user?.type === 'Bot' },
    labels: labels.flatMap((label) => (typeof label === 'string' ? label : (label.name ?? []))),
  };
}
