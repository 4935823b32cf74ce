import { execFileSync } from 'node:child_process';

/** Paths of all files of a branch, as git has them. */
export function pathsOf(directory: string, branch: string): readonly string[] {
  const listed = execFileSync(
    'git',
    ['-c', 'safe.directory=*', 'ls-tree', '-r', '-z', '--name-only', `refs/heads/${branch}`],
    {
      cwd: directory,
      env: { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
      maxBuffer: 1024 * 1024 * 1024,
    },
  );
  return listed.toString('utf8').split('\0').filter(Boolean);
}
