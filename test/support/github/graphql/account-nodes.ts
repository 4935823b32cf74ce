import { accountNodeId, accountUrl } from '../json/accounts.ts';
import { nodeId, type Account, type Team, type World } from '../world.ts';

/** Whoever acts. A bot's login has no `[bot]` here, other than in REST. */
export function accountNode(world: World, account: Account): unknown {
  const { id, login, type } = account;
  return {
    __typename: type,
    id: accountNodeId(account),
    databaseId: id,
    login: type === 'Bot' ? login.replace(/\[bot\]$/, '') : login,
    name: null,
    url: accountUrl(world, login),
    team: ({ slug }: { readonly slug: string }) => {
      const team = world.teams.find((each) => each.organization === login && each.slug === slug);
      return team ? teamNode(team) : null;
    },
  };
}

/** Who wrote something: null where the account has been deleted since. */
export function authorNode(world: World, account: Account): unknown {
  return world.accounts.has(account.login.toLowerCase()) ? accountNode(world, account) : null;
}

export function teamNode({ id, slug, organization }: Team): unknown {
  return { __typename: 'Team', id: nodeId('T', 'team', id), slug, name: slug, combinedSlug: `${organization}/${slug}` };
}
