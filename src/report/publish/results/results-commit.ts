import type { PublishPolicy } from '../../../plan/plan.ts';
import type { HostBranch } from '../../../protocol/code-host.ts';
import type { Report } from '../../../protocol/report.ts';
import { CortexError, outside } from '../../../shared/errors.ts';
import { oneLine } from '../../markdown/escape.ts';
import type { HostReader, HostWriter } from '../world/host.ts';
import { readResultsBranch } from './results-branch.ts';
import { changeOfResults, type ChangeWish, type ResultsChange } from './results-change.ts';
import { onlyResults } from './results-question.ts';
import { readOwnResults, type OwnResults, type RefusedFile, type ResultsFolder } from './results-own.ts';

/** What committing results needs of the code host. */
export type ResultsHost = Pick<HostReader, 'look' | 'readTexts' | 'readTree'> &
  Pick<HostWriter, 'commit' | 'createBranch' | 'moveBranch'>;

export interface ResultsOrder {
  readonly host: ResultsHost;
  readonly folder: ResultsFolder;
  readonly policy: Pick<PublishPolicy, 'branch' | 'keep'>;
  readonly execution: string;
  /** Page of the workflow run; null where there is none. */
  readonly runUrl: string | null;
  /** What people said of changes since. */
  readonly lessons: ChangeWish['lessons'];
  /** `staged` reads and decides the same, and writes nothing. */
  readonly mode: 'apply' | 'staged';
  /** The branch as a look just now has shown it; left out where nobody has looked. */
  readonly seen?: HostBranch | null;
  /** Waits, in ms. */
  readonly pause: (ms: number) => Promise<void>;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly limits?: Partial<ResultsLimits>;
}

export interface ResultsLimits {
  /** Largest file in bytes; left out where it is GitHub's own. */
  readonly fileBytes?: number;
  /** How often a commit is made anew because the branch has moved. */
  readonly attempts: number;
  /** First wait before that; doubled each time, and spread. */
  readonly waitMs: number;
}

export interface ResultsOutcome {
  readonly branch: string;
  readonly action: 'committed' | 'unchanged' | 'staged';
  /** The commit that has the results now; null where nothing is written, as in `staged`. */
  readonly commit: string | null;
  /** Files that were written, or would be; paths are from the root of the branch. */
  readonly files: readonly string[];
  /** Executions that leave the tree of the branch. */
  readonly leaving: readonly string[];
  readonly refused: readonly RefusedFile[];
  readonly notes: readonly string[];
  /** How many commits it took until one held. */
  readonly attempts: number;
}

const resultsLimits: ResultsLimits = { attempts: 6, waitMs: 500 };

/**
 * Commits reports, archive and state of an execution to the results branch, on top of its head and only while that is the
 * head; where another run was faster, anew on top of that. What is there is not sent again, and a second time changes nothing.
 * Throws `no-report`, `report-damaged`, `simulated-run`, `results-path-taken`, and `results-branch-busy` (retryable).
 */
export async function commitResults(order: ResultsOrder): Promise<ResultsOutcome> {
  const limits = { ...resultsLimits, ...order.limits };
  const own = await readOwnResults(order.folder, order.execution, limits.fileBytes);
  for (let attempt = 1; attempt <= limits.attempts; attempt++) {
    const head = attempt === 1 && order.seen !== undefined ? order.seen : await lookAt(order);
    const change = await decide(order, own, head);
    const outcome = { ...changeOutcome(order, own, change), attempts: attempt };
    if (change.files.length === 0) return { ...outcome, action: 'unchanged', commit: head?.head.sha ?? null };
    if (order.mode === 'staged') return { ...outcome, action: 'staged', commit: null };
    const commit = await tryWrite(order, { head, change, report: own.report });
    if (commit !== undefined) return { ...outcome, action: 'committed', commit };
    // Runs that collide wait for different times, so that one of them is through.
    await order.pause(limits.waitMs * 2 ** (attempt - 1) * (0.5 + order.random()));
  }
  throw outside('results-branch-busy', `${order.policy.branch} moved ${limits.attempts} times while it was written`, {
    hint: 'Run the report again: it goes on where it was.',
    retryable: true,
  });
}

async function lookAt({ host, policy }: ResultsOrder): Promise<HostBranch | null> {
  return (await host.look(onlyResults(policy.branch))).results;
}

async function decide(order: ResultsOrder, own: OwnResults, head: HostBranch | null): Promise<ResultsChange> {
  const { keep } = order.policy;
  const branch = await readResultsBranch(order.host, head, { own: order.execution, keep });
  return changeOfResults(branch, own, { keep, runUrl: order.runUrl, lessons: order.lessons });
}

function changeOutcome(
  { policy }: ResultsOrder,
  { refused }: OwnResults,
  { files, leaving, notes }: ResultsChange,
): Omit<ResultsOutcome, 'action' | 'commit' | 'attempts'> {
  return { branch: policy.branch, files: files.map(({ path }) => path), leaving, refused, notes };
}

interface Writing {
  readonly head: HostBranch | null;
  readonly change: ResultsChange;
  readonly report: Report;
}

/** The commit; undefined where the branch has moved in the meantime. */
async function tryWrite(order: ResultsOrder, { head, change, report }: Writing): Promise<string | undefined> {
  const { host, policy } = order;
  const { sha } = await host.commit({
    parents: head === null ? [] : [head.head.sha],
    tree: head === null ? null : head.head.tree,
    files: change.files,
    message: () => messageOf(report, order.runUrl),
  });
  try {
    await (head === null ? host.createBranch(policy.branch, sha) : host.moveBranch(policy.branch, sha));
    return sha;
  } catch (error) {
    if (error instanceof CortexError && (error.code === 'branch-moved' || error.code === 'branch-exists'))
      return undefined;
    throw error;
  }
}

function messageOf(report: Report, runUrl: string | null): string {
  const { execution_id: id, status, plan, totals, findings, commit } = report;
  return [
    `Results of ${id}: ${status}`,
    '',
    `Plan ${oneLine(plan.name, 100)} on ${commit.slice(0, 12)}: ${findings.length} findings, ${totals.changes_proven} proven changes.`,
    '',
    `Cortex-Execution: ${id}`,
    `Cortex-Plan: ${plan.digest}`,
    ...(runUrl === null ? [] : [`Cortex-Run: ${oneLine(runUrl)}`]),
  ].join('\n');
}
