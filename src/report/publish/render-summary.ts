import { plain } from '../markdown/escape.ts';
import { formatNumber } from '../markdown/format.ts';
import { isWriting } from './decide/decision.ts';
import { fencedText, named } from './text/foreign.ts';
import type { PublishItem, PublishOutcome, RenderedPull } from './outcome.ts';

/** Items of each kind that a summary names: the outcome as JSON has all. */
const maxItems = 50;

/** Bytes of the pull requests that a staged summary shows: with all else, it stays below the 1 MiB that GitHub takes. */
const maxStagedBytes = 700_000;
const diffLength = 8_000;

const done: Readonly<Record<PublishItem['action'], string>> = {
  open: 'Opened',
  reopen: 'Reopened',
  update: 'Updated',
  close: 'Closed',
  clean: 'Branches deleted',
  keep: 'Nothing to change',
  queue: 'Queued',
  hold: 'Held',
  'hand-over': 'Handed over',
  ignore: 'Ignored',
  leave: 'Left alone',
  refuse: 'Not proven',
  contained: 'In the base already',
};

/** Publishing for people: numbers first, then each item with its reason; of a staged run, all that would be written. */
export function renderSummary(outcome: Omit<PublishOutcome, 'markdown'>): string {
  const { mode, items, stopped, notes, dashboard } = outcome;
  const title = mode === 'staged' ? '## Pull requests (staged: nothing was written)' : '## Pull requests';
  const kinds = Object.entries(done).flatMap(([action, word]) => {
    const own = items.filter((item) => item.action === action);
    return own.length === 0 ? [] : [listOf(word, own, mode)];
  });
  const parts = [
    title,
    stopped ? `⚠️ GitHub was not reached to the end: ${plain(stopped.message, 400)} The next run goes on.` : '',
    items.length === 0 ? 'There is no change to propose.' : '',
    ...kinds,
    notes.map((note) => `- ${plain(note, 400)}`).join('\n'),
    dashboard ? `The dashboard is [#${dashboard.number}](${dashboard.url}).` : '',
    ...stagedParts(outcome.rendered),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function listOf(word: string, items: readonly PublishItem[], mode: PublishOutcome['mode']): string {
  const lines = items.slice(0, maxItems).map((item) => {
    const where = item.pullRequest ? `[#${item.pullRequest.number}](${item.pullRequest.url})` : named(item.branch, 160);
    const undone = mode === 'apply' && !item.isDone && isWriting(item.action) ? ' (not yet done)' : '';
    return `- ${where} ${plain(item.title, 120)}: ${plain(item.reason, 300)}${undone}`;
  });
  const left = items.length - lines.length;
  const more = left > 0 ? [`- and ${formatNumber(left)} more`] : [];
  return [`### ${word}: ${formatNumber(items.length)}`, [...lines, ...more].join('\n')].join('\n\n');
}

/** Whole pull requests as far as they fit, then how many more there are. */
function stagedParts(rendered: readonly RenderedPull[]): readonly string[] {
  const parts: string[] = [];
  let room = maxStagedBytes;
  for (const pull of rendered) {
    const text = stagedPull(pull);
    room -= Buffer.byteLength(text);
    if (room < 0) break;
    parts.push(text);
  }
  const left = rendered.length - parts.length;
  return left > 0 ? [...parts, `${formatNumber(left)} more would be written, with texts that do not fit here.`] : parts;
}

function stagedPull({ title, branch, isDraft, labels, reviewers, body, diff }: RenderedPull): string {
  const people = [...reviewers.people, ...reviewers.teams].map((name) => named(name, 100));
  return [
    `### ${plain(title, 120)}`,
    [
      `- Branch: ${named(branch, 160)}${isDraft ? ', a draft' : ''}`,
      `- Labels: ${labels.map((label) => named(label, 60)).join(', ') || 'none'}`,
      `- Reviewers: ${people.join(', ') || 'nobody'}`,
    ].join('\n'),
    `<details><summary>Text</summary>\n\n${fencedText('markdown', body, 65_536)}\n\n</details>`,
    `<details><summary>Diff</summary>\n\n${fencedText('diff', diff, diffLength)}\n\n</details>`,
  ].join('\n\n');
}
