import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { envelopeSchema, type Envelope } from '../../protocol/result.ts';
import { readTextIfPresent, writeFileAtomically } from '../../shared/files.ts';
import { signalGroup } from '../../shared/process.ts';

/** What stays on disk of an attempt, so that another process can take it up. */
export interface AttemptFolder {
  readonly envelopePath: string;
  /** The envelope, where the worker has written a valid one of this attempt. */
  readonly readEnvelope: () => Envelope | { readonly invalid: string } | undefined;
  readonly notePid: (pid: number) => void;
  /** Ends what an earlier launcher left running, so that no twin ever works beside the new one. */
  readonly endLeftover: () => void;
}

export function attemptFolder(root: string, worker: string): AttemptFolder {
  const directory = join(root, worker);
  const envelopePath = join(directory, 'envelope.json');
  const pidPath = join(directory, 'pid');
  return {
    envelopePath,
    readEnvelope: () => readEnvelope(envelopePath, worker),
    notePid: (pid) => writeFileAtomically(pidPath, `${pid} ${startTime(pid) ?? ''}\n`),
    endLeftover: () => {
      const [pid, started] = (readTextIfPresent(pidPath) ?? '').trim().split(' ');
      const known = Number(pid);
      // A pid alone may have been given to another process since: the start time tells them apart.
      if (Number.isInteger(known) && known > 1 && started && startTime(known) === started)
        signalGroup(known, 'SIGKILL');
      rmSync(pidPath, { force: true });
    },
  };
}

function readEnvelope(path: string, worker: string): Envelope | { readonly invalid: string } | undefined {
  const text = readTextIfPresent(path);
  if (text === undefined) return undefined;
  try {
    const envelope = envelopeSchema.parse(JSON.parse(text));
    return envelope.worker === worker ? envelope : { invalid: `the envelope is that of ${envelope.worker}` };
  } catch (error) {
    return { invalid: String(error).slice(0, 300) };
  }
}

/** Start time of a process in clock ticks since boot (proc(5), field 22); undefined where there is no /proc. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
