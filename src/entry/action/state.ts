import { existsSync, mkdirSync } from 'node:fs';
import { problem } from '../../shared/errors.ts';
import { runPaths } from '../run/paths.ts';
import { findState } from './find-state.ts';
import type { Step } from './step.ts';

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

/** Fetches the newest state that a run of this workflow has left, whichever run and attempt that was. */
async function restoreFromRun({ environment, event, heard }: Step, leg: Leg, out: string): Promise<void> {
  const { withCodeHost } = await import('../code-host.ts');
  const { fetchFarState } = await import('./artifact.ts');
  const { workflow } = await event();
  const found = await withCodeHost(environment, ({ github }) => findState(github, { ...leg, workflow }));
  if (found === undefined) throw nothingToResume(leg.execution);
  const [owner = '', name = ''] = (environment.github.repository ?? '').split('/');
  const far = { ...found, owner, repository: name, token: environment.github.token ?? '' };
  await heard(() => fetchFarState(far, out));
}

function nothingToResume(execution: string): Error {
  return problem('nothing-to-resume', `No artifact of this workflow holds the state of ${execution}`, {
    hint: 'State is kept for 30 days. Look up the id in the summary of its run, or start a new execution.',
  });
}
