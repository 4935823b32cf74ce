import { readPullMarker } from '../../src/report/publish/world/pull-marker.ts';
import { printOf } from '../../test/support/publish/proposals.ts';
import { DoorStory } from '../../test/report/publish/door-story.ts';
import { claim, count, outcomeOf } from './claim.ts';

const most = 65_536;
const opened = 40;
const denied = 1200;
const workflows = 60;
/** As many as a group takes. */
const members = 50;

/** Pull requests whose workers had far too much to say, and a dashboard with far more that waits than it has room for. */
export async function drillTexts(): Promise<readonly string[]> {
  const namesOf = (kind: string, length: number): string[] => Array.from({ length }, (_, index) => `${kind}${index}`);
  const [fixes, held] = [namesOf('fix', opened), namesOf('held', denied)];
  const story = await DoorStory.open([...fixes, ...held]);
  try {
    const proposals = [
      ...[...fixes, ...held].map((name) => story.fix(name, wordy(name))),
      ...namesOf('flow', workflows).map((name) => story.fix(name, workflowFix(name))),
    ];
    const pulls = { max: 100, perRun: 100, pace: { start: 100, days: 7 } };
    const wish = { pulls, policy: { paths: { allow: ['**'], deny: ['src/held*'] } } };
    const { counts } = await story.run(proposals, wish);
    claim(counts.opened === opened && counts.held === denied + workflows, 'each is opened or held', counts);
    const bodies = bodiesOf(story);
    story.fake.log.reset();
    await story.run(proposals, { ...wish, again: true });
    const { write, mutation } = story.fake.log.counts();
    claim(write + mutation === 0, 'a second run of the same writes nothing', story.fake.log.counts());
    claim(story.fake.violations.length === 0, "all is as GitHub's description has it", story.fake.violations);
    return [...bodies, await groupBody(), await edgeOf(story)];
  } finally {
    await story.fake.close();
  }
}

/** One pull request for many changes, whose text has no room for all of them. */
async function groupBody(): Promise<string> {
  const names = Array.from({ length: members }, (_, index) => `member${index}-${'long-'.repeat(25)}name`);
  const story = await DoorStory.open(names);
  try {
    const pulls = { group: 'master', max: 1, perRun: 1 } as const;
    const { counts } = await story.run(
      names.map((name) => story.fix(name, wordy(name))),
      { pulls },
    );
    const { body } = story.shop.pull(1);
    claim(counts.opened === 1, 'the group is one pull request', counts);
    claim(body.length <= most && body.length > most / 2, 'its body fits, and uses its room', body.length);
    claim(body.includes('The rest did not fit'), 'its body says that it was cut');
    const marker = readPullMarker(body);
    const known = typeof marker === 'object' ? marker.members.map(({ change }) => change) : [];
    claim(
      known.toSorted().join() === names.map(printOf).toSorted().join(),
      'its marker names each change',
      known.length,
    );
    return `body of a pull request of ${members} changes: ${count(body.length)} of ${count(most)} characters, cut, each change named`;
  } finally {
    await story.fake.close();
  }
}

type FixWish = Parameters<DoorStory['fix']>[1];

function wordy(name: string): FixWish {
  const body = 'A word, and <another> one. '.repeat(4000);
  return {
    change: { pullRequest: { branchSlug: `mend-${name.slice(0, 12)}`, title: `fix: say much of ${name}`, body } },
  };
}

/** Held with its patch: the token of a workflow may not push workflow files. */
function workflowFix(name: string): FixWish {
  const after = `on: push # ${'and so on '.repeat(800)}\n`;
  return {
    task: 'fix-flows',
    capability: 'fix-workflows',
    edits: [{ path: `.github/workflows/${name}.yml`, before: null, after }],
  };
}

function bodiesOf({ shop, dashboard }: DoorStory): readonly string[] {
  const lengths = shop.pulls().map(({ body }) => body.length);
  const [least, largest] = [Math.min(...lengths), Math.max(...lengths)];
  const text = dashboard?.body ?? '';
  claim(lengths.length === opened && largest <= most, 'each body fits', largest);
  claim(least > most / 4, 'each body uses its room', least);
  claim(text.length <= most && text.length > most / 2, 'the dashboard fits, and uses its room', text.length);
  claim(/^and [\d,]+ more$/m.test(text), 'the dashboard says how much it leaves out');
  return [
    `bodies of ${opened} pull requests with 108,000 characters to say each: ${count(least)} to ${count(largest)} of ${count(most)} characters`,
    `dashboard with ${count(denied + workflows)} changes that wait, ${workflows} of them with a patch: ${count(text.length)} of ${count(most)} characters, the rest counted; a second run wrote nothing`,
  ];
}

/** The server itself takes 65,536 and not one more. */
async function edgeOf({ door, dashboard }: DoorStory): Promise<string> {
  const issue = dashboard?.number ?? 0;
  const sizes = [most - 1, most, most + 1];
  const outcomes: string[] = [];
  for (const size of sizes)
    outcomes.push(await outcomeOf(door.writeComment({ issue, id: null, body: 'x'.repeat(size) })));
  claim(outcomes.join(' ') === 'done done github-refused', 'one character more is refused', outcomes);
  return `comments of ${sizes.map(count).join(', ')} characters: ${outcomes.join(', ')}`;
}
