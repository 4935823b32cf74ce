import { startingEvents } from '../../plan/start-gate.ts';
import type { RunArtifact, WorkflowRun } from '../../repository/github/artifacts.ts';
import { stateName } from './state-names.ts';

/** What finding the state of an execution needs of GitHub. */
export interface StateHost {
  /** All of that name, of all runs. */
  readonly listArtifacts: (name: string) => Promise<readonly RunArtifact[]>;
  readonly readRun: (id: number) => Promise<WorkflowRun>;
}

/** An artifact and the run that made it. */
export interface FoundState {
  readonly id: number;
  readonly name: string;
  readonly workflowRunId: number;
}

/** Attempts in a row without an artifact, after which no later one is looked for. */
const maxGap = 5;

/**
 * The newest state that a leg has left of an execution. GitHub finds artifacts of other runs by their whole name alone, so
 * attempts are asked for one by one; some may have left nothing. Names are no secret, and whoever opens a pull request can
 * make one: only what a run of this workflow has left counts, started as runs may be started.
 */
export async function findState(
  host: StateHost,
  leg: { readonly leg: string; readonly execution: string; readonly workflow: string | undefined },
): Promise<FoundState | undefined> {
  const there = await listStates(host, leg);
  for (const { id, name, run } of there.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))) {
    if (run !== null && isTrusted(await host.readRun(run), leg.workflow)) return { id, name, workflowRunId: run };
  }
  return undefined;
}

async function listStates(
  host: StateHost,
  leg: { readonly leg: string; readonly execution: string },
): Promise<readonly RunArtifact[]> {
  const found: RunArtifact[] = [];
  for (let attempt = 1, gap = 0; gap < maxGap; attempt += 1) {
    const all = await host.listArtifacts(stateName({ leg: leg.leg, execution: leg.execution, attempt }));
    const usable = all.filter((each) => !each.isExpired && each.isOwn);
    gap = all.length === 0 ? gap + 1 : 0;
    found.push(...usable);
  }
  return found;
}

/** Where this process knows its own workflow, the other run must have been one of it. */
function isTrusted({ event, path }: WorkflowRun, workflow: string | undefined): boolean {
  return startingEvents.includes(event) && (workflow === undefined || path === workflow);
}
