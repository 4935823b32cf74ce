import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../shared/canonical.ts';
import { readTextIfPresent, writeFileAtomically } from '../../shared/files.ts';
import { processStart } from '../../shared/process-start.ts';
import { signalGroup } from '../../shared/process.ts';
import { readEnvelope, type FoundEnvelope } from '../outcome.ts';

/** What stays on disk of an attempt, so that another process can take it up. */
export interface AttemptFolder {
  readonly envelopePath: string;
  readonly readEnvelope: () => FoundEnvelope;
  /** Makes room for a new process: what is read afterwards, it has written. */
  readonly forgetEnvelope: () => void;
  /** Makes the attempt's own empty folder for temporary files, outside every repository. */
  readonly makeScratch: () => string;
  readonly clearScratch: () => void;
  readonly notePid: (pid: number) => void;
  /** Ends what an earlier launcher left running, so that no twin ever works beside the new one. */
  readonly endLeftover: () => void;
}

export function attemptFolder(
  places: { readonly attempts: string; readonly temporary: string },
  worker: string,
): AttemptFolder {
  const directory = join(places.attempts, worker);
  // A function of the attempt: a later launcher finds what a dead one left behind.
  const scratch = join(places.temporary, `cortex-worker-${sha256(directory).slice(0, 16)}`);
  const clearScratch = (): void => rmSync(scratch, { recursive: true, force: true });
  const envelopePath = join(directory, 'envelope.json');
  const pidPath = join(directory, 'pid');
  return {
    envelopePath,
    readEnvelope: () => readEnvelope(readTextIfPresent(envelopePath), worker),
    forgetEnvelope: () => rmSync(envelopePath, { force: true }),
    makeScratch: () => {
      clearScratch();
      mkdirSync(places.temporary, { recursive: true });
      mkdirSync(scratch, { mode: 0o700 });
      return scratch;
    },
    clearScratch,
    notePid: (pid) => writeFileAtomically(pidPath, `${pid} ${processStart(pid) ?? ''}\n`),
    endLeftover: () => {
      const [pid, started] = (readTextIfPresent(pidPath) ?? '').trim().split(' ');
      const known = Number(pid);
      // A pid alone may have been given to another process since: the start time tells them apart.
      if (Number.isInteger(known) && known > 1 && started && processStart(known) === started)
        signalGroup(known, 'SIGKILL');
      rmSync(pidPath, { force: true });
      clearScratch();
    },
  };
}
