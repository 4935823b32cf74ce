import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { allTasks, type Plan } from '../../plan/plan.ts';
import type { Event, EventData } from '../../protocol/event.ts';
import type { MasterName } from '../../protocol/words.ts';
import { readHead, type Head } from '../../repository/local-repository.ts';
import type { Git } from '../../repository/git.ts';
import { problem } from '../../shared/errors.ts';
import type { CommandLine } from '../arguments.ts';
import type { Io } from '../commands/commands.ts';
import type { Environment } from '../environment.ts';
import { masterList, wholeNumber } from '../values.ts';
import { loadPlan } from './load-plan.ts';
import { runPaths, type RunPaths } from './paths.ts';
import { checkDigest, planOfLog } from './plan-of-log.ts';
import { requireValidPlan } from './require-plan.ts';
import { onlyMasters } from './start.ts';

/** Where a run works, and where it writes. */
export interface Place {
  readonly head: Head;
  readonly git: Git;
  readonly out: string;
}

/** What is to be run: a fresh plan, or the one that a log began with. */
export interface Order {
  readonly id: string;
  readonly plan: Plan;
  readonly planFacts: Omit<EventData<'execution.started'>['plan'], 'blob'>;
  readonly planText: string;
  /** Masters that this process was started for. */
  readonly own: readonly MasterName[];
  /** Tasks of the plan file that are not run. */
  readonly leftOut: readonly string[];
  readonly commit: string;
  readonly paths: RunPaths;
  /** Set when the execution has ended before. */
  readonly endedWith?: EventData<'execution.ended'>;
}

/** Finds the repository that the flags name. Throws `target-missing`, `not-a-repository`, `no-commit`. */
export async function findPlace(args: CommandLine, environment: Environment): Promise<Place> {
  const target = resolve(args.text('target') ?? '.');
  if (!existsSync(target))
    throw problem('target-missing', `The folder ${target} does not exist`, {
      hint: 'Name a git repository with --target.',
    });
  const { head, git } = await readHead(target, environment.path);
  return { head, git, out: resolve(args.text('out') ?? join(head.root, 'coordination')) };
}

/** Whether other processes run the other masters, or nobody does. */
export interface Sharing {
  readonly shared: boolean;
}

/** A fresh order: the plan proven, its id claimed by `claimId`. */
export async function newOrder(
  given: { readonly args: CommandLine; readonly place: Place; readonly io: Io } & Sharing,
  claimId: (wanted: string | undefined) => Promise<string>,
): Promise<Order> {
  const { args, place, io, shared } = given;
  const [file] = args.positionals;
  if (file === undefined) {
    throw problem('no-plan', 'No plan was named', {
      hint: 'Name one, as in `cortex run plans/full-orchestration.yaml`.',
    });
  }
  const loaded = await loadPlan(file, {
    tokenBudget: args.text('token-budget'),
    emergencyReserve: args.text('emergency-reserve'),
    executionTimeout: args.text('execution-timeout'),
  });
  const parsed = requireValidPlan(loaded, file, io);
  checkDigest(args, parsed.digest);
  const chosen = chosenMasters(args, parsed.plan);
  const plan = shared ? parsed.plan : chosen;
  checkParallelMasters(args, plan);
  const id = await claimId(args.text('id'));
  const planFacts = { name: plan.name, file: shownPath(file, place.head.root), digest: parsed.digest };
  return {
    id,
    plan,
    planFacts,
    planText: loaded.text,
    own: chosen.masters.map((master) => master.name),
    leftOut: tasksWithout(parsed.plan, plan),
    commit: place.head.commit,
    paths: runPaths(place.out, id),
  };
}

/** What is left of an execution: its log, and the artefacts that it names. */
export interface Remains {
  readonly id: string;
  readonly events: readonly Event[];
  readonly getBlob: (hash: string) => Promise<Uint8Array>;
}

/**
 * The order of an execution that was cut off, from its own log: neither the plan file nor HEAD is looked at again.
 * Throws `nothing-to-resume`, `plan-outdated`, `plan-differs`.
 */
export async function readOrder(
  given: { readonly args: CommandLine; readonly place: Place } & Sharing,
  { id, events, getBlob }: Remains,
): Promise<Order> {
  const { args, place, shared } = given;
  const paths = runPaths(place.out, id);
  const started = events.find((event) => event.type === 'execution.started')?.data;
  if (!started)
    throw problem('nothing-to-resume', `There is no execution ${id} that has started`, {
      hint: 'Start it anew, without --resume.',
    });
  const parsed = await planOfLog(id, started.plan, getBlob);
  const plan = onlyMasters(
    parsed.plan,
    started.masters.map((master) => master.name),
  );
  const { name, file, digest } = started.plan;
  checkDigest(args, digest);
  const ended = events.find((event) => event.type === 'execution.ended')?.data;
  return {
    id,
    plan,
    planFacts: { name, file, digest },
    planText: parsed.text,
    own: (shared ? chosenMasters(args, plan) : plan).masters.map((master) => master.name),
    leftOut: tasksWithout(parsed.plan, plan),
    commit: started.commit,
    paths,
    ...(ended ? { endedWith: ended } : {}),
  };
}

function tasksWithout(whole: Plan, part: Plan): readonly string[] {
  const run = new Set(allTasks(part).map((task) => task.id));
  return allTasks(whole).flatMap((task) => (run.has(task.id) ? [] : [task.id]));
}

function chosenMasters(args: CommandLine, plan: Plan): Plan {
  const text = args.text('masters');
  if (text === undefined) return plan;
  const wanted = masterList(text);
  if (wanted.length > 0) return onlyMasters(plan, wanted);
  throw problem('no-master', '--masters names no master', {
    hint: 'Name one or more, as in --masters security-master.',
  });
}

/** The first Cortex let people say how many masters they expect; a plan that has others is refused, not bent. */
function checkParallelMasters(args: CommandLine, plan: Plan): void {
  const wanted = wholeNumber(args, 'parallel-masters');
  if (wanted === undefined || wanted === plan.masters.length) return;
  throw problem(
    'masters-differ',
    `--parallel-masters ${wanted} does not fit the plan: ${plan.masters.length} masters would run`,
    {
      hint: 'All masters of a plan run side by side. Choose some with --masters, or change the plan.',
    },
  );
}

function shownPath(file: string, root: string): string {
  const path = relative(root, resolve(file));
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}
