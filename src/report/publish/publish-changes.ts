import { publishDashboard, type DashboardOutcome } from './dashboard/dashboard.ts';
import type { PublishInput } from './input.ts';
import { outcomeOf, type PublishOutcome } from './outcome.ts';
import { beginRun, type PublishRun } from './publish-run.ts';
import { lookAround, runPass, type Pass } from './run-pass.ts';
import { hasWritten, needsSecondPass, openedBy, settle } from './settle.ts';
import type { World } from './world/world.ts';

/**
 * Brings the changes of an execution to people: looks at the repository, lays the changes over its base, checks them again,
 * decides what becomes of each, writes it, and brings the dashboard up to date. Run again it goes on where it was cut off,
 * and does nothing twice. Throws `simulated-run` and what the host throws of its own; where the host could not be reached
 * in the middle, the outcome says so in `stopped`.
 */
export async function publishChanges(input: PublishInput): Promise<PublishOutcome> {
  const run = beginRun(input);
  const first = await runPass(run, await lookAround(run), 0);
  const { passes, latest } = await lookAgain(run, first);
  const last = passes.at(-1) ?? first;
  const settled = settle(passes);
  const stopped = last.stopped ?? first.stopped;
  const dashboard = stopped ? noDashboard(latest) : await publishDashboard(run, { pass: last, settled, latest });
  return outcomeOf(run, { pass: last, settled, dashboard, stopped });
}

/** Writing takes minutes: what the base and people have become meanwhile is looked at once more, and acted on. */
async function lookAgain(
  run: PublishRun,
  first: Pass,
): Promise<{ readonly passes: readonly Pass[]; readonly latest: World }> {
  if (first.stopped || !hasWritten(first)) return { passes: [first], latest: first.world };
  const now = await lookAround(run);
  if (!needsSecondPass(first, now)) return { passes: [first], latest: now };
  return { passes: [first, await runPass(run, now, openedBy(first))], latest: now };
}

function noDashboard({ dashboard }: World): DashboardOutcome {
  const issue = dashboard.issue && { number: dashboard.issue.number, url: dashboard.issue.url };
  return { issue, answers: [], body: null, notes: [] };
}
