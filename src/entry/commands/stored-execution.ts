import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileBlobs } from '../../coordination/file/blobs.ts';
import type { Blobs } from '../../coordination/store.ts';
import { readEventLog } from '../../coordination/file/event-log.ts';
import type { Event } from '../../protocol/event.ts';
import { problem } from '../../shared/errors.ts';
import { readTextIfPresent } from '../../shared/files.ts';
import type { CommandLine } from '../arguments.ts';
import { checkExecutionId } from '../run/execution-id.ts';
import { runPaths, type RunPaths } from '../run/paths.ts';

/** An execution as it lies on disk, opened for reading alone. */
export interface StoredExecution {
  readonly id: string;
  readonly paths: RunPaths;
  readonly events: readonly Event[];
  readonly blobs: Blobs;
}

/** Opens an execution by its id, or the latest. Throws `execution-unknown` with those that are there. */
export function openStored(args: CommandLine, id: string | undefined): StoredExecution {
  const out = resolve(args.text('out') ?? 'coordination');
  const wanted = id === undefined ? latestExecution(out) : checkExecutionId(id);
  const paths = runPaths(out, wanted);
  if (!existsSync(paths.log)) throw unknownExecution(out, wanted);
  return { id: wanted, paths, events: readEventLog(paths.log).events, blobs: fileBlobs(paths.blobs) };
}

/** The execution that `current-execution.json` names. */
export function latestExecution(out: string): string {
  const text = readTextIfPresent(`${out}/current-execution.json`);
  const named = text === undefined ? undefined : (JSON.parse(text) as { execution_id?: unknown }).execution_id;
  if (typeof named === 'string') return checkExecutionId(named);
  throw problem('no-execution', `There is no execution below ${out}`, {
    hint: 'Run a plan first, or name another folder with --out.',
  });
}

function unknownExecution(out: string, id: string): Error {
  const executions = runPaths(out, id).executions;
  const known = existsSync(executions) ? readdirSync(executions).sort().slice(-5) : [];
  const hint = known.length > 0 ? `There are ${known.join(', ')}.` : 'Name another folder with --out.';
  return problem('execution-unknown', `There is no execution ${id} below ${out}`, { hint });
}
