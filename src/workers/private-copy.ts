import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import type { Workspace } from '../checks/workspace.ts';
import { problem } from '../shared/errors.ts';
import { runProcess } from '../shared/process.ts';
import type { RunCommand } from './work.ts';

/** Output of a command that is kept; the rest is dropped. */
const outputLimit = 8 * 1024 * 1024;

/** Runs commands in a copy of the workspace below `temporary`, made at the first command; PATH is all they inherit. */
export function commandRunner(options: {
  readonly workspace: Workspace;
  readonly temporary: string;
  readonly path: string;
  readonly signal: AbortSignal;
}): RunCommand {
  let directory: string | undefined;
  return async (argv, limits) => {
    directory ??= copyWorkspace(options.workspace, options.temporary);
    const [command = '', ...args] = argv;
    const outcome = await runProcess({
      command,
      args,
      cwd: directory,
      env: { PATH: options.path, HOME: directory, TMPDIR: directory, LANG: 'C.UTF-8', TZ: 'UTC', CI: 'true' },
      timeoutMs: limits.timeoutMs,
      signal: options.signal,
      outputLimit,
    });
    return {
      code: outcome.code,
      timedOut: outcome.timedOut,
      stdout: outcome.stdout.toString('utf8'),
      stderr: outcome.stderr.toString('utf8'),
      directory,
    };
  };
}

/** Links are left out: a copy must not point out of itself. */
function copyWorkspace(workspace: Workspace, temporary: string): string {
  const directory = mkdtempSync(join(temporary, 'workspace-'));
  for (const file of workspace.files) {
    if (file.mode === '120000') continue;
    const target = normalize(join(directory, file.path));
    if (!target.startsWith(directory + sep)) {
      throw problem('path-escapes', `The path ${file.path} leads out of the workspace`, {
        hint: 'Remove that entry from the repository.',
      });
    }
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, workspace.readBytes(file.path) ?? new Uint8Array());
    if (file.mode === '100755') chmodSync(target, 0o755);
  }
  return directory;
}
