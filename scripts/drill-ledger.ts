/**
 * The long form of the model check of ledger and claims: 10,000 courses of calls, crashes and time over each store there
 * is (the file store, each engine on the PATH, and the one that REDIS_URL names), compared with the store on paper. Prints
 * what came about; ends with 1 and the shortest course found where a store differs. `npm run drill:ledger [runs] [seed]`.
 */
import { checkStoreModel, type ModelCounts } from '../test/coordination/model/check-store-model.ts';
import { openFileWorld } from '../test/coordination/model/file-world.ts';
import { redisWorlds } from '../test/coordination/model/redis-world.ts';
import type { OpenStore } from '../test/coordination/opened-store.ts';
import { hasEngine, startServer } from '../test/support/redis-servers.ts';

const [runs = 10_000, seed] = process.argv.slice(2).map(Number);
const { REDIS_URL: given } = process.env;
/** A seed leads to the same course again only where one goes on at a time. */
const lanes = seed === undefined ? 4 : 1;

await drill('the file store', () => openFileWorld());
for (const engine of ['redis', 'valkey'] as const) {
  if (!hasEngine(engine)) {
    console.log(`${engine}-server is not installed: not drilled`);
    continue;
  }
  const server = await startServer(engine, { appendOnly: false });
  await drillServer(engine, server.url);
  await server.remove();
}
if (given) await drillServer('the store of REDIS_URL', given);

async function drillServer(name: string, url: string): Promise<void> {
  const worlds = await redisWorlds(url);
  await drill(name, worlds.open);
  await worlds.close();
}

async function drill(name: string, open: OpenStore): Promise<void> {
  const start = performance.now();
  try {
    const counts = await checkStoreModel({ open, runs, lanes, ...(seed === undefined ? {} : { seed }) });
    console.log(`${name}: ${runs} courses in ${((performance.now() - start) / 1000).toFixed(0)} s, no difference`);
    printCounts(counts);
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

function printCounts(counts: ModelCounts): void {
  const sorted = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  console.log(sorted.map(([what, count]) => `  ${String(count).padStart(8)}  ${what}`).join('\n'));
}
