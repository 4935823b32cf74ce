import type { Signature } from '../git/commits.ts';
import type { Account } from '../world.ts';

/** The author of what an account does at GitHub. */
export function authorOf({ id, login }: Account, date: string): Signature {
  return { name: login, email: `${id}+${login}@users.noreply.github.com`, date };
}

/** GitHub commits what is done in its pages or by its API, and signs it. */
export function githubCommitter(date: string): Signature {
  return { name: 'GitHub', email: 'noreply@github.com', date };
}
