import type { HostBranch, HostTreeEntry } from '../../../protocol/code-host.ts';
import type { HostReader } from '../world/host.ts';
import { bareEntry, newestFirst, readIndex, type IndexEntry } from './results-index.ts';
import { jsonOf } from '../../../shared/json-of.ts';
import { executionOfPath, indexPath, lessonsPath, resultsFile, resultsRoot } from './results-paths.ts';

/** What is on the results branch; empty where the branch is not there yet. */
export interface ResultsBranch {
  readonly head: HostBranch | null;
  /** Every file of the tree that was seen, by its path from the root. */
  readonly entries: ReadonlyMap<string, HostTreeEntry>;
  /** Executions with files there, newest first. */
  readonly executions: readonly IndexEntry[];
  /** The execution that the state files follow; null where none is known. */
  readonly current: { readonly id: string; readonly startedAt: string } | null;
  /** Text of the lessons; null where there are none, undefined where they can't be read. */
  readonly lessons: string | null | undefined;
  /** Whether the index was there and could be read. */
  readonly hasIndex: boolean;
}

const currentPath = 'current-execution.json';

/**
 * Reads the branch at its head. `keep` and `own` say which folders must be known for sure, where the tree is too large to be
 * shown whole.
 */
export async function readResultsBranch(
  host: Pick<HostReader, 'readTexts' | 'readTree'>,
  head: HostBranch | null,
  wanted: { readonly own: string; readonly keep: number },
): Promise<ResultsBranch> {
  if (head === null) return { head, entries: new Map(), executions: [], current: null, lessons: null, hasIndex: true };
  const commit = head.head.sha;
  const paths = [indexPath, lessonsPath, currentPath].map(placed);
  const texts = await host.readTexts(commit, paths);
  const textOf = (path: string): string | null | undefined => {
    const text = texts.get(placed(path));
    return typeof text === 'string' ? text : text === null || text === undefined ? null : undefined;
  };
  const index = readIndex(textOf(indexPath) ?? '');
  // One more may leave than the branch is over its number: this execution comes to it.
  const leaving = newestFirst(index ?? []).slice(wanted.keep - 1);
  const probes = [wanted.own, ...leaving.map((entry) => entry.execution_id)].flatMap(foldersOf);
  const tree = await host.readTree(commit, [...paths, ...probes]);
  const entries = new Map(tree.map((entry) => [entry.path, entry] as const));
  return {
    head,
    entries,
    executions: executionsIn(entries, index ?? []),
    current: currentOf(textOf(currentPath)),
    lessons: textOf(lessonsPath),
    hasIndex: index !== undefined,
  };
}

/** A path below `coordination/`, from the root of the branch. */
export function placed(path: string): string {
  return `${resultsRoot}/${path}`;
}

/** The execution that a path from the root of the branch belongs to. */
export function executionAt(path: string): string | undefined {
  return path.startsWith(`${resultsRoot}/`) ? executionOfPath(path.slice(resultsRoot.length + 1)) : undefined;
}

/** A name in each folder that an execution has: a tree that is too large is read as far as these. */
function foldersOf(id: string): readonly string[] {
  return [`archives/${id}/-`, `archives/${id}/evidence/-`, `archives/${id}/changes/-`, resultsFile(id)].map(placed);
}

/** Those whose files are there; what the index says of others is out of date. */
function executionsIn(
  entries: ReadonlyMap<string, HostTreeEntry>,
  index: readonly IndexEntry[],
): readonly IndexEntry[] {
  const told = new Map(index.map((entry) => [entry.execution_id, entry]));
  const ids = new Set([...entries.keys()].flatMap((path) => executionAt(path) ?? []));
  return newestFirst([...ids].map((id) => told.get(id) ?? bareEntry(id)));
}

function currentOf(text: string | null | undefined): ResultsBranch['current'] {
  const { execution_id: id, started_at: startedAt } = (jsonOf(text ?? '') ?? {}) as Record<string, unknown>;
  return typeof id === 'string' ? { id, startedAt: typeof startedAt === 'string' ? startedAt : '' } : null;
}
