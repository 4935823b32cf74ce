import { z } from 'zod';
import { stateFilePaths } from '../../../execution/state-files.ts';
import { reportSchema, type Report } from '../../../protocol/report.ts';
import { compareText } from '../../../shared/canonical.ts';
import { problem } from '../../../shared/errors.ts';
import { jsonOf } from '../../../shared/json-of.ts';
import { publishable } from '../../publishable.ts';
import { executionOfPath, hasPlainNames, resultsFile } from './results-paths.ts';

/** The folder that an execution wrote to. Paths are relative to it, with `/`; credentials have been masked in its files. */
export interface ResultsFolder {
  readonly list: () => Promise<readonly { readonly path: string; readonly bytes: number }[]>;
  readonly read: (path: string) => Promise<Uint8Array>;
}

export interface RefusedFile {
  readonly path: string;
  readonly reason: string;
}

/** What one execution brings to the results branch. Paths are below `coordination/`. */
export interface OwnResults {
  readonly report: Report;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** State files that are of this execution. */
  readonly state: ReadonlyMap<string, Uint8Array>;
  /** Files of it that stay behind, by name. */
  readonly refused: readonly RefusedFile[];
}

/** GitHub takes no larger file through its API. */
export const largestFile = 40 * 1024 * 1024;

/**
 * Reads what an execution has written: reports, results, archive and state files; nothing of the store, of logs, of locks or
 * of other executions. Throws `no-report`, `report-damaged`, and `simulated-run` for a rehearsal.
 */
export async function readOwnResults(
  folder: ResultsFolder,
  id: string,
  fileLimit: number = largestFile,
): Promise<OwnResults> {
  const listed = [...(await folder.list())].sort((a, b) => compareText(a.path, b.path));
  const report = await readReport(folder, listed, id);
  const files = new Map<string, Uint8Array>();
  const state = new Map<string, Uint8Array>();
  const refused: RefusedFile[] = [];
  for (const { path, bytes } of listed) {
    const isState = stateFilePaths.includes(path);
    if (!isState && executionOfPath(path) !== id) continue;
    const reason = refusal(path, bytes, fileLimit);
    if (reason !== undefined) refused.push({ path, reason });
    else (isState ? state : files).set(path, await folder.read(path));
  }
  return { report, files, state: ofExecution(state, id), refused };
}

function refusal(path: string, bytes: number, limit: number): string | undefined {
  if (!hasPlainNames(path)) return 'its name is none that Cortex gives';
  return bytes > limit ? `it has ${bytes} bytes, and ${limit} are the most that GitHub takes` : undefined;
}

async function readReport(
  folder: ResultsFolder,
  listed: readonly { readonly path: string }[],
  id: string,
): Promise<Report> {
  const path = resultsFile(id);
  if (!listed.some((each) => each.path === path)) {
    throw problem('no-report', `${id} has no report yet`, { hint: `Write it by \`cortex report ${id}\`.` });
  }
  const read = reportSchema.safeParse(jsonOf(await folder.read(path)));
  if (read.success && read.data.execution_id === id) return publishable(read.data, read.data);
  throw problem('report-damaged', `${path} is not a report of ${id} by this version of Cortex`, {
    hint: `Write it anew by \`cortex report ${id}\`.`,
    cause: read.error,
  });
}

const tellsExecution = z.object({ execution_id: z.string() });

/** A folder may have been used again since: what follows a later execution is not this one's. */
function ofExecution(state: ReadonlyMap<string, Uint8Array>, id: string): ReadonlyMap<string, Uint8Array> {
  return new Map(
    [...state].filter(([, content]) => tellsExecution.safeParse(jsonOf(content)).data?.execution_id === id),
  );
}
