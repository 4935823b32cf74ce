import type { FailureClass } from '../protocol/event.ts';

interface RetryRule {
  /** Further attempts that the class allows; `plan` = the task's own `retries`, for all such classes together. */
  readonly cap: number | 'plan';
  /** The first wait as a multiple of the base; it doubles with each further attempt, up to ten times the base. */
  readonly wait: number;
}

const never: RetryRule = { cap: 0, wait: 0 };

/** What comes from outside is tried again at once; what the worker did itself, as often as the plan allows. */
const rules: { readonly [C in FailureClass]: RetryRule } = {
  disruption: { cap: 3, wait: 0.1 },
  'out-of-memory': { cap: 1, wait: 0.1 },
  timeout: { cap: 'plan', wait: 0 },
  'try-again': { cap: 'plan', wait: 1 },
  crash: { cap: 'plan', wait: 0.1 },
  protocol: never,
  refused: never,
  'no-access': never,
  'budget-spent': never,
  'bad-task': never,
  cancelled: never,
};

export interface RetryQuestion {
  readonly class: FailureClass;
  /** How many attempts of the task have ended by classes that share this one's cap, this one included. */
  readonly seen: number;
  readonly planRetries: number;
  readonly baseMs: number;
  /** Time until the run's deadline, and what one attempt may take. */
  readonly leftMs: number;
  readonly timeoutMs: number;
}

/** Whether two classes draw on the same cap: what the worker did itself shares the retries of the plan. */
export function shareCap(a: FailureClass, b: FailureClass): boolean {
  return a === b || (rules[a].cap === 'plan' && rules[b].cap === 'plan');
}

/** How long to wait before the next attempt, or null when there is to be none. */
export function retryWait(question: RetryQuestion): number | null {
  const rule = rules[question.class];
  const cap = rule.cap === 'plan' ? question.planRetries : rule.cap;
  if (question.seen > cap) return null;
  const wait = Math.min(10, rule.wait * 2 ** (question.seen - 1)) * question.baseMs;
  return wait + question.timeoutMs > question.leftMs ? null : Math.round(wait);
}
