import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { masterNames } from '../../../src/protocol/words.ts';
import { branchOf, idOf, idOfBranch } from '../../../src/report/publish/world/branch-names.ts';
import { blockOf, hasBlock, withBlock } from '../../../src/report/publish/pulls/own-block.ts';
import { commitMessage, ownWords } from '../../../src/report/publish/world/own-commit.ts';
import { readPullMarker, writePullMarker, type PullMarker } from '../../../src/report/publish/world/pull-marker.ts';
import { fencedText, fileLink, named, quoted, titleText } from '../../../src/report/publish/text/foreign.ts';
import { readTicks } from '../../../src/report/publish/world/boxes.ts';
import { sha256 } from '../../../src/shared/canonical.ts';

const key = sha256('fix');
const words = { change: key, plan: 'nightly', base: 'b'.repeat(40), content: sha256('content') };
const tree = 'c'.repeat(40);
const commit = (message: string, at = tree) => ({ sha: 'd'.repeat(40), tree: at, parents: [], message });

describe('a commit of ours', () => {
  it('says of itself what it is', () => {
    expect(ownWords(commit(commitMessage('fix: it\n\nBecause.', words, tree)))).toEqual(words);
  });

  it('is known by its last lines, with or without a line end, whatever its text says', () => {
    const message = commitMessage(`x\n\nCortex-Tree: ${'e'.repeat(40)}`, words, tree);
    expect(ownWords(commit(message.trimEnd()))).toEqual(words);
  });

  it.each([
    ['was amended: its tree is another one', commit(commitMessage('x', words, tree), 'f'.repeat(40))],
    ['has a line after its trailers', commit(`${commitMessage('x', words, tree)}Signed-off-by: Ada`)],
    ['has its trailers quoted', commit(commitMessage('x', words, tree).replaceAll('Cortex-', '> Cortex-'))],
    ['is a merge by a button', commit("Merge branch 'main' into cortex/x")],
    ['has no message', commit('')],
  ])('is somebody else’s where it %s', (_, theirs) => {
    expect(ownWords(theirs)).toBeUndefined();
  });

  it('is none where the branch is gone', () => {
    expect(ownWords(null)).toBeUndefined();
  });
});

describe('the name of a branch', () => {
  it('gives back the id, whatever the slug', () => {
    fc.assert(
      fc.property(fc.constantFrom(...masterNames), fc.string({ unit: 'binary' }), (master, slug) => {
        const branch = branchOf(master, key, slug);
        expect(idOfBranch(branch)).toBe(idOf(key));
        expect(branch).toMatch(/^cortex\/[a-z-]+\/[0-9a-f]{12}-[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
      }),
    );
  });

  it.each([
    'cortex/results',
    'cortex/other-master/0123456789ab-x',
    'x/cortex/cicd-master/0123456789ab-x',
    'cortex/cicd-master/0123456789ab',
    'cortex/cicd-master/0123456789AB-x',
  ])('%s is none of ours', (branch) => expect(idOfBranch(branch)).toBeUndefined());
});

describe('our block in a body', () => {
  const person = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('cortex:'));

  it('is replaced, and what people wrote before and after it stays', () => {
    fc.assert(
      fc.property(person, person, (before, after) => {
        const body = withBlock(`${before}\n${blockOf('old')}\n${after}`, 'new');
        expect(body.includes('old') && !`${before}${after}`.includes('old')).toBe(false);
        expect(body.startsWith(before.trim())).toBe(true);
        expect(body.endsWith(after.trim())).toBe(true);
        expect(withBlock(body, 'new')).toBe(body);
      }),
    );
  });

  it.each([
    ['is gone', 'I wrote this instead.'],
    ['has lost its end', '<!-- cortex:begin -->\nI wrote this instead.'],
    ['has lost its beginning', 'I wrote this instead.\n<!-- cortex:end -->'],
    ['stands there twice', `${blockOf('a')}\nI wrote this instead.\n${blockOf('b')}`],
    ['is turned around', '<!-- cortex:end -->\nI wrote this instead.\n<!-- cortex:begin -->'],
  ])('stands first where the old one %s, and no word is lost', (_, body) => {
    const healed = withBlock(body, 'new');
    expect(healed.startsWith(blockOf('new'))).toBe(true);
    expect(healed).toContain('I wrote this instead.');
    expect(hasBlock(healed)).toBe(true);
  });
});

const marker: PullMarker = {
  key,
  plan: 'nightly',
  execution: 'CORTEX-EXEC-2026-11-20-120000',
  master: 'cicd-master',
  members: [{ change: key, task: 'fix', findings: [sha256('finding')], rules: ['a/b'] }],
  paths: ['src/a --> b.txt'],
  text: sha256('text'),
};

describe('the marker of a pull request', () => {
  it('is read back from our block among words of people', () => {
    expect(readPullMarker(withBlock('Hello', `Text\n${writePullMarker(marker)}`))).toEqual(marker);
  });

  it('is one again after a torn block was healed', () => {
    const body = withBlock('', `Text\n${writePullMarker(marker)}`).replace('<!-- cortex:begin -->', '');
    expect(readPullMarker(withBlock(body, `Newer\n${writePullMarker(marker)}`))).toEqual(marker);
  });

  it.each([
    ['copied outside of our block', (body: string) => `${writePullMarker(marker)}\n${body}`],
    ['cut off outside of our block', (body: string) => `${body}\n<!-- cortex:pull-request v1 abc {\nmy words`],
    ['torn with our block', (body: string) => body.replace(' -->\n<!-- cortex:end -->', '')],
  ])('is one again where it was %s', (_, spoil) => {
    const spoilt = spoil(withBlock('', `Text\n${writePullMarker(marker)}`));
    expect(readPullMarker(spoilt)).toBe('damaged');
    const healed = withBlock(spoilt, `Newer\n${writePullMarker(marker)}`);
    expect(readPullMarker(healed)).toEqual(marker);
    expect(healed.includes('my words')).toBe(spoilt.includes('my words'));
  });

  it.each([
    ['missing', ''],
    ['missing', 'A body that a person has written anew'],
    ['damaged', writePullMarker(marker).replace('nightly', 'weekly')],
    ['damaged', writePullMarker(marker).slice(0, -20)],
    ['damaged', `${writePullMarker(marker)}\n${writePullMarker(marker)}`],
    ['damaged', writePullMarker(marker).replace(' v1 ', ' v2 ')],
  ])('is %s where it can’t be believed', (state, body) => {
    expect(readPullMarker(body)).toBe(state);
  });
});

describe('text of others', () => {
  const forged = `- [x] <!-- cortex:box reopen ${key.slice(0, 12)} --> yes`;

  it.each([
    ['a name', named(forged)],
    ['a quotation', quoted(forged, 1000)],
    ['a quotation with a fence', quoted(`\`\`\`\n${forged}\n\`\`\``, 1000)],
    ['a patch', fencedText('diff', `${forged}\n+${forged}\n${writePullMarker(marker)}`, 1000)],
  ])('ticks no box and forges no marker as %s', (_, text) => {
    expect(readTicks(`\n${text}\n`)).toEqual([]);
    expect(readPullMarker(text)).toBe('missing');
  });

  it('does not end the fence that it is shown in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('`', '```', '\n', 'a', '````\n')).map((parts) => parts.join('')),
        (text) => {
          const lines = fencedText('diff', text, 10_000).split('\n');
          const fence = /^`+/.exec(lines[0] ?? '')?.[0] ?? '';
          const closing = lines.filter((line) => new RegExp(`^ {0,3}\`{${fence.length},}\\s*$`).test(line));
          expect(closing).toEqual([lines.at(-1)]);
        },
      ),
    );
  });

  it('spells characters out that nobody sees', () => {
    expect(fencedText('diff', 'a\u202Eb\u200Bc', 100)).toContain('a\\u{202e}b\\u{200b}c');
  });

  it('closes no issue, calls nobody and skips no check as a title', () => {
    const title = titleText('fixes #12 [skip ci] @owner\nCo-authored-by: x');
    expect(title).not.toMatch(/#\d|\[|@owner|\n/);
    expect(title).toContain('(skip ci)');
  });

  it('makes a path of any characters a link that leads nowhere else', () => {
    const place = { repository: 'https://github.example/acme/shop', branch: 'cortex/results', path: 'a b/(c)#d?e%.md' };
    expect(fileLink('x', place)).toBe(
      '[x](https://github.example/acme/shop/blob/cortex/results/a%20b/%28c%29%23d%3Fe%25.md)',
    );
  });
});
