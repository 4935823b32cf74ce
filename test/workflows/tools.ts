import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether tests of a program are left out, and the words that say so in their name. */
export interface Gate {
  readonly skip: boolean;
  readonly note: string;
}

/**
 * Tests of a program that is not on PATH are skipped by name. `CORTEX_REQUIRE` lists the programs that must be there
 * (`act,actionlint`): without one of these its tests run, and fail.
 */
export function gateOf(program: string): Gate {
  const required = (process.env['CORTEX_REQUIRE'] ?? '').split(',').map((name) => name.trim());
  const skip = !isOnPath(program) && !required.includes(program);
  return { skip, note: skip ? ` (skipped: ${program} is not on PATH)` : '' };
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
