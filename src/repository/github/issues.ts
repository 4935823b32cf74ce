import { sendOnce, type Client } from './client.ts';
import { labelIds, type LabelBook } from './labels.ts';
import { repeatable } from './transport.ts';

export interface IssueOrder {
  /** null = a new one. */
  readonly number: number | null;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly state: 'open' | 'closed';
}

type WrittenIssue = Readonly<{ number: number; url: string }>;

/** Writes an issue. Labels are added where they are missing; those that people gave it stay. */
export async function writeIssue(
  client: Client & { readonly labels: LabelBook },
  order: IssueOrder,
): Promise<WrittenIssue> {
  if (order.number !== null) return updateIssue(client, { ...order, number: order.number });
  // Looked up first, so that an issue never comes about without the label by which it is found again.
  await labelIds(client, order.labels);
  const issue = await sendOnce(client, {
    send: () => createIssue(client, order),
    find: () => findIssue(client, order),
  });
  return order.state === 'open' ? issue : updateIssue(client, { ...order, number: issue.number });
}

async function createIssue(client: Client, { title, body, labels }: IssueOrder): Promise<WrittenIssue> {
  const route = 'POST /repos/{owner}/{repo}/issues';
  const { data } = await client.rest(route, { ...client.place, title, body, labels: [...labels] });
  return { number: data.number, url: data.html_url };
}

async function findIssue(client: Client, { title, body, labels }: IssueOrder): Promise<WrittenIssue | undefined> {
  const { data } = await client.rest('GET /repos/{owner}/{repo}/issues', {
    ...client.place,
    labels: labels.join(','),
    state: 'all',
    sort: 'created',
    direction: 'desc',
    per_page: 100,
  });
  const found = data.find((each) => each.title.trim() === title.trim() && sameText(each.body ?? '', body));
  return found && { number: found.number, url: found.html_url };
}

async function updateIssue(
  client: Client,
  { number, title, body, labels, state }: IssueOrder & { readonly number: number },
): Promise<WrittenIssue> {
  const place = { ...client.place, issue_number: number };
  const route = 'PATCH /repos/{owner}/{repo}/issues/{issue_number}';
  const { data } = await client.rest(route, { ...place, title, body, state, request: repeatable });
  const there = new Set(
    data.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? '')).toLowerCase()),
  );
  const missing = labels.filter((name) => !there.has(name.toLowerCase()));
  if (missing.length > 0)
    await client.rest('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
      ...place,
      labels: missing,
      request: repeatable,
    });
  return { number: data.number, url: data.html_url };
}

export interface CommentOrder {
  readonly issue: number;
  /** null = a new one. */
  readonly id: number | null;
  readonly body: string;
}

type WrittenComment = Readonly<{ id: number; url: string }>;

/** Throws `github-not-found` where a comment to be changed is gone: who deleted it did not want it. */
export async function writeComment(client: Client, { issue, id, body }: CommentOrder): Promise<WrittenComment> {
  if (id !== null) {
    const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
    const { data } = await client.rest(route, { ...client.place, comment_id: id, body, request: repeatable });
    return { id: Number(data.id), url: data.html_url };
  }
  return sendOnce(client, {
    send: async () => {
      const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
      const { data } = await client.rest(route, { ...client.place, issue_number: issue, body });
      return { id: Number(data.id), url: data.html_url };
    },
    find: () => findComment(client, issue, body),
  });
}

/** The last page is where a new comment stands; of an issue of many pages it is known by the header only. */
async function findComment(client: Client, issue: number, body: string): Promise<WrittenComment | undefined> {
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
  for (let page = 1; ;) {
    const { data, headers } = await client.rest(route, { ...client.place, issue_number: issue, per_page: 100, page });
    const found = data.find((each) => sameText(each.body ?? '', body));
    if (found) return { id: Number(found.id), url: found.html_url };
    const last = Number(/[?&]page=(\d+)[^>]*>; rel="last"/.exec(headers.link ?? '')?.[1] ?? page);
    if (last <= page) return undefined;
    page = last;
  }
}

/** GitHub may give line ends back as it keeps them. */
function sameText(a: string, b: string): boolean {
  return a.replaceAll('\r\n', '\n').trimEnd() === b.replaceAll('\r\n', '\n').trimEnd();
}
