import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startFakeGitHub, type FakeGitHub } from '../support/github/fake-github.ts';
import { commitAll, git } from '../support/journey.ts';
import { knownToAct } from './act.ts';
import { estate, runOn, type WorldOrder, type WorldRun } from './act-world.ts';
import { callerFile, callerText, estateFiles } from './estate.ts';
import { copyProject } from './project-copy.ts';

const cortex = 'acme/cortex';
const called = '.github/workflows/orchestrate.yml';

/** A repository with faults of ours that calls the workflow of another one, this project: both on a fake GitHub. */
export interface CallerWorld {
  readonly github: FakeGitHub;
  /** Runs the estate's plan, by the workflow that its ten lines call. */
  readonly orchestrate: (order?: Partial<WorldOrder>) => Promise<WorldRun>;
  readonly close: () => Promise<void>;
}

export async function openCallerWorld(plan: string): Promise<CallerWorld> {
  const project = copyProject();
  const folder = mkdtempSync(join(tmpdir(), 'cortex-estate-'));
  project.add(called, knownToAct(readFileSync(join(project.path, called), 'utf8')));
  const commit = git(project.path, 'rev-parse', 'HEAD').trim();
  writeFiles(folder, { ...estateFiles(plan), [callerFile]: callerText({ repository: cortex, commit }) });
  commitAll(folder);
  const github = await startFakeGitHub({
    repositories: { [estate]: { from: folder }, [cortex]: { from: project.path } },
  });
  // What act takes the name of the repository from; it is never asked.
  git(folder, 'remote', 'add', 'origin', `https://github.com/${estate}.git`);
  const order = {
    event: 'workflow_dispatch',
    workflow: callerFile,
    called: { [`${cortex}@${commit}`]: project.path },
    actor: 'acme',
    showsSecrets: true,
    cwd: folder,
  };
  return {
    github,
    orchestrate: (more = {}) => runOn(github, { ...order, ...more }),
    close: async () => {
      project.remove();
      rmSync(folder, { recursive: true, force: true });
      await github.close();
    },
  };
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
