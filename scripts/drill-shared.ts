/**
 * Kills the process of a shared run after each event of its whole log, lets another process go on, and compares what came
 * out with an undisturbed run over the same store, which it starts itself. Longer than the tests allow; `npm run
 * drill:shared [first] [last]` drills a part of it. Ends with 1 where any kill made a difference.
 */
import { join } from 'node:path';
import { programs } from '../test/support/journey.ts';
import { hasEngine, startServer, type Engine } from '../test/support/redis-servers.ts';
import { contentOf, finishedTwice, scriptedWorld } from '../test/support/resumed-run.ts';
import { freshId, readCopies, startLeg } from '../test/support/shared-run.ts';

const parallel = 4;
const engines: readonly Engine[] = ['redis', 'valkey'];
const [first = 1, last = Infinity] = process.argv.slice(2).map(Number);

const engine = engines.find(hasEngine);
if (!engine) throw new Error('install redis-server or valkey-server: the drill needs one');
const server = await startServer(engine);
try {
  await drillAll(server.url);
} finally {
  await server.remove();
}

interface Undisturbed {
  readonly code: number | null;
  readonly content: string;
  readonly events: number;
}

async function drillAll(url: string): Promise<void> {
  const expected = await runUndisturbed(url);
  const counts: number[] = [];
  for (let count = first; count <= Math.min(last, expected.events); count++) counts.push(count);
  const kills = counts.length;
  const drillNext = async (): Promise<void> => {
    for (let count = counts.shift(); count !== undefined; count = counts.shift()) await drill(url, count, expected);
  };
  await Promise.all(Array.from({ length: parallel }, drillNext));
  const verdict =
    process.exitCode === 1 ? 'with differences' : 'each taken over to the same findings, changes and books';
  console.log(`${engine}, ${expected.events} events: ${kills} kills, ${verdict}`);
}

async function runUndisturbed(url: string): Promise<Undisturbed> {
  const world = scriptedWorld();
  const id = freshId();
  const { code } = await startLeg({ url, id, path: world.path }).ended;
  const undisturbed = { code, content: contentOf(world.out, id), events: readCopies(world.out, id).length };
  world.remove();
  return undisturbed;
}

/** A run may be over before the kill where its log came out shorter than the first one's: it must then be whole. */
async function drill(url: string, count: number, expected: Undisturbed): Promise<void> {
  const world = scriptedWorld();
  const run = { url, id: freshId(), path: world.path };
  try {
    const preload = join(programs, 'kill-after.mjs');
    const killed = await startLeg(run, { preload, env: { KILL_AFTER_COUNT: String(count) } }).ended;
    const before = readCopies(world.out, run.id);
    const ran = killed.signal === 'SIGKILL' ? await startLeg(run).ended : killed;
    const after = readCopies(world.out, run.id);
    const differences = [
      ...(ran.code === expected.code ? [] : [`exit code ${ran.code}\n${ran.stderr}`]),
      ...(contentOf(world.out, run.id) === expected.content ? [] : ['findings, changes or books differ']),
      ...(JSON.stringify(after.slice(0, before.length)) === JSON.stringify(before) ? [] : ['the log was rewritten']),
      ...finishedTwice(after).map((worker) => `${worker} was started again after it had finished`),
    ];
    for (const difference of differences) console.error(`killed after ${count} events: ${difference}`);
    if (differences.length > 0) process.exitCode = 1;
  } finally {
    world.remove();
  }
}
