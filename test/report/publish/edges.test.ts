import { describe, expect, it } from 'vitest';
import { renderDashboard } from '../../../src/report/publish/dashboard/render-dashboard.ts';
import { groupChanges, type Fix } from '../../../src/report/publish/fix/fix.ts';
import { publishLimits } from '../../../src/report/publish/limits.ts';
import { renderPull } from '../../../src/report/publish/pulls/render-pull.ts';
import { sarifOf } from '../../../src/report/publish/sarif.ts';
import { emptyState } from '../../../src/report/publish/world/dashboard-state.ts';
import { readPullMarker } from '../../../src/report/publish/world/pull-marker.ts';
import { candidateFor } from '../../support/publish/proposals.ts';
import { Story } from '../../support/publish/story.ts';
import { findingWith } from '../../support/report-parts.ts';
import { reportWith } from '../../support/report.ts';
import { sha256 } from '../../../src/shared/canonical.ts';

const report = reportWith();
const resultsUrl = 'https://github.example/acme/shop';
const context = { report, resultsUrl, resultsBranch: 'cortex/results', runUrl: null, mask: (text: string) => text };

/** A fix of one file that mends 60 findings. */
function manyFindings(): Fix {
  const file = { path: 'a.txt', mode: '100644' as const, before: 'a\n', after: 'b\n' };
  const candidate = candidateFor({ name: 'a', on: '0'.repeat(40), edits: [file] });
  const findings = Array.from({ length: 60 }, (_, index) => findingWith({ fingerprint: sha256(`${index}`) }));
  const ready = [{ candidate: { ...candidate, findings }, files: [file], merged: [] }];
  const [fix] = groupChanges(ready, { keyFor: () => 'a'.repeat(64), maxFiles: 10, base: null }).fixes;
  if (!fix) throw new Error('no fix');
  return fix;
}

describe('the text of a pull request', () => {
  const fix = manyFindings();
  const render = (room: number, used = publishLimits.used): string =>
    renderPull(fix, { room, after: null, limits: { ...publishLimits, used } }, context).block;
  const whole = render(publishLimits.body);

  it.each([
    [1, true],
    [0, true],
    [-1, false],
  ])('is whole where it takes %i less than there is room for: %s', (more, isWhole) => {
    for (const text of [render(whole.length + more), render(publishLimits.body, whole.length + more)]) {
      expect(text === whole).toBe(isWhole);
      expect(text.length).toBeLessThanOrEqual(whole.length + more);
      expect(text.includes('The rest did not fit')).toBe(!isWhole);
      expect(readPullMarker(text)).toMatchObject({ key: fix.key });
    }
  });
});

describe('the text of the dashboard', () => {
  const notes = Array.from({ length: 8 }, (_, index) => `Note ${index}`);
  const nothing = { decisions: [], state: emptyState, questions: [], lessons: [], stays: () => false };
  const render = (used: number): string =>
    renderDashboard({ ...nothing, notes, mask: (text) => text }, { ...publishLimits, used });
  const whole = render(publishLimits.used);

  it.each([
    [1, true],
    [0, true],
    [-1, false],
  ])('is whole where it takes %i less than there is room for: %s', (more, isWhole) => {
    const text = render(whole.length + more);
    expect(text === whole).toBe(isWhole);
    expect(text.length).toBeLessThanOrEqual(whole.length + more);
    expect(text.includes('and 4 more')).toBe(!isWhole);
  });
});

/** The body of a pull request to which somebody has added words, after a run that has another text for it. */
async function updatedBody(body?: number): Promise<string> {
  const story = new Story();
  await story.run([story.fix('a', { severity: 'low' })]);
  const pull = story.memory.threads.pull(story.number('a'));
  pull.body = `${pull.body}\n\n${'word '.repeat(50).trim()}`;
  await story.run([story.fix('a', { severity: 'high' })], body === undefined ? {} : { limits: { body } });
  return pull.body;
}

describe('a text beside what people have added', async () => {
  const whole = await updatedBody();

  it.each([
    [1, true],
    [0, true],
    [-1, false],
  ])('is whole where both take %i less than there is room for: %s; the words stay', async (more, isWhole) => {
    const body = await updatedBody(whole.length + more);
    expect(body === whole).toBe(isWhole);
    expect(body.length).toBeLessThanOrEqual(whole.length + more);
    expect(body.endsWith('word '.repeat(50).trim())).toBe(true);
  });
});

describe('findings for code scanning', () => {
  const findings = Array.from({ length: 20 }, (_, index) => ({
    ...findingWith({ fingerprint: sha256(`${index}`) }),
    task_id: 'scan',
  }));
  const about = (results: number) =>
    sarifOf({ findings, silenced: [], plan: report.plan }, { version: '1', limits: { results } });

  it.each([
    [21, 20, 0],
    [20, 20, 0],
    [19, 19, 1],
  ])('are sent as far as there is room: for %i of 20, %i, and %i is counted', (room, sent, left) => {
    expect(about(room)).toMatchObject({ results: sent, leftOut: left });
  });
});
