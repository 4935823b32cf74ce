import { cliExit } from '../../protocol/words.ts';
import type { Progress } from '../terminal/progress.ts';
import type { RunDoors } from './doors.ts';
import type { SharedStore } from './shared-store.ts';

/** A runner of GitHub Actions kills a process some seconds after it has told it to end. */
const workersMs = 3000;
const claimsMs = 2000;

/**
 * Ctrl-C and SIGTERM end the workers and this process; the log stays as it is, so that the run can be resumed. Nothing
 * more is written: a worker that we end here has not failed.
 */
export function endOnSignals(doors: RunDoors, run: { readonly progress: Progress; readonly id: string }): () => void {
  const end = (): void => {
    doors.quiet();
    run.progress.stop();
    process.stderr.write(`\ncortex: interrupted. Go on with: cortex run --resume ${run.id}\n`);
    void letGo(doors).finally(() => process.exit(cliExit.outside));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}

/** What this process holds in a shared store goes back, so that nobody has to wait for its lease; but not at any price. */
async function letGo({ store, launcher, shared }: RunDoors): Promise<void> {
  // Workers that are told to end, and not killed at once, give their attempts back.
  if (shared) await within(workersMs, launcher.close());
  launcher.kill();
  if (shared) await within(claimsMs, releaseAll(shared));
  else await store.close();
}

/** Waits for what may fail, but for no longer than that. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}

async function releaseAll({ store, leg, worker }: SharedStore): Promise<void> {
  const claims = await store.claims();
  const own = claims.filter((claim) => claim.owner.endsWith(`@${leg}`));
  await Promise.allSettled([...own.map(store.release), worker.revoke()]);
}
