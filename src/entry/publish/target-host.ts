import type { Plan } from '../../plan/plan.ts';
import { problem } from '../../shared/errors.ts';
import { openCodeHost, type CodeHost, type HostWish } from '../code-host.ts';
import type { Environment } from '../environment.ts';

/** A repository that a plan names beside its own, and the name of the variable that holds a token for it. */
export type FurtherTarget = Plan['target']['repositories'][number];

/**
 * The repository that a run works on, where it is not its own: undefined there. Names are compared as GitHub does, whatever
 * their case. Throws `unknown-target`.
 */
export function furtherTarget(wanted: string, plan: Plan, own: string | undefined): FurtherTarget | undefined {
  if (wanted === '' || isSameName(wanted, own ?? '')) return undefined;
  const found = plan.target.repositories.find(({ repository }) => isSameName(repository, wanted));
  if (found) return found;
  const named = plan.target.repositories.map(({ repository }) => repository);
  throw problem('unknown-target', `The plan ${plan.name} does not name the repository ${wanted.slice(0, 150)}`, {
    hint: `It names ${named.join(', ') || 'none'}: add it to spec.target.repositories, with a token of its own.`,
  });
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/**
 * Opens the door to a further repository with the token that the plan names for it, and no other: an App of this
 * repository has no say there. Throws `no-target-token`.
 */
export function openTargetHost(
  environment: Environment,
  { repository, token }: FurtherTarget,
  wish: HostWish,
): CodeHost {
  const value = environment.variable(token);
  if (value === undefined) {
    throw problem('no-target-token', `There is no token for ${repository}: ${token} is not set`, {
      hint: `Hand it on as \`env\` of the step, as the plan names it: it needs to write contents, pull requests and issues.`,
    });
  }
  const github = { ...environment.github, repository, token: value, appId: undefined, appKey: undefined };
  return openCodeHost({ ...environment, github }, wish);
}
