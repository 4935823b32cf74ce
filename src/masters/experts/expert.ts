import type { Area } from '../../plan/plan.ts';
import type { MasterName, WorkerKind } from '../../protocol/words.ts';

/** What a master is good at, what it may use, and how its work is judged. */
export interface Expert {
  readonly master: MasterName;
  /** One line, written into `master-activation.json`. */
  readonly expertise: string;
  /** Areas of unowned tasks that go to this master for certain. */
  readonly areas: readonly Area[];
  /** Capabilities that this master owns when a task names no area, as `kind/capability`. */
  readonly owns: readonly string[];
  /** Words of a goal that speak for this master; each counts once. */
  readonly words: readonly string[];
  /** Worker kinds that it may send. */
  readonly mayUse: readonly WorkerKind[];
  /** What it does when the plan gives it no task. */
  readonly withoutTasks: string;
  /** What good looks like, in terms that the report can show. */
  readonly good: string;
}
