import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, problem } from '../../shared/errors.ts';
import { pause } from '../../shared/pause.ts';

const shape = /^CORTEX-EXEC-[A-Z0-9-]+$/;
const maxLength = 80;

/** Takes an id that nobody has used, by making its folder. A collision of clock ids waits for the next second. */
export async function claimExecutionId(
  executions: string,
  wanted: string | undefined,
  now: () => number,
): Promise<string> {
  makeParents(executions);
  if (wanted !== undefined) return claimWanted(executions, wanted);
  for (;;) {
    const id = clockId(now());
    if (makeFolder(join(executions, id))) return id;
    await pause(1000 - (now() % 1000));
  }
}

/** Checks the shape of an id that somebody typed: it becomes part of paths. */
export function checkExecutionId(id: string): string {
  if (shape.test(id) && id.length <= maxLength) return id;
  throw problem('bad-execution-id', `${JSON.stringify(id.slice(0, 100))} is not an execution id`, {
    hint: 'An id is CORTEX-EXEC- followed by capital letters, digits and hyphens, as in CORTEX-EXEC-2026-11-23-160000.',
  });
}

/** `CORTEX-EXEC-YYYY-MM-DD-HHMMSS` in UTC. */
export function clockId(epochMs: number): string {
  const [date = '', time = ''] = new Date(epochMs).toISOString().split('T');
  return `CORTEX-EXEC-${date}-${time.slice(0, 8).replaceAll(':', '')}`;
}

function claimWanted(executions: string, wanted: string): string {
  const id = checkExecutionId(wanted);
  if (makeFolder(join(executions, id))) return id;
  throw problem('execution-id-used', `The execution id ${id} has been used already`, {
    hint: `Choose another, leave --id away, or go on with that execution by --resume ${id}.`,
  });
}

function makeParents(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw notWritable(path, error);
  }
}

function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw notWritable(path, error);
  }
}

function notWritable(path: string, error: unknown): Error {
  return problem('out-not-writable', `Could not create ${path}: ${errnoOf(error) ?? String(error)}`, {
    hint: 'Name a folder that you may write to with --out.',
    cause: error,
  });
}
