/**
 * Kills a run after each event of its whole log, resumes it, and compares what came out with an undisturbed run: for a
 * plan that makes every kind of event, and for the full plan. Longer than the tests allow; `npm run drill:resume`. Ends
 * with 1 at the first difference.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  contentOf,
  readLog,
  resumeId,
  resumeScripted,
  scriptedPlan,
  scriptedWorld,
  startScripted,
} from '../test/support/resumed-run.ts';

const parallel = 4;
const fullPlan = readFileSync(join(import.meta.dirname, '..', 'plans', 'full-orchestration.yaml'), 'utf8');

await drillPlan('the plan with every kind of event', scriptedPlan);
await drillPlan('the full plan', fullPlan);

interface Undisturbed {
  readonly code: number | null;
  readonly content: string;
  readonly events: number;
}

async function drillPlan(name: string, plan: string): Promise<void> {
  const expected = await runUndisturbed(plan);
  const counts = Array.from({ length: expected.events }, (_, index) => index + 1);
  const drillNext = async (): Promise<void> => {
    for (let count = counts.shift(); count !== undefined; count = counts.shift()) await drill(plan, count, expected);
  };
  await Promise.all(Array.from({ length: parallel }, drillNext));
  console.log(`${name}: ${expected.events} kills, each resumed to the same findings, changes and books`);
}

async function runUndisturbed(plan: string): Promise<Undisturbed> {
  const world = scriptedWorld(plan);
  const { code } = await startScripted(world);
  const undisturbed = { code, content: contentOf(world.out, resumeId), events: readLog(world.out, resumeId).length };
  world.remove();
  return undisturbed;
}

/** A run may be over before the kill where its log came out shorter than the first one's: it must then be whole. */
async function drill(plan: string, count: number, expected: Undisturbed): Promise<void> {
  const world = scriptedWorld(plan);
  try {
    const killed = await startScripted(world, { KILL_AFTER_COUNT: String(count) });
    const ran = killed.signal === 'SIGKILL' ? await resumeScripted(world) : killed;
    if (ran.code === expected.code && contentOf(world.out, resumeId) === expected.content) return;
    console.error(`killed after ${count} events: exit code ${ran.code}\n${ran.stderr}`);
    process.exit(1);
  } finally {
    world.remove();
  }
}
