import { isRefusal } from './answer.ts';
import type { Client } from './client.ts';

/** What is left of the hour. */
export interface Rate {
  readonly left: number;
  readonly limit: number;
  /** ISO 8601, UTC. */
  readonly resetsAt: string;
}

/** Requests left, of each half of the API; null where the server has no limits. Costs none. */
export async function readRates(client: Client): Promise<{ readonly rest: Rate; readonly graphql: Rate } | null> {
  try {
    const { data } = await client.rest('GET /rate_limit');
    const { core, graphql = core } = data.resources;
    return { rest: rateOf(core), graphql: rateOf(graphql) };
  } catch (error) {
    if (isRefusal(error, [404])) return null;
    throw error;
  }
}

function rateOf(rate: { readonly limit: number; readonly remaining: number; readonly reset: number }): Rate {
  return { left: rate.remaining, limit: rate.limit, resetsAt: new Date(rate.reset * 1000).toISOString() };
}

/** Whether the workflow token may open pull requests; null where the token may not read that setting. */
export async function mayActionsOpen(client: Client): Promise<boolean | null> {
  try {
    const { data } = await client.rest('GET /repos/{owner}/{repo}/actions/permissions/workflow', client.place);
    return data.can_approve_pull_request_reviews;
  } catch (error) {
    if (isRefusal(error, [403, 404])) return null;
    throw error;
  }
}

export interface RepositoryFacts {
  readonly name: string;
  readonly isArchived: boolean;
  readonly hasIssues: boolean;
  /** Whether the token says that it may write code; null where it does not say. */
  readonly mayPush: boolean | null;
}

export async function readFacts(client: Client): Promise<RepositoryFacts> {
  const { data } = await client.rest('GET /repos/{owner}/{repo}', client.place);
  return {
    name: data.full_name,
    isArchived: data.archived,
    hasIssues: data.has_issues,
    mayPush: data.permissions?.push ?? null,
  };
}
