import { z } from 'zod';
import { CortexError, problem } from '../../shared/errors.ts';
import { isRefusal } from './answer.ts';
import { ask, sendOnce, type Client } from './client.ts';
import { repeatable } from './transport.ts';

/** Throws `branch-exists` where the branch is there with another commit, `branch-blocked` where git can't have it beside another. */
export async function createBranch(client: Client, name: string, sha: string): Promise<void> {
  try {
    const ref = `refs/heads/${name}`;
    await client.rest('POST /repos/{owner}/{repo}/git/refs', { ...client.place, ref, sha, request: repeatable });
  } catch (error) {
    if (isRefusal(error, [422], /reference update failed/i)) throw blocked(name, error);
    if (!isRefusal(error, [422], /already exists/i)) throw error;
    const there = await headOf(client, name);
    if (there === sha) return;
    throw problem('branch-exists', `The branch ${name} is there already, at ${there?.slice(0, 12)}`, {
      hint: 'Somebody has made it in the meantime: the next run goes by what it holds.',
      cause: error,
    });
  }
}

function blocked(name: string, cause: unknown): Error {
  const parts = name.split('/').slice(0, -1);
  const above = parts.map((_, index) => parts.slice(0, index + 1).join('/')).join(' or ');
  return problem('branch-blocked', `The branch ${name} can’t be made: git has no branch below another`, {
    hint: `Rename the branch ${above || name}, if there is one, or those below ${name}.`,
    cause,
  });
}

/** Forward only: GitHub compares and swaps. Throws `branch-moved` where the commit does not come after what the branch has. */
export async function moveBranch(client: Client, name: string, sha: string): Promise<void> {
  try {
    const route = 'PATCH /repos/{owner}/{repo}/git/refs/{ref}';
    await client.rest(route, { ...client.place, ref: `heads/${name}`, sha, force: false, request: repeatable });
  } catch (error) {
    if (!isRefusal(error, [422, 404, 409], /fast.?forward|does not exist|not found|at .* but expected/i)) throw error;
    const there = await headOf(client, name);
    if (there === sha) return;
    // What is not found although the branch is there is not the branch: the right to workflow files, say.
    if (isRefusal(error, [404]) && there !== undefined) throw error;
    throw problem('branch-moved', `The branch ${name} ${there === undefined ? 'is gone' : 'has moved'}`, {
      hint: 'Somebody has changed it in the meantime: the next run goes by what it holds.',
      cause: error,
    });
  }
}

/** What a ref is updated to that is to go. */
const nothing = '0'.repeat(40);

/** The mutation needs the id of the repository. */
export const idQuery = `query($owner: String!, $repo: String!) { repository(owner: $owner, name: $repo) { id } }`;

const idShape = z.object({ repository: z.object({ id: z.string() }) });

/** GitHub compares and swaps: REST deletes whatever the branch has become. */
export const deletion = `mutation($id: ID!, $ref: GitRefname!, $sha: GitObjectID!, $nothing: GitObjectID!) {
  updateRefs(input: { repositoryId: $id, refUpdates: [{ name: $ref, beforeOid: $sha, afterOid: $nothing }] }) {
    clientMutationId
  }
}`;

/**
 * Deletes a branch that is at that commit. One that is gone already is taken for deleted. Throws `branch-moved` where somebody
 * has pushed to it.
 */
export async function deleteBranch(client: Client, name: string, sha: string): Promise<void> {
  const { repository } = await ask(client, { query: idQuery, variables: client.place, schema: idShape });
  const variables = { id: repository.id, ref: `refs/heads/${name}`, sha, nothing };
  const send = (): Promise<unknown> =>
    ask(client, { query: deletion, variables, schema: z.looseObject({}).nullable() });
  const find = async (): Promise<true | undefined> => ((await headOf(client, name)) === undefined ? true : undefined);
  try {
    await sendOnce(client, { send, find });
  } catch (error) {
    if (!(error instanceof CortexError) || error.family !== 'problem') throw error;
    const there = await headOf(client, name);
    if (there === undefined) return;
    throw there === sha ? error : moved(name, error);
  }
}

function moved(name: string, cause?: unknown): Error {
  return problem('branch-moved', `The branch ${name} has moved`, {
    hint: 'Somebody has pushed to it in the meantime: it stays.',
    cause,
  });
}

/** The newest commit of a branch; undefined where there is none of that name. */
export async function headOf(client: Client, name: string): Promise<string | undefined> {
  try {
    const route = 'GET /repos/{owner}/{repo}/git/ref/{ref}';
    const { data } = await client.rest(route, { ...client.place, ref: `heads/${name}` });
    return data.object.sha;
  } catch (error) {
    if (isRefusal(error, [404])) return undefined;
    throw error;
  }
}
