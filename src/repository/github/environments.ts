import { isRefusal } from './answer.ts';
import type { Client } from './client.ts';

/** Rules that hold a job up or limit its branches, and ask nobody. */
const unasking = ['wait_timer', 'branch_policy'];

/**
 * Whether somebody has to approve what waits for an environment: its reviewers, or a rule of an App. An environment that is
 * not there asks nobody: GitHub makes it when a job names it, without any rule. Throws `github-forbidden` without
 * `actions: read`.
 */
export async function asksForApproval(client: Client, name: string): Promise<boolean> {
  try {
    const route = 'GET /repos/{owner}/{repo}/environments/{environment_name}';
    const { data } = await client.rest(route, { ...client.place, environment_name: name });
    return (data.protection_rules ?? []).some(({ type }) => !unasking.includes(type));
  } catch (error) {
    if (isRefusal(error, [404])) return false;
    throw error;
  }
}
