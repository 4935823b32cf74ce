import type { Assignment } from '../plan/plan.ts';
import type { ExecutionState, TaskState } from '../execution/execution-state.ts';
import type { MasterName } from '../protocol/words.ts';
import { pause } from '../shared/pause.ts';
import { livingNames } from './claim.ts';
import type { MasterContext } from './context.ts';
import { runMaster } from './run-master.ts';
import { hasEnded } from './task-run.ts';

/**
 * Runs the masters of this process until each has reported, here or elsewhere. While all that they wait for is masters
 * that nobody runs, and `patienceMs` have passed so, it runs those as well.
 */
export async function runLeg(assignments: readonly Assignment[], context: MasterContext): Promise<void> {
  const running = new Set<Promise<void>>();
  const mine = new Set(context.own);
  const start = (work: Promise<unknown>): void => {
    const ended = work.then(() => void running.delete(ended));
    // Whoever races below sees the failure; a second one at the same time must not end the process.
    ended.catch(() => undefined);
    running.add(ended);
  };
  for (const each of assignments) if (context.own.has(each.master)) start(seeThrough(each, context));
  const watch = context.shared ? abandonmentWatch(mine, context) : undefined;
  while (running.size > 0) {
    await Promise.race([...running, ...(watch ? [pause(context.leaseMs / 3)] : [])]);
    const abandoned = (await watch?.()) ?? [];
    for (const each of assignments.filter(({ master }) => abandoned.includes(master))) {
      mine.add(each.master);
      start(runMaster(each, context).then((end) => (end === 'elsewhere' ? mine.delete(each.master) : true)));
    }
  }
}

/** Runs a master, or stands by while another process does, until it has reported or the run is over. */
async function seeThrough(assignment: Assignment, context: MasterContext): Promise<void> {
  const { master } = assignment;
  while (!hasReported(master, context.board.state)) {
    // Also where the run is over already: it then says what was left undone.
    if ((await runMaster(assignment, context)) === 'reported') return;
    await standBy(master, context);
    if (context.signal.aborted) return;
  }
}

/** Waits until a master has reported, nobody holds it any more, or the run is over. */
async function standBy(master: MasterName, context: MasterContext): Promise<void> {
  for (;;) {
    await pause(context.leaseMs / 3);
    if (context.signal.aborted || hasReported(master, context.board.state)) return;
    if (!(await livingNames(context.store)).has(master)) return;
  }
}

/** Asked now and then: masters that this leg waits for, and that nobody has run for as long as it is patient. */
function abandonmentWatch(mine: ReadonlySet<MasterName>, context: MasterContext): () => Promise<readonly MasterName[]> {
  let since: number | undefined;
  return async () => {
    const awaited = awaitedMasters(mine, context.board.state);
    const living = awaited.length === 0 ? new Set<string>() : await livingNames(context.store);
    if (awaited.length === 0 || awaited.some((master) => living.has(master))) since = undefined;
    else since ??= context.now();
    return since !== undefined && context.now() - since >= context.patienceMs ? awaited : [];
  };
}

/** Masters of other legs that these wait for; none while one of these still has something to do itself. */
export function awaitedMasters(mine: ReadonlySet<MasterName>, state: ExecutionState): readonly MasterName[] {
  const awaited = new Set<MasterName>();
  for (const name of mine) {
    if (hasReported(name, state)) continue;
    const waits = waitsOf(name, state);
    if (!waits) return [];
    for (const each of waits) if (!mine.has(each) && !hasReported(each, state)) awaited.add(each);
  }
  return [...awaited];
}

/** Whom a master waits for, or undefined while it is at work. */
function waitsOf(name: MasterName, state: ExecutionState): readonly MasterName[] | undefined {
  if (state.masters.get(name)?.activatedAt === undefined) return undefined;
  const open = [...state.tasks.values()].filter((task) => task.master === name && !hasEnded(task));
  if (open.length === 0) return afterItsTasks(name, state);
  const waits = open.map((task) => waitsOfTask(task, state));
  return waits.includes(undefined) ? undefined : waits.flatMap((each) => each ?? []);
}

/** Whom a task waits for: the coordinator where it has asked for budget; undefined where it can go on by itself. */
function waitsOfTask({ declared }: TaskState, state: ExecutionState): readonly MasterName[] | undefined {
  if ([...state.requests.values()].some((request) => request.task === declared.id)) return ['coordinator-master'];
  const unmet = declared.needs.map((id) => state.tasks.get(id)).filter((need) => !hasEnded(need));
  return unmet.length === 0 ? undefined : unmet.flatMap((need) => (need?.master ? [need.master] : []));
}

/** The coordinator waits for every report; the others for reviews, for claims on paths, and for the coordinator. */
function afterItsTasks(name: MasterName, state: ExecutionState): readonly MasterName[] {
  const others = [...state.masters.keys()].filter((other) => other !== name);
  if (name === 'coordinator-master') return others;
  const reviewing = new Set(
    [...state.tasks.values()].flatMap((task) =>
      task.declared.kind === 'review-worker' && !hasEnded(task) && task.master ? [task.master] : [],
    ),
  );
  return others.filter(
    (other) => other === 'coordinator-master' || reviewing.has(other) || !state.pathClaims.has(other),
  );
}

function hasReported(master: MasterName, state: ExecutionState): boolean {
  return state.masters.get(master)?.reportedAt !== undefined;
}
