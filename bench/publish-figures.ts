import { timeNode } from './measure.ts';

/** Requests of a report job to GitHub's API, all reads included. */
export interface PublishFigures {
  readonly first: number;
  /** Of a second job with the same changes, which has nothing to write. */
  readonly again: number;
}

/** Publishes that many changes twice, in a process of its own. Throws where not each became one pull request. */
export function measurePublishing(changes: number): PublishFigures {
  const program = new URL('programs/publish-changes.ts', import.meta.url).pathname;
  const { first, again, violations } = JSON.parse(timeNode([program, String(changes)]).stdout) as Printed;
  const asPromised = first.opened === changes && again.opened === 0 && violations === 0;
  if (!asPromised) throw new Error(`${first.opened} and ${again.opened} opened, ${violations} violations`);
  return { first: first.requests, again: again.requests };
}

interface Printed {
  readonly first: { readonly opened: number; readonly requests: number };
  readonly again: { readonly opened: number; readonly requests: number };
  /** Of GitHub's own description. */
  readonly violations: number;
}
