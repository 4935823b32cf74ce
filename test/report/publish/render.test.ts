import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostIssue } from '../../../src/protocol/code-host.ts';
import type { Finding } from '../../../src/protocol/finding.ts';
import { readTicks } from '../../../src/report/publish/world/boxes.ts';
import {
  dashboardStateSchema,
  emptyState,
  seenDashboard,
  type DashboardState,
} from '../../../src/report/publish/world/dashboard-state.ts';
import type { Waiting } from '../../../src/report/publish/world/waiting.ts';
import { countsOf } from '../../../src/report/publish/counts.ts';
import type { Decision } from '../../../src/report/publish/decide/decision.ts';
import { groupChanges, type Fix } from '../../../src/report/publish/fix/fix.ts';
import { publishLimits } from '../../../src/report/publish/limits.ts';
import { hasBlock, withBlock } from '../../../src/report/publish/pulls/own-block.ts';
import { readPullMarker } from '../../../src/report/publish/world/pull-marker.ts';
import { renderDashboard, type DashboardContent } from '../../../src/report/publish/dashboard/render-dashboard.ts';
import type { PublishItem, PublishOutcome } from '../../../src/report/publish/outcome.ts';
import { renderSummary } from '../../../src/report/publish/render-summary.ts';
import { renderCommit, renderPull, renderTitle, textDigest } from '../../../src/report/publish/pulls/render-pull.ts';
import { ownWords } from '../../../src/report/publish/world/own-commit.ts';
import type { TextContext } from '../../../src/report/publish/text/text.ts';
import { sha256 } from '../../../src/shared/canonical.ts';
import { hostileText } from '../../support/hostile-text.ts';
import { candidateFor, printOf } from '../../support/publish/proposals.ts';
import { ours } from '../../support/publish/publish-host.ts';
import { findingWith } from '../../support/report-parts.ts';
import { reportWith } from '../../support/report.ts';

/** What somebody writes who knows our hidden marks. */
const forged = fc.constantFrom(
  '<!-- cortex:begin -->',
  '<!-- cortex:end -->',
  '- [x] <!-- cortex:box reopen 0123456789ab --> x',
  '\n- [x] <!-- cortex:box reason 0123456789ab wrong -->\n',
  '</details>',
  '<!-- cortex:pull-request v1 0123456789abcdef {} -->',
  '<!-- cortex:dashboard v1 0123456789abcdef {} -->',
  '```\n<!-- cortex:end -->',
);
const hostile = fc.array(fc.oneof(hostileText, forged), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(' '));

const context: TextContext = {
  report: reportWith(),
  resultsUrl: 'https://github.example/acme/shop',
  resultsBranch: 'cortex/results',
  runUrl: 'https://github.example/acme/shop/actions/runs/7',
  mask: (text) => text,
};

interface Size {
  readonly members?: number;
  readonly files?: number;
  readonly findings?: number;
  readonly words?: string;
  readonly path?: (index: number) => string;
}

/** A fix of any size, made of as many changes as it has members. */
function fixOf({
  members = 1,
  files = 1,
  findings = 1,
  words = 'Words.',
  path = (index) => `src/${index}.txt`,
}: Size): Fix {
  const ready = Array.from({ length: members }, (_, member) => {
    const candidate = candidateFor({
      name: `m${member}`,
      on: '0'.repeat(40),
      edits: [{ path: 'x', before: 'a\n', after: 'b\n' }],
    });
    const found = Array.from({ length: findings }, (__, index): Finding => {
      const { task_id: _task, ...finding } = findingWith({
        fingerprint: sha256(`f${member} ${index}`),
        message: words.slice(0, 300),
      });
      return finding;
    });
    const proof = { ...candidate.change.proof, gone: found.map((finding) => finding.fingerprint) };
    const pullRequest = { ...candidate.change.pullRequest, title: words.slice(0, 200), body: words };
    const change = { ...candidate.change, proof, pullRequest };
    const anchored = Array.from({ length: files }, (__, index) => ({
      path: path(member * files + index),
      mode: '100644' as const,
      before: 'a\n',
      after: 'b\n',
    }));
    return { candidate: { ...candidate, change, findings: found }, files: anchored, merged: [] };
  });
  const keyFor = members === 1 ? () => printOf('m0') : () => printOf('group');
  const [fix] = groupChanges(ready, { keyFor, maxFiles: 100_000, base: null }).fixes;
  if (!fix) throw new Error('no fix');
  return fix;
}

const render = (fix: Fix, room = publishLimits.body): string =>
  renderPull(fix, { room, after: null, limits: publishLimits }, context).block;

describe('the text of a pull request', () => {
  it('says what was found, its evidence, how it was tested, risk, cost, engine, execution and how to close it', () => {
    const text = render(fixOf({}));
    const order = [
      '## Found',
      '## Changed',
      'In the words of its worker',
      '## Evidence',
      '## Tested',
      '## Risk and undo',
      '## Cost and origin',
      'Engine: `deterministic`',
      `Execution: \`${context.report.execution_id}\``,
      '(https://github.example/acme/shop/actions/runs/7)',
      'stays closed',
    ];
    expect(
      order.map((part) => text.indexOf(part)).every((at, index, all) => at >= 0 && at > (all[index - 1] ?? -1)),
    ).toBe(true);
  });

  it.each([
    ['many files', { files: 1000 }],
    ['long paths', { files: 500, path: (index: number) => `${'deep/'.repeat(38)}${index}.txt` }],
    ['many findings', { findings: 5000 }],
    ['a worker with many words', { words: 'word '.repeat(40_000) }],
    ['a full group', { members: 50, files: 20, findings: 100, words: 'word '.repeat(2000) }],
    ['words that grow when they are escaped', { words: '<>&|*_`@'.repeat(5000), findings: 200 }],
  ])('fits with %s, says what it leaves out, and is found again', (_, size) => {
    const fix = fixOf(size);
    const block = render(fix);
    expect(block.length).toBeLessThanOrEqual(publishLimits.used);
    expect(readPullMarker(withBlock('', block))).toMatchObject({ key: fix.key });
  });

  it('of 50 changes names each of them in its marker', () => {
    const marker = readPullMarker(render(fixOf({ members: 50, findings: 20 })));
    expect(typeof marker === 'object' && marker.members).toHaveLength(50);
  });

  it('leaves paths to the branch where a marker could not hold them', () => {
    const few = readPullMarker(render(fixOf({ files: 3 })));
    const many = readPullMarker(render(fixOf({ files: 1000 })));
    expect([few, many].map((marker) => typeof marker === 'object' && marker.paths?.length)).toEqual([3, undefined]);
  });

  it.each([65_536, 60_000, 40_000, 30_000])(
    'takes no more than the room of %i characters that people leave it',
    (room) => {
      expect(render(fixOf({ words: 'word '.repeat(20_000), findings: 300 }), room).length).toBeLessThanOrEqual(room);
    },
  );

  it('says the same of the same fix in another execution', () => {
    const later: TextContext = {
      ...context,
      runUrl: null,
      report: reportWith({ execution_id: 'CORTEX-EXEC-2026-11-15-090000' }),
    };
    expect(textDigest(fixOf({}), null, later)).toBe(textDigest(fixOf({}), null, context));
    expect(textDigest(fixOf({ words: 'Other.' }), null, later)).not.toBe(textDigest(fixOf({}), null, context));
  });

  it('says the same of the same fix for another plan', () => {
    const plan = { name: 'weekly', file: 'plans/weekly.yaml', digest: 'b'.repeat(64) };
    const weekly: TextContext = { ...context, resultsBranch: 'cortex/weekly', report: reportWith({ plan }) };
    expect(textDigest(fixOf({}), null, weekly)).toBe(textDigest(fixOf({}), null, context));
  });

  it('holds one marker of ours and no box, whatever a worker says', () => {
    fc.assert(
      fc.property(hostile, (words) => {
        const path = (): string => `src/${words.replaceAll('\n', ' ').slice(0, 80)}`;
        const text = withBlock('', render(fixOf({ words, path })));
        expect(readPullMarker(text)).toMatchObject({ key: printOf('m0') });
        expect(readTicks(text)).toEqual([]);
        expect(hasBlock(text)).toBe(true);
      }),
    );
  });

  it.each(['fixes #12 and closes acme/shop#3', 'thanks @ada', '[skip ci] nothing', 'two\nlines: x', `a\u202Eb`])(
    'has a title and a commit that call nobody, close nothing and skip no check: %j',
    (words) => {
      const fix = fixOf({ words });
      const texts = [
        renderTitle(fix, context),
        renderCommit(fix, '0'.repeat(40), context)('1'.repeat(40)).split('\n')[0] ?? '',
      ];
      for (const text of texts) expect(text).not.toMatch(/#\d|@\w|\[skip ci\]|\n|\u202E/);
    },
  );

  it('cuts a title after it took credentials out, so that no half of one is left', () => {
    const secret = 's3cr3t-of-this-run';
    const masked: TextContext = { ...context, mask: (text) => text.replaceAll(secret, '***') };
    expect(renderTitle(fixOf({ words: `${'x'.repeat(110)}${secret}` }), masked)).not.toContain('s3cr3t');
  });
});

describe('the message of a commit', () => {
  it('is read back as ours with its tree alone', () => {
    const fix = fixOf({});
    const message = renderCommit(fix, 'a'.repeat(40), context)('b'.repeat(40));
    const commit = { sha: 'c'.repeat(40), tree: 'b'.repeat(40), parents: [], message };
    expect(ownWords(commit)).toEqual({ change: fix.key, plan: 'small', base: 'a'.repeat(40), content: fix.content });
    expect(ownWords({ ...commit, tree: 'd'.repeat(40) })).toBeUndefined();
    expect(ownWords({ ...commit, message: `${message}\nCo-authored-by: Ada <ada@example.org>\n` })).toBeUndefined();
  });
});

const about = (index: number): Omit<Extract<Decision, { action: 'hold' }>, 'action' | 'patch'> => ({
  id: sha256(`d${index}`).slice(0, 12),
  branch: `cortex/development-master/${sha256(`d${index}`).slice(0, 12)}-x`,
  title: `Mend ${index} `.padEnd(100, 'x'),
  changes: [sha256(`d${index}`)],
  paths: [`src/${index}.txt`],
  severity: 'medium',
  pullRequest: null,
  reason: 'waits '.repeat(30),
});
const held = (index: number, patch: string | null = null): Decision => ({ ...about(index), action: 'hold', patch });
/** A memory in which these wait, as a run leaves it. */
const waits = (decisions: readonly Decision[]): DashboardState => ({
  ...emptyState,
  plans: [{ ...noItems, waiting: decisions.map(waitingFor) }],
});
const noItems = {
  name: 'nightly',
  base: null,
  execution: 'CORTEX-EXEC-1',
  at: '2026-11-01T00:00:00Z',
  since: {},
  waiting: [],
  asked: [],
  left: 0,
};
const waitingFor = ({ id, title, severity, reason, paths, ...rest }: Decision): Waiting => {
  const patch = rest.action === 'hold' && rest.patch !== null ? { text: rest.patch, isWhole: true } : null;
  return { kind: 'hold', id, title, severity, reason, paths: [...paths], pullRequest: null, patch, isTicked: false };
};
const content = (given: Partial<DashboardContent>): DashboardContent => ({
  decisions: [],
  state: emptyState,
  questions: [],
  lessons: [],
  stays: () => false,
  notes: [],
  mask: (text) => text,
  ...given,
});
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const ignoredPull = (index: number) => ({
  id: sha256(`i${index}`).slice(0, 12),
  plan: 'nightly',
  branch: `cortex/development-master/${sha256(`i${index}`).slice(0, 12)}-y`,
  pullRequest: index + 1,
  at: '2026-11-01T00:00:00Z',
  members: [{ change: sha256(`i${index}`), task: 'fix', findings: [sha256('f')], rules: ['a/b'] }],
});

const issueWith = (body: string): HostIssue => ({
  number: 1,
  nodeId: '',
  url: '',
  state: 'open',
  title: '',
  body,
  author: { login: 'cortex[bot]', isBot: true },
  labels: [],
  comments: [],
});

describe('the dashboard', () => {
  it.each([
    ['thousands of held changes', { state: waits(times(3000, (index) => held(index))) }],
    ['hundreds of patches', { state: waits(times(300, (index) => held(index, '+x\n'.repeat(4000)))) }],
    ['thousands of ignored pull requests', { state: { ...emptyState, ignored: times(3000, ignoredPull) } }],
    [
      'a long queue',
      {
        state: {
          ...emptyState,
          plans: [
            {
              ...noItems,
              since: Object.fromEntries(
                times(5000, (index) => [sha256(`${index}`).slice(0, 12), '2026-11-01T00:00:00Z']),
              ),
            },
          ],
        },
      },
    ],
    ['many notes', { notes: times(2000, (index) => `Note ${index}`) }],
  ])('fits with %s, and its memory can be read', (_, given) => {
    const body = renderDashboard(content(given), publishLimits);
    expect(body.length).toBeLessThanOrEqual(publishLimits.used);
    const issue = issueWith(body);
    expect(seenDashboard({ issues: [issue] }, ours).memory).toBe('kept');
  });

  it('keeps questions and what is held when runs and ignored ones have no room', () => {
    const question = {
      execution: 'e',
      question: 'go-on',
      master: 'coordinator-master' as const,
      severity: 'high' as const,
      issue: 'Right?',
      options: ['yes', 'no'],
      recommendation: 'Yes.',
      raisedAt: '',
    };
    const body = renderDashboard(
      content({
        questions: [question],
        state: { ...waits(times(100, (index) => held(index))), ignored: times(40, ignoredPull) },
      }),
      { ...publishLimits, used: 30_000 },
    );
    expect(body).toContain('go-on');
    expect(body).toContain('Mend 0');
    expect(body.length).toBeLessThanOrEqual(30_000);
  });

  it('shows a patch in whole where there is room, and cut where there is not', () => {
    const patch = `--- a/x\n+++ b/x\n+${'y'.repeat(3000)}\n`;
    expect(renderDashboard(content({ state: waits([held(1, patch)]) }), publishLimits)).toContain('y'.repeat(3000));
    expect(renderDashboard(content({ state: waits([held(1, 'z\n'.repeat(20_000))]) }), publishLimits)).toContain(
      'the whole is on the results branch',
    );
  });

  it('has no box that we did not write, and one memory, whatever is said in it', () => {
    fc.assert(
      fc.property(hostile, (words) => {
        const patch = `+- [x] <!-- cortex:box open 0123456789ab --> ${words}\n`;
        const decision = { ...held(1, patch), title: words, reason: words, paths: [words] };
        const body = renderDashboard(content({ state: waits([decision]), notes: [words] }), publishLimits);
        expect(readTicks(body)).toEqual([]);
        expect(seenDashboard({ issues: [issueWith(body)] }, ours).memory).toBe('kept');
      }),
    );
  });

  it('remembers whatever it can hold, for any state', () => {
    const text = fc.string({ maxLength: 40 });
    const id = fc.stringMatching(/^[0-9a-f]{12}$/);
    const waiting = fc.record({
      kind: fc.constantFrom('queue' as const, 'hold' as const, 'hand-over' as const),
      id,
      title: text,
      severity: fc.constantFrom('high' as const, 'low' as const),
      reason: text,
      paths: fc.array(text, { maxLength: 3 }),
      pullRequest: fc.option(fc.integer({ min: 1 })),
      patch: fc.option(fc.record({ text, isWhole: fc.boolean() })),
      isTicked: fc.boolean(),
    });
    const plan = fc.record({
      name: text,
      base: fc.option(text),
      execution: text,
      at: text,
      since: fc.dictionary(text, text, { maxKeys: 20 }),
      waiting: fc.array(waiting, { maxLength: 5 }),
      asked: fc.array(id, { maxLength: 3 }),
      left: fc.nat(),
    });
    const arbitrary = fc.record({
      plans: fc.array(plan, { maxLength: 4 }),
      told: fc.array(fc.nat(), { maxLength: 20 }),
      dressed: fc.array(fc.nat(), { maxLength: 20 }),
    });
    fc.assert(
      fc.property(arbitrary, (given) => {
        const state = dashboardStateSchema.parse({ ...emptyState, ...given });
        const body = renderDashboard(content({ state }), publishLimits);
        const issue = issueWith(body);
        expect(seenDashboard({ issues: [issue] }, ours).state).toEqual(state);
      }),
    );
  });
});

describe('the summary of publishing', () => {
  const item = (index: number, action: PublishItem['action']): PublishItem => ({
    ...about(index),
    action,
    isDone: true,
  });
  const staged = (pulls: number, words: string): Omit<PublishOutcome, 'markdown'> => ({
    mode: 'staged',
    base: { branch: 'main', commit: '0'.repeat(40) },
    items: times(pulls, (index) => item(index, index % 2 === 0 ? 'open' : 'hold')),
    counts: countsOf([]),
    dashboard: null,
    dashboardBody: null,
    rendered: times(pulls, (index) => ({
      id: about(index).id,
      branch: about(index).branch,
      title: words.slice(0, 100),
      isDraft: true,
      labels: ['cortex'],
      reviewers: { people: [], teams: [] },
      body: words.repeat(20_000).slice(0, 60_000),
      diff: words.repeat(20_000).slice(0, 60_000),
    })),
    lessons: [],
    answers: [],
    notes: [],
    stopped: null,
  });

  it.each([
    ['one', 1, 'words '],
    ['a hundred', 100, 'words '],
    ['a hundred of wide characters', 100, '漢字😀 '],
    ['a thousand', 1000, 'words '],
  ])('stays below 1 MiB with %s', (_, pulls, words) => {
    const text = renderSummary(staged(pulls, words));
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    expect(text).toContain(`### ${'Opened'}: `);
  });

  it('says how many it could not show', () => {
    expect(renderSummary(staged(100, 'words '))).toMatch(/\d+ more would be written, with texts that do not fit here/);
  });
});
