/** Sizes that the publisher keeps to. */
export interface PublishLimits {
  /** Characters of a body or a comment that GitHub takes. */
  readonly body: number;
  /** Characters that are used of them: what people add must fit as well. */
  readonly used: number;
  /** Characters of a patch that the dashboard shows. */
  readonly patch: number;
  readonly reviewers: number;
  /** Days after which a change that was closed for later comes back to the queue. */
  readonly laterDays: number;
  /** Days after which the links of an unchanged body are renewed. */
  readonly staleDays: number;
  /** Days after which the dashboard forgets what waits of a plan that has not run since. */
  readonly planDays: number;
}

/** GitHub's own limits, and ours below them. */
export const publishLimits: PublishLimits = {
  body: 65_536,
  used: 60_000,
  patch: 6_000,
  reviewers: 15,
  laterDays: 30,
  staleDays: 14,
  planDays: 120,
};

export const dayMs = 24 * 60 * 60 * 1000;
