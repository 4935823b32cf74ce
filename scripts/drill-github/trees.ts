import { branch, commitRun, executionAt } from '../../test/report/publish/results-world.ts';
import { DoorStory, openDoor } from '../../test/report/publish/door-story.ts';
import { startFakeGitHub } from '../../test/support/github/fake-github.ts';
import { claim, count } from './claim.ts';
import { pathsOf } from './paths.ts';

const most = 100_000;
const executions = 50;
const evidence = 2_100;

/** A results branch and a base branch whose trees GitHub does not show as a whole. */
export async function drillTrees(): Promise<readonly string[]> {
  return [await drillResults(), await drillBase()];
}

async function drillResults(): Promise<string> {
  const fake = await startFakeGitHub();
  try {
    const [door, shop] = [openDoor(fake), fake.repository()];
    for (let minute = 1; minute <= executions; minute += 1) await commitRun(door, minute);
    shop.push(branch, { files: evidenceOf(executions) });
    const before = pathsOf(shop.directory, branch);
    claim(before.length > most, 'the branch has more than GitHub shows', before.length);
    fake.log.reset();
    const { leaving } = await commitRun(door, executions + 1, { keep: executions });
    const { byOperation } = fake.log.counts();
    const reads = byOperation['GET /repos/{owner}/{repo}/git/trees/{tree_sha}'] ?? 0;
    const after = pathsOf(shop.directory, branch);
    claim(reads > 1, 'the tree is read folder by folder', byOperation);
    claim(leaving.join() === executionAt(1), 'the oldest execution leaves', leaving);
    claim(!after.some((path) => path.includes(executionAt(1))), 'it has left whole');
    claim(after.length === before.length - evidence, 'the newest is there, and all others stay', [
      before.length,
      after.length,
    ]);
    claim(fake.violations.length === 0, "all is as GitHub's description has it", fake.violations);
    return `results branch of ${count(before.length)} files: read by ${reads} requests, one execution left it and one came`;
  } finally {
    await fake.close();
  }
}

async function drillBase(): Promise<string> {
  const story = await DoorStory.open(['a'], { files: manyFiles(most + 1) });
  try {
    story.fake.log.reset();
    const { counts } = await story.run([story.fix('a')]);
    const { total, byOperation } = story.fake.log.counts();
    const body = story.shop.read(story.branch('a'), 'src/a.txt')?.toString();
    claim(counts.opened === 1 && body?.includes('TWO') === true, 'the fix is opened', [counts, body]);
    const paths = pathsOf(story.shop.directory, story.branch('a')).length;
    claim(paths > most, 'the branch has all of its base', paths);
    claim(story.fake.violations.length === 0, "all is as GitHub's description has it", story.fake.violations);
    const reads = byOperation['GET /repos/{owner}/{repo}/git/trees/{tree_sha}'] ?? 0;
    return `fix on a base of ${count(paths)} files: opened with ${total} requests, ${reads} of them for trees`;
  } finally {
    await story.fake.close();
  }
}

/** Evidence of each of the executions, more than any of them has by itself. */
function evidenceOf(executions: number): Readonly<Record<string, string>> {
  const paths = Array.from({ length: executions * evidence }, (_, index) => {
    const execution = executionAt(1 + Math.floor(index / evidence));
    return `coordination/archives/${execution}/evidence/${index}.txt`;
  });
  return Object.fromEntries(paths.map((path) => [path, 'evidence\n']));
}

function manyFiles(files: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: files }, (_, index) => [`many/${Math.floor(index / 500)}/${index}.txt`, 'many\n']),
  );
}
