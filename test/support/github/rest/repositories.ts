import { resolveCommit } from '../git/repository.ts';
import { entryAt, readTree, type TreeEntry } from '../git/trees.ts';
import { accountJson } from '../json/accounts.ts';
import { pageUrl, repositoryJson, repositoryUrl } from '../json/repositories.ts';
import { notFound, refusal } from '../refusals.ts';
import { ok, reads, repositoryRoute, type Json, type RepositoryCall, type Route } from '../routes.ts';
import { roleOf, type Role } from '../world.ts';

const base = '/repos/{owner}/{repo}';

export const repositoryRoutes: readonly Route[] = [
  repositoryRoute(['GET', base], reads('metadata'), ({ world, repository, token }) => {
    // What a person may do here; of other tokens nothing is told.
    const permissions =
      token?.kind === 'user' ? { permissions: rightsOf(roleOf(repository, token.account.login)) } : {};
    return ok({ ...repositoryJson(world, repository), ...permissions });
  }),
  repositoryRoute(['GET', `${base}/collaborators/{username}/permission`], reads('metadata'), (call) => {
    const { world, repository, params } = call;
    const account = world.accounts.get((params['username'] ?? '').toLowerCase());
    if (!account) throw notFound();
    const role = roleOf(repository, account.login);
    return ok({
      permission: coarse(role),
      role_name: role,
      user: { ...accountJson(world, account), permissions: rightsOf(role), role_name: role },
    });
  }),
  repositoryRoute(['GET', `${base}/contents/{path}`], reads('contents'), readContents),
];

/** The older word, of which there are only four. */
function coarse(role: Role): string {
  if (role === 'maintain') return 'write';
  return role === 'triage' ? 'read' : role;
}

function rightsOf(role: Role): Json {
  const order: readonly Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];
  const has = (least: Role): boolean => order.indexOf(role) >= order.indexOf(least);
  return {
    pull: has('read'),
    triage: has('triage'),
    push: has('write'),
    maintain: has('maintain'),
    admin: has('admin'),
  };
}

function readContents(call: RepositoryCall): ReturnType<Route['handle']> {
  const { repository, params, query } = call;
  const { objects } = repository.git;
  const path = (params['path'] ?? '').replace(/\/$/, '');
  const commit = resolveCommit(repository.git, query.get('ref') ?? repository.defaultBranch);
  if (!commit) throw refusal(404, `No commit found for the ref ${query.get('ref') ?? ''}`);
  const entry = entryAt(objects, commit.tree, path);
  if (!entry) throw notFound();
  if (entry.mode === '040000') {
    return ok(
      (readTree(objects, entry.sha) ?? []).map((each) => contentJson(call, { ...each, path: `${path}/${each.path}` })),
    );
  }
  const bytes = objects.read(entry.sha)?.bytes ?? Buffer.alloc(0);
  // Beyond a mebibyte the text is left out, and only its size is said.
  const isWhole = bytes.length <= call.world.limits.contentsBytes;
  return ok({
    ...contentJson(call, entry),
    encoding: isWhole ? 'base64' : 'none',
    content: isWhole ? bytes.toString('base64').replaceAll(/.{60}(?=.)/g, '$&\n') : '',
  });
}

function contentJson({ world, repository, query }: RepositoryCall, { path, mode, sha }: TreeEntry): Json {
  const ref = query.get('ref') ?? repository.defaultBranch;
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const type = mode === '040000' ? 'dir' : mode === '120000' ? 'symlink' : mode === '160000' ? 'submodule' : 'file';
  const url = repositoryUrl(world, repository, `/contents/${encoded}?ref=${encodeURIComponent(ref)}`);
  const git = repositoryUrl(world, repository, `/git/${type === 'dir' ? 'trees' : 'blobs'}/${sha}`);
  const html = pageUrl(world, repository, `/blob/${ref}/${encoded}`);
  return {
    type,
    name: path.split('/').at(-1),
    path,
    sha,
    size: repository.git.objects.read(sha)?.bytes.length ?? 0,
    url,
    git_url: git,
    html_url: html,
    download_url: type === 'dir' ? null : pageUrl(world, repository, `/raw/${ref}/${encoded}`),
    _links: { self: url, git, html },
  };
}
