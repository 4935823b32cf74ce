/**
 * What a report job asks of GitHub: who it is, the results commit with a patch per change, and a pull request per change,
 * through the real door to the stand-in of GitHub, whose clock does the waiting. Prints the requests as JSON.
 */
import { DoorStory } from '../../test/report/publish/door-story.ts';
import { commitRun, executionAt, filesOfRun, folderOf } from '../../test/report/publish/results-world.ts';

const names = Array.from({ length: Number(process.argv[2]) }, (_, index) => `f${index}`);
const pulls = { max: names.length, perRun: names.length, pace: { start: names.length, days: 7 } };
const patches = Object.fromEntries(
  names.map((name) => [`archives/${executionAt(1)}/changes/${name}.patch`, `patch of ${name}\n`]),
);
const folder = folderOf({ ...filesOfRun(1), ...patches });

const story = await DoorStory.open(names, { files: { CODEOWNERS: '* @ada\n' } });
try {
  const fixes = names.map((name) => story.fix(name));
  const first = await report();
  const again = await report({ again: true });
  console.log(JSON.stringify({ first, again, violations: story.fake.violations.length }));

  async function report(wish: { readonly again?: boolean } = {}): Promise<{ opened: number; requests: number }> {
    await commitRun(story.door, 1, { folder });
    const { counts } = await story.run(fixes, { pulls, ...wish });
    const { total } = story.fake.log.counts();
    story.fake.log.reset();
    return { opened: counts.opened, requests: total };
  }
} finally {
  await story.fake.close();
}
