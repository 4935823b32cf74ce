import { existsSync } from 'node:fs';
import { fileBlobs } from '../../coordination/file/blobs.ts';
import { readEventLog } from '../../coordination/file/event-log.ts';
import type { Event } from '../../protocol/event.ts';
import { systemClock } from '../../shared/clock.ts';
import { CortexError, problem } from '../../shared/errors.ts';
import { pause } from '../../shared/pause.ts';
import type { CommandLine } from '../arguments.ts';
import type { Io } from '../commands/commands.ts';
import type { Environment } from '../environment.ts';
import { refuseMixture, refuseOther } from './begin.ts';
import { checkExecutionId, claimExecutionId, clockId } from './execution-id.ts';
import { newOrder, readOrder, type Order, type Place } from './order.ts';
import { runPaths } from './paths.ts';
import type { Connection, SharedStore } from './shared-store.ts';

/** What a process was asked to run, and where. */
export interface Asked {
  readonly args: CommandLine;
  readonly place: Place;
  readonly io: Io;
  readonly environment: Environment;
}

/** An order, and the shared store that it was taken from; undefined where the store is a folder. */
export interface TakenOrder {
  readonly order: Order;
  readonly shared: SharedStore | undefined;
}

/** Finds out what is to be run, and claims its id where it will be kept. */
export async function takeOrder(asked: Asked): Promise<TakenOrder> {
  const { args, environment } = asked;
  if ((args.text('store') ?? environment.store) !== undefined) return takeShared(asked);
  const order = args.text('resume') === undefined ? await newLocal(asked) : await resumeLocal(asked);
  return { order, shared: undefined };
}

function newLocal({ args, place, io }: Asked): Promise<Order> {
  const { executions } = runPaths(place.out, 'x');
  return newOrder({ args, place, io, shared: false }, (wanted) =>
    claimExecutionId(executions, wanted, systemClock.now),
  );
}

/** Throws `store-needed` for an execution whose log here is a copy: another process may be at work on it elsewhere. */
async function resumeLocal({ args, place }: Asked): Promise<Order> {
  const id = checkExecutionId(args.text('resume') ?? '');
  const paths = runPaths(place.out, id);
  const events = existsSync(paths.log) ? readEventLog(paths.log).events : [];
  const order = await readOrder({ args, place, shared: false }, { id, events, ...fileBlobs(paths.blobs) });
  const started = events.find((event) => event.type === 'execution.started');
  refuseMixture(id, args.has('rehearse'), started?.data);
  if (started?.data.doors.redis !== true) return order;
  throw problem('store-needed', `${id} ran over a shared store; this folder has a copy of its log`, {
    hint: `Name the store with --store. If it has lost the execution, \`cortex report ${id}\` reports what the copy shows.`,
  });
}

async function takeShared(asked: Asked): Promise<TakenOrder> {
  const { connect } = await import('./shared-store.ts');
  const connection = await connect(asked.args, asked.environment);
  try {
    const resumed = asked.args.text('resume');
    return await (resumed === undefined ? newShared(asked, connection) : resumeShared(asked, connection, resumed));
  } catch (error) {
    await connection.client.close();
    throw error;
  }
}

/** With an id, this process joins the execution or begins it; without one, it begins one by the clock. */
async function newShared({ args, place, io, environment }: Asked, connection: Connection): Promise<TakenOrder> {
  const { joinExecution } = await import('./shared-store.ts');
  const joined: SharedStore[] = [];
  const join = async (id: string, mode: 'new' | 'join'): Promise<string> => {
    joined.push(await joinExecution(connection, { id, mode, out: place.out, workerStore: environment.workerStore }));
    return id;
  };
  const order = await newOrder({ args, place, io, shared: true }, (wanted) =>
    wanted === undefined ? joinByClock((id) => join(id, 'new')) : join(checkExecutionId(wanted), 'join'),
  );
  const [shared] = joined;
  const ended = shared && (await orLeave(shared, async () => endOf(order, args, await shared.store.read())));
  return { shared, order: ended ? { ...order, endedWith: ended } : order };
}

/** How the execution ended, where it has. Throws `execution-differs` where it was one of another plan, commit or kind. */
function endOf(order: Order, args: CommandLine, events: readonly Event[]): Order['endedWith'] {
  const ended = events.find((event) => event.type === 'execution.ended');
  if (!ended) return undefined;
  const began = events.find((event) => event.type === 'execution.started');
  refuseOther(order.id, { plan: order.planFacts.digest, commit: order.commit }, began?.data);
  refuseMixture(order.id, args.has('rehearse'), began?.data);
  return ended.data;
}

/** An id that is taken waits for the next second. */
async function joinByClock(join: (id: string) => Promise<string>): Promise<string> {
  for (;;) {
    try {
      return await join(clockId(systemClock.now()));
    } catch (error) {
      if (!(error instanceof CortexError) || error.code !== 'execution-id-used') throw error;
      await pause(1000 - (systemClock.now() % 1000));
    }
  }
}

async function resumeShared(
  { args, place, environment }: Asked,
  connection: Connection,
  wanted: string,
): Promise<TakenOrder> {
  const { joinExecution } = await import('./shared-store.ts');
  const id = checkExecutionId(wanted);
  const { out } = place;
  const shared = await joinExecution(connection, { id, mode: 'existing', out, workerStore: environment.workerStore });
  const order = await orLeave(shared, async () => {
    const remains = { id, events: await shared.store.read(), getBlob: shared.store.getBlob };
    const began = remains.events.find((event) => event.type === 'execution.started');
    refuseMixture(id, args.has('rehearse'), began?.data);
    return readOrder({ args, place, shared: true }, remains);
  });
  return { shared, order };
}

/** A process that is refused leaves nothing of its own in the store: no user for workers, no lock on its copy. */
async function orLeave<T>(shared: SharedStore, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await shared.close();
    throw error;
  }
}
