import { existsSync, mkdirSync } from 'node:fs';
import { problem } from '../../shared/errors.ts';
import { runPaths } from '../run/paths.ts';
import type { Step } from './step.ts';
import { stateName } from './state-names.ts';

/** Uploads what a leg leaves, where the input `artifact` names it. */
export async function sendOwnState(
  { read, event, heard }: Pick<Step, 'read' | 'event' | 'heard'>,
  { out, execution }: { readonly out: string; readonly execution: string },
): Promise<void> {
  const leg = read('artifact');
  if (leg === '') return;
  const { sendState } = await import('./artifact.ts');
  const { runAttempt } = await event();
  await heard(() => sendState({ leg, execution, attempt: runAttempt }, out));
}

/**
 * Brings back what a leg without a shared store goes on with: of an earlier attempt of its own job, or, with `resume`, of an
 * earlier run. Gives the execution, or undefined where it begins anew. Throws `nothing-to-resume`.
 */
export async function restoreState(step: Step, out: string): Promise<string | undefined> {
  const { read, event } = step;
  const [leg, resume] = [read('artifact'), read('resume')];
  const execution = resume || read('execution-id');
  if (leg === '' || execution === '') return resume || undefined;
  const { runAttempt } = await event();
  if (runAttempt === 1 && resume === '') return undefined;
  mkdirSync(out, { recursive: true });
  if (runAttempt > 1 && (await step.heard(() => restoreEarlierAttempt({ leg, execution }, out)))) return execution;
  if (resume === '') return undefined;
  if (!existsSync(runPaths(out, resume).log)) await restoreFromRun(step, { leg, execution }, out);
  return resume;
}

interface Leg {
  readonly leg: string;
  readonly execution: string;
}

async function restoreEarlierAttempt({ leg, execution }: Leg, out: string): Promise<boolean> {
  const { fetchStates } = await import('./artifact.ts');
  await fetchStates({ pattern: leg, execution }, out);
  return existsSync(runPaths(out, execution).log);
}

/** GitHub finds artifacts of other runs by their whole name alone: attempts are asked for one by one. */
async function restoreFromRun({ environment, heard }: Step, leg: Leg, out: string): Promise<void> {
  const { withCodeHost } = await import('../code-host.ts');
  const { fetchFarState } = await import('./artifact.ts');
  const found = await withCodeHost(environment, ({ github }) => latestOf(github.listArtifacts, leg));
  if (found === undefined) throw nothingToResume(leg.execution);
  const [owner = '', name = ''] = (environment.github.repository ?? '').split('/');
  const far = { ...found, owner, repository: name, token: environment.github.token ?? '' };
  await heard(() => fetchFarState(far, out));
}

type ListArtifacts = (
  name: string,
) => Promise<
  readonly { readonly id: number; readonly name: string; readonly isExpired: boolean; readonly run: number | null }[]
>;

async function latestOf(
  list: ListArtifacts,
  leg: Leg,
): Promise<{ readonly id: number; readonly name: string; readonly workflowRunId: number } | undefined> {
  let found: Awaited<ReturnType<typeof latestOf>>;
  for (let attempt = 1; ; attempt += 1) {
    const newest = (await list(stateName({ ...leg, attempt }))).find((each) => !each.isExpired && each.run !== null);
    if (newest === undefined || newest.run === null) return found;
    found = { id: newest.id, name: newest.name, workflowRunId: newest.run };
  }
}

function nothingToResume(execution: string): Error {
  return problem('nothing-to-resume', `No artifact of this repository holds the state of ${execution}`, {
    hint: 'State is kept for 30 days. Look up the id in the summary of its run, or start a new execution.',
  });
}
