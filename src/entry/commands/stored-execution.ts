import { z } from 'zod';
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { readLongestLog } from '../../coordination/file/copies.ts';
import { fileBlobs } from '../../coordination/file/blobs.ts';
import type { Blobs } from '../../coordination/store.ts';
import type { Event } from '../../protocol/event.ts';
import { reportSchema, type Report } from '../../protocol/report.ts';
import { problem } from '../../shared/errors.ts';
import { readTextIfPresent } from '../../shared/files.ts';
import { jsonOf } from '../../shared/json-of.ts';
import type { CommandLine } from '../arguments.ts';
import type { Environment } from '../environment.ts';
import { checkExecutionId } from '../run/execution-id.ts';
import { runPaths, type RunPaths } from '../run/paths.ts';

/** An execution as it is kept, opened for reading alone. */
export interface StoredExecution {
  readonly id: string;
  readonly paths: RunPaths;
  readonly events: readonly Event[];
  readonly blobs: Pick<Blobs, 'getBlob'>;
  readonly close: () => Promise<void>;
}

/** Whether a shared store is named, by flag or environment. */
export function namesStore(args: CommandLine, environment: Environment): boolean {
  return (args.text('store') ?? environment.store) !== undefined;
}

/** Opens an execution by its id, or the latest. Throws `execution-unknown` with those that are there. */
export async function openStored(
  args: CommandLine,
  id: string | undefined,
  environment: Environment,
): Promise<StoredExecution> {
  const out = resolve(args.text('out') ?? 'coordination');
  const wanted = id === undefined ? latestExecution(out) : checkExecutionId(id);
  const paths = runPaths(out, wanted);
  if (!namesStore(args, environment)) return openFolder(paths, wanted);
  const { connect, openForReading } = await import('../run/shared-store.ts');
  const connection = await connect(args, environment);
  const close = (): Promise<void> => connection.client.close();
  try {
    const store = await openForReading(connection, wanted);
    return { id: wanted, paths, events: await store.read(), blobs: store, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openFolder(paths: RunPaths, id: string): StoredExecution {
  const events = readLongestLog(paths.store);
  if (!events) throw unknownExecution(paths.out, id);
  return { id, paths, events, blobs: fileBlobs(paths.blobs), close: () => Promise.resolve() };
}

const currentExecution = z.object({ execution_id: z.string() });

/** The report of an execution. Throws `no-report`, or `report-damaged` where the file is not one. */
export function storedReport(stored: StoredExecution): Report {
  const { id, paths } = stored;
  const text = readTextIfPresent(paths.results);
  if (text === undefined) {
    throw problem('no-report', `${id} has no report yet`, {
      hint: `Go on with \`cortex run --resume ${id}\`, or \`cortex report ${id}\`.`,
    });
  }
  const read = reportSchema.safeParse(jsonOf(text));
  if (read.success) return read.data;
  throw problem('report-damaged', `${paths.results} is not a report of this version of Cortex`, {
    hint: `Write it anew by \`cortex report ${id}\`.`,
    cause: read.error,
  });
}

/** The execution that `current-execution.json` names. */
export function latestExecution(out: string): string {
  const text = readTextIfPresent(`${out}/current-execution.json`);
  const named = text === undefined ? undefined : currentExecution.safeParse(jsonOf(text));
  if (named?.success) return checkExecutionId(named.data.execution_id);
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
