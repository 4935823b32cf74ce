import type { HostComment } from '../../protocol/code-host.ts';
import type { Client } from './client.ts';

/** Comments of an issue or a pull request, in the order in which they were written. Whose account is gone is `ghost`. */
export async function readComments(client: Client, issue: number): Promise<readonly HostComment[]> {
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
  const comments: HostComment[] = [];
  for (let page = 1; ; page += 1) {
    const { data } = await client.rest(route, { ...client.place, issue_number: issue, per_page: 100, page });
    for (const each of data) {
      comments.push({
        id: Number(each.id),
        url: each.html_url,
        body: each.body ?? '',
        author: { login: each.user?.login ?? 'ghost', isBot: each.user?.type === 'Bot' },
        createdAt: each.created_at,
        updatedAt: each.updated_at,
      });
    }
    if (data.length < 100) return comments;
  }
}
