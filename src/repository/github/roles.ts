import { hostRoles, type HostRole } from '../../protocol/code-host.ts';
import { isRefusal } from './answer.ts';
import type { Client } from './client.ts';

/** The role that an account has in the repository; that of an unknown one is `none`. A role of an organisation's own counts as the one it builds on. */
export async function roleOf(client: Client, login: string): Promise<HostRole> {
  try {
    const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
    const { data } = await client.rest(route, { ...client.place, username: login });
    return (
      hostRoles.find((each) => each === data.role_name) ?? hostRoles.find((each) => each === data.permission) ?? 'none'
    );
  } catch (error) {
    if (isRefusal(error, [404])) return 'none';
    throw error;
  }
}
