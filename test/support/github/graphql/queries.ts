import { usedThisHour } from '../rates.ts';
import { isAllowed, isVisible } from '../tokens.ts';
import { repositoryOf, type Account } from '../world.ts';
import { accountNode } from './account-nodes.ts';
import { refusal } from './connection.ts';
import type { Asker } from './asker.ts';
import { findNode } from './find-node.ts';
import { repositoryNode } from './repository-nodes.ts';

/** Where queries begin. */
export const queries = {
  viewer: (_: unknown, { world, token }: Asker) => ({
    ...(accountNode(world, token.account) as object),
    // Of a bot too it is a User here, with its login as REST writes it.
    __typename: 'User',
    login: token.account.login,
  }),
  rateLimit: (_: unknown, asker: Asker) => rateLimitOf(asker),
  repository: ({ owner, name }: { readonly owner: string; readonly name: string }, { world, token }: Asker) => {
    const repository = repositoryOf(world, `${owner}/${name}`);
    if (!repository || !isVisible(token, repository)) {
      throw refusal('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
    }
    if (!isAllowed(token, repository, { any: ['metadata'], access: 'read' })) {
      throw refusal('FORBIDDEN', 'Resource not accessible by integration');
    }
    return repositoryNode(world, repository);
  },
  node: ({ id }: { readonly id: string }, asker: Asker) => nodeAt(id, asker),
  nodes: ({ ids }: { readonly ids: readonly string[] }, asker: Asker) => ids.map((id) => nodeAt(id, asker)),
  user: ({ login }: { readonly login: string }, { world }: Asker) => account(login, { world, type: 'User' }),
  organization: ({ login }: { readonly login: string }, { world }: Asker) =>
    account(login, { world, type: 'Organization' }),
};

function nodeAt(id: string, asker: Asker): unknown {
  const node = findNode(asker, id);
  if (!node) throw refusal('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
  return node;
}

function account(
  login: string,
  { world, type }: { readonly world: Asker['world']; readonly type: Account['type'] },
): unknown {
  const found = world.accounts.get(login.toLowerCase());
  if (found?.type !== type) {
    const word = type === 'User' ? 'a User' : 'an Organization';
    throw refusal('NOT_FOUND', `Could not resolve to ${word} with the login of '${login}'.`);
  }
  return accountNode(world, found);
}

/** What `rateLimit` says. */
function rateLimitOf({ world, token, cost }: Asker): unknown {
  const { count, resetSeconds } = usedThisHour(world, token, 'graphql');
  const limit = world.limits.requestsPerHour;
  const resetAt = new Date(resetSeconds * 1000).toISOString().replace('.000Z', 'Z');
  return {
    cost: cost.points,
    limit,
    nodeCount: cost.nodes,
    remaining: Math.max(0, limit - count),
    resetAt,
    used: count,
  };
}
