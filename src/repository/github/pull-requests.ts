import { isRefusal } from './answer.ts';
import type { Client } from './client.ts';
import { repeatable } from './transport.ts';

export interface PullRequestOrder {
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly isDraft: boolean;
}

export interface OpenedPullRequest {
  readonly number: number;
  readonly nodeId: string;
  readonly url: string;
}

/**
 * Opens a pull request; where the branch has an open one already, that is it. Where the repository has no drafts, it is none.
 * Throws `github-actions-may-not-open`, and `github-refused` where the branch brings nothing.
 */
export async function openPullRequest(client: Client, order: PullRequestOrder): Promise<OpenedPullRequest> {
  try {
    const { data } = await client.rest('POST /repos/{owner}/{repo}/pulls', {
      ...client.place,
      head: order.branch,
      base: order.base,
      title: order.title,
      body: order.body,
      draft: order.isDraft,
      request: repeatable,
    });
    return opened(data);
  } catch (error) {
    if (order.isDraft && isRefusal(error, [422], /draft pull requests are not supported/i))
      return openPullRequest(client, { ...order, isDraft: false });
    const there = isRefusal(error, [422], /already exists/i) ? await findOpen(client, order) : undefined;
    if (there === undefined) throw error;
    return there;
  }
}

async function findOpen(client: Client, { branch, base }: PullRequestOrder): Promise<OpenedPullRequest | undefined> {
  const { data } = await client.rest('GET /repos/{owner}/{repo}/pulls', {
    ...client.place,
    state: 'open',
    head: `${client.place.owner}:${branch}`,
    per_page: 100,
  });
  const found = data.find((each) => each.base.ref === base) ?? data[0];
  return found && opened(found);
}

function opened(data: {
  readonly number: number;
  readonly node_id: string;
  readonly html_url: string;
}): OpenedPullRequest {
  return { number: data.number, nodeId: data.node_id, url: data.html_url };
}

export interface PullRequestEdit {
  readonly title?: string;
  readonly body?: string;
  readonly state?: 'open' | 'closed';
}

export async function editPullRequest(client: Client, number: number, change: PullRequestEdit): Promise<void> {
  const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
  await client.rest(route, { ...client.place, pull_number: number, ...change, request: repeatable });
}
