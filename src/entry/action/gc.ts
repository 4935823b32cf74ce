import { readArguments } from '../arguments.ts';
import { findCommand } from '../commands/commands.ts';
import { flagsOf } from './inputs.ts';
import type { RunStep } from './step.ts';

/** Removes from the cluster what executions have left behind. */
export const gcStep: RunStep = async ({ read, io, environment }) => {
  const run = await findCommand('gc').load();
  return run(readArguments('gc', flagsOf('gc', read)), { io, environment });
};
