/**
 * Kills a run after each event of the log of a whole run, resumes it, and compares what came out with an undisturbed
 * run. Longer than the tests allow; `npm run drill:resume`. Ends with 1 at the first difference.
 */
import {
  contentOf,
  readLog,
  resumeId,
  resumeScripted,
  scriptedWorld,
  startScripted,
} from '../test/support/resumed-run.ts';

const parallel = 4;
const undisturbed = scriptedWorld();
await startScripted(undisturbed);
const expected = contentOf(undisturbed.out, resumeId);
const events = readLog(undisturbed.out, resumeId).length;
undisturbed.remove();

const counts = Array.from({ length: events }, (_, index) => index + 1);
let done = 0;
await Promise.all(Array.from({ length: parallel }, drillNext));
console.log(`${done} of ${events} kills resumed to the same findings, changes and books`);

async function drillNext(): Promise<void> {
  for (let count = counts.shift(); count !== undefined; count = counts.shift()) {
    await drill(count);
    done += 1;
    if (done % 20 === 0) console.log(`${done} of ${events}`);
  }
}

/** A run may be over before the kill where its log came out shorter than the first one's: it must then be whole. */
async function drill(count: number): Promise<void> {
  const world = scriptedWorld();
  try {
    const killed = await startScripted(world, { KILL_AFTER_COUNT: String(count) });
    const ran = killed.signal === 'SIGKILL' ? await resumeScripted(world) : killed;
    if (ran.code === 3 && contentOf(world.out, resumeId) === expected) return;
    console.error(`killed after ${count} events: exit code ${ran.code}\n${ran.stderr}`);
    process.exit(1);
  } finally {
    world.remove();
  }
}
