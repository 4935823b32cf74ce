/**
 * `entry/` is where a process starts: it reads environment, arguments and inputs, opens the doors, and turns errors
 * into exit codes. Nothing else in the project does any of these.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileBlobs } from '../coordination/file/blobs.ts';
import { canonicalJson } from '../shared/canonical.ts';
import { messageOf } from '../shared/errors.ts';
import { writeFileAtomically } from '../shared/files.ts';
import { createMasker } from '../shared/mask.ts';
import { workerExit } from '../protocol/words.ts';
import { runWorker, type WorkerDoors } from '../workers/run.ts';

const abort = new AbortController();
const temporary = mkdtempSync(join(tmpdir(), 'cortex-worker-'));

/** The launcher holds the other end of standard input: when it closes, nobody waits for us any more. */
function endWithLauncher(): void {
  process.stdin.resume();
  process.stdin.on('end', () => leave(workerExit.tryAgain));
  process.stdin.unref?.();
  process.on('SIGTERM', () => leave(workerExit.tryAgain));
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

function openDoors(): WorkerDoors {
  const url = requireSetting('CORTEX_STORE');
  const termination = requireSetting('CORTEX_TERMINATION_PATH');
  if (!url.startsWith('file:')) {
    process.stderr.write(
      `cortex worker: expected a file: store in CORTEX_STORE, found ${JSON.stringify(url.split(':')[0])}\n`,
    );
    leave(workerExit.badTask);
  }
  return {
    ...fileBlobs(url.slice('file:'.length)),
    leaveEnvelope: (envelope) => writeFileAtomically(termination, canonicalJson(envelope)),
    resources: () => {
      const used = process.resourceUsage();
      return { cpuMs: Math.round((used.userCPUTime + used.systemCPUTime) / 1000), peakBytes: used.maxRSS * 1024 };
    },
    mask: createMasker([]),
    log: (line) => void process.stdout.write(`${line}\n`),
    signal: abort.signal,
    temporary,
    path: process.env['PATH'] ?? '',
  };
}

endWithLauncher();
try {
  leave(
    await runWorker({ worker: requireSetting('CORTEX_WORKER'), document: requireSetting('CORTEX_TASK') }, openDoors()),
  );
} catch (error) {
  process.stderr.write(`cortex worker: ${messageOf(error)}\n`);
  leave(workerExit.bug);
}
