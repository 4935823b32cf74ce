import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitAll, git, projectRoot } from '../support/journey.ts';

/** This project as a repository of its own, with nothing but what would be committed. */
export interface ProjectCopy {
  readonly path: string;
  /** Writes a file and commits it. */
  readonly add: (file: string, content: string) => void;
  readonly remove: () => void;
}

export function copyProject(): ProjectCopy {
  const path = mkdtempSync(join(tmpdir(), 'cortex-project-'));
  for (const file of projectFiles()) cpSync(join(projectRoot, file), join(path, file));
  commitAll(path);
  return {
    path,
    add: (file, content) => {
      writeFileSync(join(path, file), content);
      git(path, 'add', '--', file);
      git(path, 'commit', '--quiet', `--message=Add ${file}`);
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Tracked files, and new ones that nothing ignores. Git may refuse a checkout of another user: that is no test of ours. */
function projectFiles(): readonly string[] {
  const options = ['-c', `safe.directory=${projectRoot}`];
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout, stderr } = spawnSync('git', [...options, ...list], { cwd: projectRoot, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  return stdout.split('\0').filter((file) => file !== '' && existsSync(join(projectRoot, file)));
}
