import { z } from 'zod';
import type { HostIdentity } from '../../protocol/code-host.ts';
import { ask, type Client } from './client.ts';

const viewerShape = z.object({ viewer: z.object({ login: z.string() }) });

/** Login of the token that every job of a workflow has. */
const workflowLogin = 'github-actions[bot]';

/**
 * Who a token speaks as. Of workflow files: the workflow token may never push them; a classic token of a user says by its scopes
 * whether it may; of all others nobody can tell before a push, so `mayWriteWorkflows` is taken from `granted` (the permissions
 * that came with the token), and else for given: GitHub's refusal is an error with a name.
 */
export async function identify(client: Client, granted?: Readonly<Record<string, string>>): Promise<HostIdentity> {
  const { viewer } = await ask(client, { query: 'query { viewer { login } }', variables: {}, schema: viewerShape });
  const { login } = viewer;
  if (login === workflowLogin) return { kind: 'workflow', login, mayWriteWorkflows: false };
  const scopes = client.scopes();
  const mayWriteWorkflows =
    granted === undefined
      ? scopes === undefined || scopes.split(',').some((scope) => scope.trim() === 'workflow')
      : granted['workflows'] === 'write';
  return { kind: login.endsWith('[bot]') ? 'app' : 'user', login, mayWriteWorkflows };
}
