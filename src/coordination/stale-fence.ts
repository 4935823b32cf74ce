import { problem, type CortexError } from '../shared/errors.ts';

/** The error of a writer whose claim is no longer its own; `held` is what the claim is at, where it was ever taken. */
export function staleFence(
  name: string,
  fence: number,
  held: { readonly fence: number; readonly released: boolean } | undefined,
): CortexError {
  const now = held ? `${held.released ? 'was released' : 'is now'} at ${held.fence}` : 'was never taken';
  return problem('stale-fence', `Fence ${fence} of ${name} is stale: the claim ${now}`, {
    hint: 'Another process has taken over this leg. End this one.',
  });
}
