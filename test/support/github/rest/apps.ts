import { appOf, type App, type Installation } from '../apps.ts';
import { accountJson, appJson, installationJson } from '../json/accounts.ts';
import { repositoryJson } from '../json/repositories.ts';
import { notAccessible, notFound, refusal } from '../refusals.ts';
import { created, ok, type Call, type Route } from '../routes.ts';
import { usedThisHour } from '../rates.ts';
import { stampOf } from '../clock.ts';
import { issueToken, type Access } from '../tokens.ts';
import { repositoryOf, type Repository } from '../world.ts';

export const appRoutes: readonly Route[] = [
  {
    method: 'GET',
    template: '/app',
    handle: ({ world, authorization }) => ok(appJson(world, appOf(world, authorization))),
  },
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/installation',
    handle: ({ world, authorization, params }) => {
      const app = appOf(world, authorization);
      const repository = repositoryOf(world, `${params['owner'] ?? ''}/${params['repo'] ?? ''}`);
      const installation = repository && app.installations.find((each) => covers(each, repository));
      if (!installation) throw notFound();
      return ok(installationJson(world, app, installation));
    },
  },
  { method: 'POST', template: '/app/installations/{installation_id}/access_tokens', handle: mintToken },
  {
    method: 'DELETE',
    template: '/installation/token',
    handle: ({ world, token }) => {
      if (!token) throw refusal(401, 'Requires authentication');
      if (token.kind === 'user')
        throw refusal(403, 'You must authenticate with an installation access token in order to revoke it');
      world.tokens.delete(token.value);
      return { status: 204 };
    },
  },
  {
    method: 'GET',
    template: '/user',
    handle: ({ world, token }) => {
      if (!token) throw refusal(401, 'Requires authentication');
      if (token.kind !== 'user') throw notAccessible();
      return ok(publicUserJson(accountJson(world, token.account)));
    },
  },
  { method: 'GET', template: '/rate_limit', handle: readRates },
];

function covers({ account, repositories }: Installation, repository: Repository): boolean {
  if (account.toLowerCase() !== repository.owner.login.toLowerCase()) return false;
  return repositories === null || repositories.has(repository.fullName.toLowerCase());
}

/** A token may be narrowed below what was granted, never widened. */
function mintToken({ world, authorization, params, body }: Call): ReturnType<Route['handle']> {
  const app: App = appOf(world, authorization);
  const installation = app.installations.find(({ id }) => String(id) === params['installation_id']);
  if (!installation) throw notFound();
  const asked = (body['permissions'] ?? installation.permissions) as Readonly<Record<string, Access>>;
  const isGranted = Object.entries(asked).every(
    ([name, access]) => installation.permissions[name] === 'write' || installation.permissions[name] === access,
  );
  if (!isGranted) throw refusal(422, 'The permissions requested are not granted to this installation.');
  const names = Array.isArray(body['repositories']) ? body['repositories'].map(String) : null;
  const chosen = names?.map((name) => repositoryOf(world, `${installation.account}/${name}`));
  if (chosen?.some((each) => !each || !covers(installation, each))) {
    throw refusal(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  }
  const all = [...world.repositories.values()].filter((each) => covers(installation, each));
  const expiresAt = world.clock.now() + 3_600_000;
  const repositories = (chosen ?? all).flatMap((each) => (each ? [each] : []));
  const token = issueToken(
    world,
    { kind: 'app', login: `${app.slug}[bot]` },
    {
      repositories: repositories.map(({ fullName }) => fullName),
      permissions: asked,
      expiresAt,
      installation: installation.id,
    },
  );
  return created({
    token: token.value,
    expires_at: stampOf(expiresAt),
    permissions: token.permissions,
    repository_selection: names === null && installation.repositories === null ? 'all' : 'selected',
    ...(names === null ? {} : { repositories: repositories.map((each) => repositoryJson(world, each)) }),
  });
}

function readRates({ world, token }: Call): ReturnType<Route['handle']> {
  const limit = world.limits.requestsPerHour;
  const rateOf = (resource: 'core' | 'graphql') => {
    const { count, resetSeconds } = usedThisHour(world, token, resource);
    return { limit, used: count, remaining: Math.max(0, limit - count), reset: resetSeconds };
  };
  const rate = rateOf('core');
  const search = { ...rate, limit: 30, used: 0, remaining: 30 };
  return ok({ resources: { core: rate, search, graphql: rateOf('graphql') }, rate });
}

function publicUserJson(account: Readonly<Record<string, unknown>>): unknown {
  const texts = ['name', 'company', 'blog', 'location', 'email', 'bio', 'hireable'];
  const counts = ['public_repos', 'public_gists', 'followers', 'following'];
  return {
    ...account,
    ...Object.fromEntries(texts.map((key) => [key, null])),
    ...Object.fromEntries(counts.map((key) => [key, 0])),
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
  };
}
