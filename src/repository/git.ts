/**
 * `repository/` reads a git repository: its tree at HEAD and its history, as data. Imports `protocol` and `shared`.
 */
import { outside, problem } from '../shared/errors.ts';
import { runProcess } from '../shared/process.ts';

/** Runs git in a folder and returns what it printed. */
export type Git = (args: readonly string[], input?: string) => Promise<Buffer>;

/** What the repository's own configuration could change in the output, or start. */
const settings = [
  'core.quotePath=false',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'log.showSignature=false',
  'log.showRoot=true',
].flatMap((setting) => ['-c', setting]);

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
      args: [...settings, ...args],
      cwd: directory,
      env: gitEnvironment(path),
      timeoutMs: gitTimeoutMs,
      outputLimit,
      ...(input === undefined ? {} : { input }),
    });
    if (outcome.truncated) throw tooLarge(directory);
    if (outcome.code === 0) return outcome.stdout;
    if (outcome.timedOut) throw tooSlow(args, directory);
    const said = outcome.stderr.toString('utf8').trim().split('\n').slice(0, 3).join(' ');
    throw problem('git-failed', `git ${args[0] ?? ''} failed in ${directory}: ${said || `exit code ${outcome.code}`}`, {
      hint: 'Run the same command by hand in that folder to see more.',
    });
  };
}

function tooLarge(directory: string): Error {
  return problem('repository-too-large', `The tree or history of ${directory} is larger than ${outputLimit} bytes`, {
    hint: 'Cortex reads the whole tree of a commit. Keep large files in another repository, or in Git LFS.',
  });
}

function tooSlow(args: readonly string[], directory: string): Error {
  return outside(
    'git-too-slow',
    `git ${args[0] ?? ''} did not end within ${gitTimeoutMs / 1000} seconds in ${directory}`,
    {
      hint: 'Run `git gc` there, or try again when the machine has less to do.',
      retryable: true,
    },
  );
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
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
  };
}
