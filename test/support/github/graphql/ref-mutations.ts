import { isAncestor } from '../git/history.ts';
import { isRefName } from '../git/refs.ts';
import { commitAt } from '../git/repository.ts';
import { moveRef, newWorkflows } from '../pulls.ts';
import { demand, mayWriteWorkflows } from '../tokens.ts';
import type { Repository } from '../world.ts';
import { refusal } from './connection.ts';
import type { Asker } from './asker.ts';
import { repositoryById } from './find-node.ts';

interface RefUpdate {
  readonly name: string;
  readonly beforeOid?: string | null;
  readonly afterOid: string;
  readonly force?: boolean | null;
}

export interface RefsInput {
  readonly clientMutationId?: string | null;
  readonly repositoryId: string;
  readonly refUpdates: readonly RefUpdate[];
}

/** As a value before: the ref must not be there; as one after: it goes. */
const none = '0'.repeat(40);

/** Refs compared and swapped, all of them or none. */
export function updateRefs(
  { world, token }: Asker,
  { repositoryId, refUpdates, clientMutationId }: RefsInput,
): unknown {
  const repository = repositoryById(world, repositoryId);
  demand(token, repository, { any: ['contents'], access: 'write' });
  for (const update of refUpdates) {
    const wrong = problemOf(repository, update);
    if (wrong !== undefined) throw refusal('UNPROCESSABLE', `Reference update failed for ${update.name}: ${wrong}`);
    const isNew = update.afterOid !== none && !mayWriteWorkflows(token);
    if (isNew && newWorkflows(repository, update.afterOid).length > 0)
      throw refusal('FORBIDDEN', 'Resource not accessible by integration');
  }
  for (const { name, afterOid } of refUpdates) {
    const sha = afterOid === none ? null : afterOid;
    if (sha !== repository.git.refs.get(name)) moveRef(world, repository, { ref: name, sha });
  }
  return { clientMutationId: clientMutationId ?? null };
}

function problemOf(repository: Repository, { name, beforeOid, afterOid, force }: RefUpdate): string | undefined {
  const { git, defaultBranch } = repository;
  const there = git.refs.get(name);
  if (!isRefName(name)) return 'its name is no whole name of a ref';
  if (beforeOid && beforeOid !== (there ?? none)) return `it is not at ${beforeOid}`;
  if (afterOid === none) return name === `refs/heads/${defaultBranch}` ? 'it is the default branch' : undefined;
  if (!commitAt(git, afterOid)) return `there is no commit ${afterOid}`;
  const isForward = there === null || isAncestor(git.objects, there, afterOid);
  return force === true || isForward ? undefined : 'it is not a fast forward';
}
