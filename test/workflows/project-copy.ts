import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { commitAll, git, projectRoot } from '../support/journey.ts';

/** This project as a repository of its own, with one commit. */
export interface ProjectCopy {
  readonly path: string;
  /** Writes a file and commits it. */
  readonly add: (file: string, content: string) => void;
  readonly remove: () => void;
}

/** What is never committed (`.gitignore`), and the history. */
const leftOut = new Set(['.git', 'node_modules', 'coordination']);

export function copyProject(): ProjectCopy {
  const path = mkdtempSync(join(tmpdir(), 'cortex-project-'));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  try {
    cpSync(projectRoot, path, { recursive: true, filter: (file) => !leftOut.has(relative(projectRoot, file)) });
    commitAll(path);
  } catch (error) {
    remove();
    throw error;
  }
  const add = (file: string, content: string): void => {
    writeFileSync(join(path, file), content);
    git(path, 'add', '--', file);
    git(path, 'commit', '--quiet', `--message=Add ${file}`);
  };
  return { path, add, remove };
}
