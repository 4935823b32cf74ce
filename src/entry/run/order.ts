import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { fileBlobs } from '../../coordination/file/blobs.ts';
import { readEventLog } from '../../coordination/file/event-log.ts';
import { parsePlan } from '../../plan/parse.ts';
import { allTasks, type Plan } from '../../plan/plan.ts';
import type { EventData } from '../../protocol/event.ts';
import { readHead, type Head } from '../../repository/local-repository.ts';
import type { Git } from '../../repository/git.ts';
import { systemClock } from '../../shared/clock.ts';
import { problem } from '../../shared/errors.ts';
import type { CommandLine } from '../arguments.ts';
import type { Io } from '../commands/commands.ts';
import type { Environment } from '../environment.ts';
import { wholeNumber } from '../values.ts';
import { checkExecutionId, claimExecutionId } from './execution-id.ts';
import { loadPlan } from './load-plan.ts';
import { runPaths, type RunPaths } from './paths.ts';
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

/** A fresh order: the plan proven, its id claimed. */
export async function newOrder(args: CommandLine, place: Place, io: Io): Promise<Order> {
  const [file] = args.positionals;
  if (file === undefined) {
    throw problem('no-plan', 'No plan was named', {
      hint: 'Name one, as in `cortex run plans/full-orchestration.yaml`.',
    });
  }
  const loaded = loadPlan(file, {
    tokenBudget: args.text('token-budget'),
    emergencyReserve: args.text('emergency-reserve'),
    executionTimeout: args.text('execution-timeout'),
  });
  const parsed = requireValidPlan(loaded, file, io);
  const plan = chosenMasters(args, parsed.plan);
  checkParallelMasters(args, plan);
  const executions = runPaths(place.out, 'x').executions;
  const id = await claimExecutionId(executions, args.text('id'), systemClock.now);
  const planFacts = { name: plan.name, file: shownPath(file, place.head.root), digest: parsed.digest };
  return {
    id,
    plan,
    planFacts,
    planText: loaded.text,
    leftOut: tasksWithout(parsed.plan, plan),
    commit: place.head.commit,
    paths: runPaths(place.out, id),
  };
}

/** The order of an execution that was cut off, from its own log: neither the plan file nor HEAD is looked at again. */
export function readOrder(args: CommandLine, place: Place): Order {
  const id = checkExecutionId(args.text('resume') ?? '');
  const paths = runPaths(place.out, id);
  const { events } = readEventLog(paths.log);
  const started = events.find((event) => event.type === 'execution.started')?.data;
  if (!started)
    throw problem('nothing-to-resume', `There is no execution ${id} below ${place.out} that has started`, {
      hint: 'Start it anew, without --resume.',
    });
  const planText = readBlobText(paths, started.plan.blob);
  const parsed = parsePlan(planText, started.plan.file);
  if ('problems' in parsed) {
    throw problem('plan-outdated', `The plan of ${id} is not valid for this version of Cortex`, {
      hint: 'Start it anew, without --resume.',
    });
  }
  const plan = onlyMasters(
    parsed.plan,
    started.masters.map((master) => master.name),
  );
  const { name, file, digest } = started.plan;
  const ended = events.find((event) => event.type === 'execution.ended')?.data;
  return {
    id,
    plan,
    planFacts: { name, file, digest },
    planText,
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
  const wanted = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
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

function readBlobText(paths: RunPaths, hash: string): string {
  return Buffer.from(fileBlobs(paths.blobs).readBlob(hash)).toString('utf8');
}

function shownPath(file: string, root: string): string {
  const path = relative(root, resolve(file));
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}
