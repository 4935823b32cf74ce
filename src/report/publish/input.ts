import type { HostIdentity } from '../../protocol/code-host.ts';
import type { Report } from '../../protocol/report.ts';
import type { PublishPolicy } from '../../plan/plan.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Aggregate } from '../aggregate.ts';
import type { PublishHost } from './world/host.ts';
import type { LessonFromPerson } from './lessons.ts';
import type { PublishLimits } from './limits.ts';
import type { OpenQuestion } from './dashboard/questions.ts';

/** All that one run of the publisher is given. */
export interface PublishInput {
  readonly report: Report;
  readonly aggregate: Pick<Aggregate, 'changes' | 'results'>;
  readonly policy: PublishPolicy;
  readonly host: PublishHost;
  readonly identity: HostIdentity;
  /** `staged` decides and renders the same and writes nothing. */
  readonly mode: 'apply' | 'staged';
  readonly clock: Clock;
  /** Address of the workflow run; null where there is none. */
  readonly runUrl: string | null;
  /** Tasks whose missing change means that its finding is gone: see `completeTasks`. */
  readonly completeTasks: ReadonlySet<string>;
  /** Takes credentials out of a text. */
  readonly mask: (text: string) => string;
  /** Branch that changes go into; null = the default branch. */
  readonly base: string | null;
  /** What people said of earlier changes, as the results branch keeps it. */
  readonly lessons: readonly LessonFromPerson[];
  /** Questions of this execution that nobody has answered. */
  readonly questions: readonly OpenQuestion[];
  /** Least role of who may answer them. */
  readonly minRole: 'write' | 'maintain' | 'admin';
  /** Page of the repository that has the results; left out where it is the one that changes go to. */
  readonly resultsUrl?: string;
  readonly limits?: Partial<PublishLimits>;
}
