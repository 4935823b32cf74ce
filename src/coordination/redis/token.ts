import { randomBytes } from 'node:crypto';

/** A word that nobody else has: it tells one call, or one execution, from all others. */
export function uniqueToken(): string {
  return randomBytes(12).toString('hex');
}
