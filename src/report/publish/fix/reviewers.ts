import type { HostIdentity, HostView } from '../../../protocol/code-host.ts';
import type { PullRequestPolicy } from '../../../plan/plan.ts';
import { ownersOf } from './codeowners.ts';
import type { Fix } from './fix.ts';
import type { PublishLimits } from '../limits.ts';

/** Whom a pull request is asked to be reviewed by. */
export interface Reviewers {
  readonly people: readonly string[];
  /** Slugs of teams of the organisation that owns the repository. */
  readonly teams: readonly string[];
}

/** Who is asked for a review of a fix, by the plan and the owners of its paths. */
export function reviewersOfFix(
  { files }: Pick<Fix, 'files'>,
  view: Pick<HostView, 'codeOwners' | 'repository'>,
  by: {
    readonly policy: Pick<PullRequestPolicy, 'reviewers'>;
    readonly identity: HostIdentity;
    readonly limits: Pick<PublishLimits, 'reviewers'>;
  },
): Reviewers {
  const wish = { from: by.policy.reviewers, identity: by.identity, most: by.limits.reviewers };
  const paths = files.map((file) => file.path);
  return reviewersFor(paths, view, wish);
}

/** The owners of the paths, teams first; never the author, nobody of another organisation, and no more than `most`. */
export function reviewersFor(
  paths: readonly string[],
  view: Pick<HostView, 'codeOwners' | 'repository'>,
  wish: { readonly from: PullRequestPolicy['reviewers']; readonly identity: HostIdentity; readonly most: number },
): Reviewers {
  if (wish.from === 'none' || view.codeOwners === null) return { people: [], teams: [] };
  const owners = ownersOf(view.codeOwners, paths);
  const organisation = `${view.repository.name.split('/')[0]?.toLowerCase()}/`;
  const teams = owners.teams
    .filter((team) => team.toLowerCase().startsWith(organisation))
    .map((team) => team.slice(organisation.length))
    .slice(0, wish.most);
  const author = wish.identity.login.toLowerCase().replace(/\[bot\]$/, '');
  const people = owners.people.filter((login) => login.toLowerCase() !== author).slice(0, wish.most - teams.length);
  return { people, teams };
}
