/**
 * `entry/` is where a process starts: it reads environment, arguments and inputs, opens the doors, and turns errors
 * into exit codes. Nothing else in the project does any of these.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { envelopeText, type Envelope } from '../protocol/result.ts';
import { workerExit } from '../protocol/words.ts';
import { CortexError, messageOf } from '../shared/errors.ts';
import { writeFileAtomically } from '../shared/files.ts';
import { createMasker } from '../shared/mask.ts';
import { pause } from '../shared/pause.ts';
import { runWorker, type WorkerDoors } from '../workers/run.ts';
import { holdAttempt, type HeldAttempt } from './worker-doors.ts';

const abort = new AbortController();
const temporary = mkdtempSync(join(tmpdir(), 'cortex-worker-'));

/** Less than launchers leave us between SIGTERM and SIGKILL. */
const giveBackMs = 1000;
/** Set once the work is done: its exit code, when all have been told. */
let finishing: Promise<number> | undefined;
/** The attempt, once this process has begun to ask for it. */
let holding: Promise<HeldAttempt> | undefined;

/** In a pod nobody holds our standard input: the cluster ends us, and a launcher may come back for us. */
const isPod = process.env['CORTEX_LAUNCHER'] === 'kubernetes';

/** A launcher of this machine holds the other end of standard input: when it closes, nobody waits for us any more. */
function endWithLauncher(): void {
  process.on('SIGTERM', () => void breakOff());
  if (isPod) return;
  process.stdin.resume();
  process.stdin.on('end', () => void breakOff());
  process.stdin.unref?.();
}

/** Whoever is started in our place finds the attempt free, where the store can be told so in time. */
async function breakOff(): Promise<void> {
  // It is done, and says so: to break off now would throw its work away.
  if (finishing) return leave(await finishing.catch(() => workerExit.tryAgain));
  const late = pause(giveBackMs);
  await Promise.race([holding?.then((held) => held.giveBack()).catch(() => undefined), late]);
  leave(workerExit.tryAgain);
}

function leave(code: number): void {
  abort.abort();
  rmSync(temporary, { recursive: true, force: true });
  process.exit(code);
}

function requireSetting(name: string): string {
  const value = process.env[name];
  if (value) return value;
  process.stderr.write(
    `cortex worker: ${name} is not set. This program is started by a Cortex launcher, not by hand.\n`,
  );
  return leave(workerExit.badTask) as never;
}

function openDoors(held: HeldAttempt, leaveEnvelope: WorkerDoors['leaveEnvelope']): WorkerDoors {
  return {
    putBlob: held.blobs.putBlob,
    getBlob: held.blobs.getBlob,
    leaveEnvelope,
    resources: () => {
      const used = process.resourceUsage();
      return { cpuMs: Math.round((used.userCPUTime + used.systemCPUTime) / 1000), peakBytes: used.maxRSS * 1024 };
    },
    mask: createMasker(held.secrets),
    log: (line) => void process.stdout.write(`${line}\n`),
    signal: abort.signal,
    temporary,
    path: process.env['PATH'] ?? '',
  };
}

/** A pod's termination message is a file that is mounted alone: it can't be replaced, only written. */
function leaveWord(path: string, envelope: Envelope): void {
  const text = envelopeText(envelope);
  if (isPod) writeFileSync(path, text);
  else writeFileAtomically(path, text);
}

/** Holds the attempt, does the task, and says how it ended: to the store first, then to the launcher. */
async function main(): Promise<number> {
  const worker = requireSetting('CORTEX_WORKER');
  const document = requireSetting('CORTEX_TASK');
  const termination = requireSetting('CORTEX_TERMINATION_PATH');
  holding = holdAttempt({
    url: requireSetting('CORTEX_STORE'),
    execution: process.env['CORTEX_EXECUTION'] ?? '',
    worker,
    onLost: () => leave(workerExit.tryAgain),
  });
  const held = await holding;
  const leaveEnvelope = (envelope: Envelope): void => leaveWord(termination, envelope);
  if (held.ended) {
    leaveEnvelope(held.ended);
    return held.ended.exitCode;
  }
  let finished: Promise<void> = Promise.resolve();
  const say = (envelope: Envelope): void => {
    finished = held.finish(envelope).then(() => leaveEnvelope(envelope));
    finishing = finished.then(() => envelope.exitCode);
    finishing.catch(() => undefined);
  };
  const exitCode = await runWorker({ worker, document }, openDoors(held, say));
  await finished;
  return exitCode;
}

/** A store that can't be reached is none of the worker's doing. */
function exitCodeOf(error: unknown): number {
  if (!(error instanceof CortexError) || error.family === 'bug') return workerExit.bug;
  if (error.family === 'outside' || error.code === 'stale-fence') return workerExit.tryAgain;
  return error.code === 'store-access' ? workerExit.noAccess : workerExit.badTask;
}

endWithLauncher();
try {
  leave(await main());
} catch (error) {
  process.stderr.write(`cortex worker: ${messageOf(error)}\n`);
  leave(exitCodeOf(error));
}
