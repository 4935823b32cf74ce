import type { Settled } from './settle.ts';

/** How many of each; `held` are fit but for their reason, `left` are open and not touched for theirs. */
export interface PublishCounts {
  readonly opened: number;
  readonly updated: number;
  readonly reopened: number;
  readonly closed: number;
  readonly kept: number;
  readonly queued: number;
  readonly held: number;
  readonly refused: number;
  readonly handedOver: number;
  readonly ignored: number;
  readonly left: number;
}

/** In a staged run, what would be. */
export function countsOf(settled: readonly Settled[]): PublishCounts {
  const of = (...actions: readonly string[]): number =>
    settled.filter(({ decision }) => actions.includes(decision.action)).length;
  return {
    opened: of('open'),
    updated: of('update'),
    reopened: of('reopen'),
    closed: of('close'),
    kept: of('keep'),
    queued: of('queue'),
    held: of('hold'),
    refused: of('refuse'),
    handedOver: of('hand-over'),
    ignored: of('ignore'),
    left: of('leave'),
  };
}
