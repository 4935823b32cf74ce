import { cliExit } from '../../protocol/words.ts';
import type { Progress } from '../terminal/progress.ts';
import type { RunDoors } from './doors.ts';

/**
 * Ctrl-C and SIGTERM end the workers and this process; the log stays as it is, so that the run can be resumed. Nothing
 * more is written: a worker that we end here has not failed.
 */
export function endOnSignals(doors: RunDoors, run: { readonly progress: Progress; readonly id: string }): () => void {
  const end = (): void => {
    doors.launcher.kill();
    run.progress.stop();
    process.stderr.write(`\ncortex: interrupted. Go on with: cortex run --resume ${run.id}\n`);
    void doors.store.close().finally(() => process.exit(cliExit.outside));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}
