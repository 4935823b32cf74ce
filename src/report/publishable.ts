import type { Report } from '../protocol/report.ts';
import { problem } from '../shared/errors.ts';

/** What goes out to people as work to take over passes here. Throws `simulated-run`: a rehearsal found nothing. */
export function publishable<T>(report: Pick<Report, 'execution_id' | 'simulated'>, work: T): T {
  if (!report.simulated) return work;
  throw problem('simulated-run', `${report.execution_id} was a rehearsal: there is nothing in it to publish`, {
    hint: 'Run the plan without --rehearse.',
  });
}
