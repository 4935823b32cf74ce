import { globMatcher } from '../../shared/glob.ts';
import { nounFor } from '../../shared/noun.ts';
import { gateResult, type ChangeUnderReview, type Gate } from './gate.ts';
import { protectedReason, unsafeReason } from './protected-paths.ts';

/** Every path is plain, inside the repository, and stands beside what is there without clashing. */
export const safePaths: Gate = (review) => {
  const paths = pathsOf(review).length;
  const wrong = pathsOf(review).flatMap((path) => {
    const reason = unsafeReason(path) ?? clashOf(path, review);
    return reason === undefined ? [] : [`${JSON.stringify(path)} ${reason}`];
  });
  return gateResult('safe-paths', wrong, `${paths} plain ${nounFor(paths, 'path')}`);
};

/** No path that decides over people, agents, machines, dependencies or rights. */
export const protectedPaths: Gate = (review) => {
  const wrong = pathsOf(review).flatMap((path) => {
    const reason = protectedReason(path, review.capability);
    return reason === undefined ? [] : [`${path} ${reason}`];
  });
  return gateResult('protected-paths', wrong, 'no protected path');
};

/** Every path matches the allow list and none the deny list. */
export const allowedPaths: Gate = (review) => {
  const allowed = globMatcher(review.policy.allow);
  const denied = globMatcher(review.policy.deny);
  const outside = pathsOf(review).filter((path) => !allowed(path));
  const refused = pathsOf(review).filter((path) => denied(path));
  const wrong = [
    ...outside.map((path) => `${path} is not on the allow list`),
    ...refused.map((path) => `${path} is on the deny list`),
  ];
  return gateResult('allowed-paths', wrong, 'all paths are allowed');
};

/** What the change claims and what its patch says, so that neither hides a path. */
function pathsOf({ change, files }: ChangeUnderReview): readonly string[] {
  return [...new Set([...change.files.map((file) => file.path), ...files.map((file) => file.path)])];
}

/** A file below a file, or a name that differs by case alone, can't be checked out everywhere. */
function clashOf(path: string, { workspace }: ChangeUnderReview): string | undefined {
  const below = workspace.files.find((file) => path.startsWith(`${file.path}/`));
  if (below !== undefined) return `lies below ${below.path}, which is no folder`;
  const lower = path.toLowerCase();
  const twin = workspace.files.find((file) => file.path !== path && file.path.toLowerCase() === lower);
  return twin === undefined ? undefined : `differs from ${twin.path} by case alone`;
}
