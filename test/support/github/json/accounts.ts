import type { App, Installation } from '../apps.ts';
import type { Json } from '../routes.ts';
import { accountOf, nodeId, type Account, type Team, type World } from '../world.ts';

export function apiUrl(world: World, path: string): string {
  return `${world.url}/api/v3${path}`;
}

/** Stands in for accounts that are gone. */
const ghost: Account = { id: 10_137, login: 'ghost', type: 'User' };

export function accountJson(world: World, account: Account): Json {
  const { id, login, type } = world.accounts.has(account.login.toLowerCase()) ? account : ghost;
  const url = apiUrl(world, `/users/${encodeURIComponent(login)}`);
  return {
    login,
    id,
    node_id: accountNodeId({ id, login, type }),
    avatar_url: `${world.url}/avatars/u/${id}`,
    gravatar_id: '',
    url,
    html_url: accountUrl(world, login),
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    user_view_type: 'public',
    site_admin: false,
  };
}

export function accountUrl(world: World, login: string): string {
  return login.endsWith('[bot]') ? `${world.url}/apps/${login.slice(0, -'[bot]'.length)}` : `${world.url}/${login}`;
}

export function accountNodeId({ id, type }: Account): string {
  return nodeId({ User: 'U', Bot: 'BOT', Organization: 'O' }[type], id);
}

export function teamJson(world: World, { id, slug, organization }: Team): Json {
  const url = apiUrl(world, `/organizations/${accountOf(world, organization).id}/team/${id}`);
  return {
    id,
    node_id: nodeId('T', id),
    url,
    members_url: `${url}/members{/member}`,
    name: slug,
    description: null,
    permission: 'pull',
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    html_url: `${world.url}/orgs/${organization}/teams/${slug}`,
    repositories_url: `${url}/repos`,
    slug,
    type: 'organization',
    organization_id: accountOf(world, organization).id,
    parent: null,
  };
}

export function appJson(world: World, app: App): Json {
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: nodeId('A', app.id),
    owner: accountJson(world, accountOf(world, app.owner)),
    name: app.slug,
    description: null,
    external_url: `${world.url}/apps/${app.slug}`,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    permissions: app.installations[0]?.permissions ?? {},
    events: [],
  };
}

export function installationJson(world: World, app: App, installation: Installation): Json {
  const url = apiUrl(world, `/app/installations/${installation.id}`);
  const account = accountOf(world, installation.account);
  return {
    id: installation.id,
    client_id: app.clientId,
    account: accountJson(world, account),
    repository_selection: installation.repositories === null ? 'all' : 'selected',
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: apiUrl(world, '/installation/repositories'),
    html_url: `${world.url}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: installation.permissions,
    events: [],
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    single_file_name: null,
    suspended_by: null,
    suspended_at: null,
  };
}
