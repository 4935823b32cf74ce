/**
 * `repository/` reads a git repository: its tree at HEAD and its history, as data. Imports `protocol` and `shared`.
 */
import { problem } from '../shared/errors.ts';
import { runProcess } from '../shared/process.ts';

/** Runs git in a folder and returns what it printed. */
export type Git = (args: readonly string[], input?: string) => Promise<Buffer>;

const gitTimeoutMs = 120_000;
const outputLimit = 1024 * 1024 * 1024;

/**
 * Git for one folder, without the user's configuration, hooks, pagers or prompts. A command that fails throws
 * `git-failed` with what git said.
 */
export function gitIn(directory: string, path: string): Git {
  return async (args, input) => {
    const outcome = await runProcess({
      command: 'git',
      args: ['-c', 'core.quotePath=false', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...args],
      cwd: directory,
      env: gitEnvironment(path),
      timeoutMs: gitTimeoutMs,
      outputLimit,
      ...(input === undefined ? {} : { input }),
    });
    if (outcome.code === 0) return outcome.stdout;
    const said = outcome.stderr.toString('utf8').trim().split('\n').slice(0, 3).join(' ');
    throw problem('git-failed', `git ${args[0] ?? ''} failed in ${directory}: ${said || `exit code ${outcome.code}`}`, {
      hint: 'Run the same command by hand in that folder to see more.',
    });
  };
}

/** `safe.directory=*`: the tree is only read, as data; git's check guards hooks and configuration, which are off. */
function gitEnvironment(path: string): Record<string, string> {
  return {
    PATH: path,
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
  };
}
