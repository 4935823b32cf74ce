import { existsSync } from 'node:fs';
import { openTransport } from '../../cluster/kubernetes/api/transport.ts';
import { findWorkers, removeAll } from '../../cluster/kubernetes/gc/collect.ts';
import { usualNamespace } from '../../cluster/kubernetes/spec/names.ts';
import { cliExit, masterNames } from '../../protocol/words.ts';
import { readArguments } from '../arguments.ts';
import { clusterAccess } from '../cluster/access.ts';
import { describeCollection } from '../cluster/describe-garbage.ts';
import { runPaths } from '../run/paths.ts';
import { masterList } from '../values.ts';
import { flagsOf } from './inputs.ts';
import type { Step } from './step.ts';

/** A value that the step has handed on to the end of its job. */
type ReadState = (name: string) => string;

/**
 * The end of a job whose step was killed before its own end: what it has is kept for whoever goes on, and its workers leave
 * the cluster. Nothing is relied on here: deadlines, leases and time to live in the cluster hold without it.
 */
export async function cleanUp(step: Step, state: ReadState): Promise<number> {
  if (state('command') !== 'master' || state('finished') === 'true') return cliExit.success;
  const [out, execution] = [state('out'), state('execution')];
  if (out === '' || execution === '') return cliExit.success;
  if (state('artifact') !== '' && existsSync(runPaths(out, execution).store)) await keepState(step, { out, execution });
  if (state('launcher') === 'kubernetes')
    await endWorkers(step, { execution, masters: state('masters'), namespace: state('namespace') || usualNamespace });
  return cliExit.success;
}

async function keepState(step: Step, what: { readonly out: string; readonly execution: string }): Promise<void> {
  const { sendOwnState } = await import('./state.ts');
  await sendOwnState(step, what);
  step.io.out(`cortex: the step was ended; run the job again, and ${what.execution} goes on\n`);
}

async function endWorkers(
  { read, environment, io }: Step,
  {
    execution,
    masters,
    namespace,
  }: { readonly execution: string; readonly masters: string; readonly namespace: string },
): Promise<void> {
  const args = readArguments('gc', flagsOf('gc', read));
  const transport = openTransport(await clusterAccess(args, environment), { patienceMs: 20_000 });
  const own = masters === '' ? masterNames : masterList(masters);
  try {
    const garbage = await findWorkers(transport, namespace, { execution, masters: own });
    const remaining = await removeAll(transport, namespace, garbage);
    io.out(describeCollection({ garbage, kept: 0, unread: [] }, { namespace, isDryRun: false, remaining }));
  } finally {
    transport.close();
  }
}
