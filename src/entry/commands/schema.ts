import { planJsonSchema } from '../../plan/json-schema.ts';
import type { RunCommandLine } from './commands.ts';

/** `cortex schema`: the plan's JSON Schema on standard output. */
export const schemaCommand: RunCommandLine = (_args, { io }) => {
  io.out(`${JSON.stringify(planJsonSchema(), null, 2)}\n`);
  return Promise.resolve(0);
};
