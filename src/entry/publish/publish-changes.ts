import { allTasks } from '../../plan/plan.ts';
import { completeTasks } from '../../report/publish/fix/candidates.ts';
import type { LessonFromPerson } from '../../report/publish/lessons.ts';
import type { PublishOutcome } from '../../report/publish/outcome.ts';
import { publishChanges as publish } from '../../report/publish/publish-changes.ts';
import type { OpenQuestion } from '../../report/publish/dashboard/questions.ts';
import { systemClock } from '../../shared/clock.ts';
import type { CodeHost } from '../code-host.ts';
import type { Publishing } from './gather.ts';

/** Brings the proven changes of an execution to people as pull requests, by the policy of its plan. */
export async function publishChanges(
  host: CodeHost,
  { report, plan, aggregate }: Publishing,
  order: {
    readonly mode: 'apply' | 'staged';
    /** Branch that changes go into; null = the default branch. */
    readonly base: string | null;
    readonly runUrl: string | null;
    readonly lessons: readonly LessonFromPerson[];
    /** Page of the repository that has the results. */
    readonly resultsUrl: string;
    readonly questions: readonly OpenQuestion[];
    readonly mask: (text: string) => string;
  },
): Promise<PublishOutcome> {
  return publish({
    ...order,
    report,
    aggregate,
    policy: plan.publish,
    host: host.github,
    identity: await host.identity(),
    clock: systemClock,
    completeTasks: completeTasks(report, allTasks(plan)),
    minRole: plan.workflow.role,
  });
}
