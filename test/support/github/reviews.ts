import { isAncestor } from './git/history.ts';
import { invalid, refusal } from './refusals.ts';
import { isAtLeast, pullsOf, roleOf, type PullThread, type Repository, type World } from './world.ts';
import { isFrom } from './pulls.ts';

export interface PullWhere {
  readonly repository: Repository;
  readonly thread: PullThread;
}

/** Asks people and teams for a review, beside those asked already: all of them, or nobody. */
export function askForReviews(
  world: World,
  { repository, thread }: PullWhere,
  { logins, teams }: { readonly logins: readonly string[]; readonly teams: readonly string[] },
): void {
  if (logins.some((login) => login.toLowerCase() === thread.author.login.toLowerCase())) {
    throw refusal(422, 'Review cannot be requested from pull request author.');
  }
  const isKnownTeam = (slug: string): boolean =>
    world.teams.some((each) => each.organization === repository.owner.login && each.slug === slug);
  if (!logins.every((login) => isCollaborator(world, repository, login)) || !teams.every(isKnownTeam)) {
    throw refusal(
      422,
      `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${repository.fullName} repository.`,
    );
  }
  for (const login of logins) thread.pull.reviewers.add(login);
  for (const slug of teams) thread.pull.teams.add(slug);
  thread.updatedAt = world.clock.stamp();
}

export function isCollaborator(world: World, repository: Repository, login: string): boolean {
  const isGiven =
    repository.roles.has(login.toLowerCase()) || repository.owner.login.toLowerCase() === login.toLowerCase();
  return world.accounts.has(login.toLowerCase()) && isGiven && isAtLeast(roleOf(repository, login), 'read');
}

/** Lets a pull request go into another branch. */
export function retarget(world: World, { repository, thread }: PullWhere, base: string): void {
  const { pull } = thread;
  if (base === pull.baseBranch) return;
  const sha = repository.git.refs.get(`refs/heads/${base}`);
  const about = { resource: 'PullRequest', field: 'base' };
  if (sha === null) throw invalid({ ...about, code: 'invalid' });
  if (thread.state === 'closed') {
    throw invalid({ ...about, code: 'custom', message: 'Cannot change the base branch of a closed pull request.' });
  }
  const isTaken = pullsOf(repository).some(
    (each) =>
      each !== thread &&
      each.state === 'open' &&
      each.pull.baseBranch === base &&
      isFrom(each, pull.headRepository, pull.headBranch),
  );
  if (isTaken) {
    const message = `A pull request already exists for base branch '${base}' and head branch '${pull.headBranch}'`;
    throw invalid({ ...about, code: 'invalid', message });
  }
  if (isAncestor(repository.git.objects, pull.headSha, sha)) {
    const message = `There are no new commits between base branch '${base}' and head branch '${pull.headBranch}'`;
    throw invalid({ ...about, code: 'invalid', message });
  }
  pull.baseBranch = base;
  pull.baseSha = sha;
  pull.isMergeable = null;
  thread.updatedAt = world.clock.stamp();
}
