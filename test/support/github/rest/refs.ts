import { isAncestor } from '../git/history.ts';
import { commitAt } from '../git/repository.ts';
import { isRefName } from '../git/refs.ts';
import { refJson } from '../json/git.ts';
import { moveRef, newWorkflows } from '../pulls.ts';
import { notAccessible, notFound, refusal } from '../refusals.ts';
import { created, ok, reads, repositoryRoute, text, writes, type RepositoryCall, type Route } from '../routes.ts';
import { mayWriteWorkflows } from '../tokens.ts';

const base = '/repos/{owner}/{repo}/git';

export const refRoutes: readonly Route[] = [
  repositoryRoute(['GET', `${base}/ref/{ref}`], reads('contents'), (call) => {
    const ref = `refs/${call.params['ref'] ?? ''}`;
    const sha = call.repository.git.refs.get(ref);
    if (sha === null) throw notFound();
    return ok(refJson(call.world, call.repository, { ref, sha }));
  }),
  repositoryRoute(['GET', `${base}/matching-refs/{ref}`], reads('contents'), (call) => {
    const found = call.repository.git.refs.below(`refs/${call.params['ref'] ?? ''}`);
    return ok(found.map((each) => refJson(call.world, call.repository, each)));
  }),
  repositoryRoute(['POST', `${base}/refs`], writes('contents'), createRef),
  repositoryRoute(['PATCH', `${base}/refs/{ref}`], writes('contents'), updateRef),
  repositoryRoute(['DELETE', `${base}/refs/{ref}`], writes('contents'), (call) => {
    const ref = `refs/${call.params['ref'] ?? ''}`;
    if (call.repository.git.refs.get(ref) === null) throw refusal(422, 'Reference does not exist');
    if (ref === `refs/heads/${call.repository.defaultBranch}`) throw refusal(422, 'Cannot delete the default branch');
    moveRef(call.world, call.repository, { ref, sha: null });
    return { status: 204 };
  }),
];

function createRef(call: RepositoryCall): ReturnType<Route['handle']> {
  const { world, repository, body } = call;
  const [ref, sha] = [text(body, 'ref'), text(body, 'sha')];
  if (!isRefName(ref)) throw refusal(422, "Reference name must start with 'refs/' and have at least two slashes");
  if (!commitAt(repository.git, sha)) throw refusal(422, 'Object does not exist');
  if (repository.git.refs.get(ref) !== null) throw refusal(422, 'Reference already exists');
  if (runsInto(repository.git.refs.below('refs/'), ref)) throw refusal(422, 'Reference update failed');
  refuseWorkflows(call, sha);
  moveRef(world, repository, { ref, sha });
  return created(refJson(world, repository, { ref, sha }));
}

function updateRef(call: RepositoryCall): ReturnType<Route['handle']> {
  const { world, repository, body, params } = call;
  const ref = `refs/${params['ref'] ?? ''}`;
  const sha = text(body, 'sha');
  const before = repository.git.refs.get(ref);
  if (before === null) throw refusal(422, 'Reference does not exist');
  if (!commitAt(repository.git, sha)) throw refusal(422, 'Object does not exist');
  if (body['force'] !== true && !isAncestor(repository.git.objects, before, sha)) {
    throw refusal(422, 'Update is not a fast forward');
  }
  refuseWorkflows(call, sha);
  moveRef(world, repository, { ref, sha });
  return ok(refJson(world, repository, { ref, sha }));
}

/** GitHub doesn't say here what is missing; at a push it does. */
function refuseWorkflows({ repository, token }: RepositoryCall, sha: string): void {
  if (token && !mayWriteWorkflows(token) && newWorkflows(repository, sha).length > 0) throw notAccessible();
}

/** `a/b` can't be where `a` is, nor the other way round. */
function runsInto(refs: readonly { readonly ref: string }[], ref: string): boolean {
  return refs.some((each) => each.ref.startsWith(`${ref}/`) || ref.startsWith(`${each.ref}/`));
}
