import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../src/entry/terminal/describe-event.ts';
import { createProgress } from '../../src/entry/terminal/progress.ts';
import { printable } from '../../src/entry/terminal/printable.ts';
import { renderTree } from '../../src/entry/terminal/tree.ts';
import { foldEvents } from '../../src/execution/state.ts';
import type { NewEvent } from '../../src/protocol/event.ts';
import {
  completed,
  declaredTask,
  executionId,
  launched,
  logOf,
  logStart,
  newEvent,
  started,
} from '../support/events.ts';

const escape = String.fromCharCode(27);
const wide = { nowMs: logStart + 10_000, columns: 200, color: false };

const twoTasks = started({
  tasks: [declaredTask('scan'), declaredTask('fix', { needs: ['scan'] }), declaredTask('think')],
});
const counts = { findings: 2, silenced: 0, assets: 0, measurements: 0, changes: 1, reviews: 0, unread: 0 };
const queued = (task: string, waitsFor: string[]): NewEvent =>
  newEvent('task.queued', { task, master: 'security-master', waitsFor }, task);
const skipped = (reason: string): NewEvent =>
  newEvent('task.skipped', { task: 'think', master: 'security-master', missing: 'model', reason }, 'think');

function treeOf(events: readonly NewEvent[], options = wide): readonly string[] {
  return renderTree(foldEvents(executionId, logOf(...events)), options);
}

const lineOf = (lines: readonly string[], word: string): string => lines.find((line) => line.includes(word)) ?? '';

describe('renderTree', () => {
  it('shows each master with its tasks below it, in the order of the plan', () => {
    const lines = treeOf([twoTasks]);
    const words = ['coordinator-master', 'security-master', 'scan', 'fix', 'think'];
    expect(lines).toHaveLength(1 + words.length);
    words.forEach((word, index) => expect(lines[index + 1]).toContain(word));
    expect(lines.filter((line) => line.includes('└─'))).toHaveLength(1);
    expect(lines.at(-1)).toContain('└─');
  });

  it('heads with the execution, its phase, time, tokens and findings', () => {
    const phase = newEvent('phase.started', { phase: 'execution', limitMs: 60_000 }, 'execution');
    const [head = ''] = treeOf([twoTasks, phase, completed('scan', { counts })]);
    expect(head).toBe(`${executionId}  phase execution · 10.0 s · 0 tokens · 2 findings`);
  });

  it('says of a running task what runs it and for how long', () => {
    const line = lineOf(treeOf([twoTasks, launched({ task: 'scan' })]), 'scan-worker');
    // Launched a second after the start, looked at ten seconds after it.
    expect(line).toMatch(/● scan .* 9\.0 s/);
  });

  it('says of a complete task what it found', () => {
    const line = lineOf(treeOf([twoTasks, completed('scan', { counts })]), ' scan ');
    expect(line).toMatch(/✓ scan .*2 findings, 1 change$/);
  });

  it('says what a task waits for, and why one is skipped', () => {
    const lines = treeOf([twoTasks, queued('fix', ['scan']), skipped('it needs a model')]);
    expect(lineOf(lines, ' fix ')).toMatch(/○ fix .*waits for scan$/);
    expect(lineOf(lines, ' think ')).toMatch(/– think .*it needs a model$/);
  });

  it.each([1, 2, 10, 40, 79])('cuts what is wider than %i columns, and nothing else', (columns) => {
    const events = [twoTasks, skipped('x'.repeat(300))];
    const whole = treeOf(events, { ...wide, columns: 1000 });
    const cut = whole.map((line) => (line.length <= columns ? line : `${line.slice(0, columns - 1)}…`));
    expect(treeOf(events, { ...wide, columns })).toEqual(cut);
  });

  it('leaves a line alone that just fits', () => {
    const [head = ''] = treeOf([twoTasks]);
    expect(treeOf([twoTasks], { ...wide, columns: head.length })[0]).toBe(head);
    expect(treeOf([twoTasks], { ...wide, columns: head.length - 1 })[0]).toBe(`${head.slice(0, -2)}…`);
  });

  it('is the same with colour, but for the styles, and closes each style', () => {
    const events = [twoTasks, launched({ task: 'scan' }), skipped('it needs a model')];
    const style = new RegExp(`${escape}\\[\\d+m`, 'g');
    for (const columns of [200, 30]) {
      const coloured = treeOf(events, { ...wide, columns, color: true });
      expect(coloured.map((line) => line.replace(style, ''))).toEqual(treeOf(events, { ...wide, columns }));
      for (const line of coloured) expect((line.match(style) ?? []).at(-1) ?? `${escape}[0m`).toBe(`${escape}[0m`);
    }
    expect(treeOf(events).join('')).not.toContain(escape);
  });

  it('shows what a repository says without obeying it', () => {
    const lines = treeOf([twoTasks, skipped(`one\ntwo${escape}[31m${escape}]0;title\u0007\u202e`)]);
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toMatch(/one two\[31m\]0;title$/);
  });
});

describe('questions in the tree', () => {
  const raised = (answerBy: string | null): NewEvent =>
    newEvent('escalation.raised', {
      escalation: 'scan-critical',
      task: 'scan',
      master: 'security-master',
      severity: 'critical',
      issue: `found${escape}[31m a key`,
      options: ['proceed', 'stop'],
      recommendation: '',
      answerBy,
    });
  const answered = newEvent('escalation.answered', { escalation: 'scan-critical', choice: 'stop', by: 'ada' });
  const ended = newEvent('execution.ended', { status: 'partial', exitCode: 3, reason: '' });
  const open = raised('2026-01-02T03:34:05.000Z');
  const mentions = (...events: readonly NewEvent[]): readonly string[] =>
    treeOf([twoTasks, ...events]).filter((line) => line.includes('scan-critical'));

  it('stand below all else while a person may answer, with the words that answer them', () => {
    expect(treeOf([twoTasks, open]).slice(-2)).toEqual([
      '? scan-critical (critical) found[31m a key',
      `  until 03:34:05: cortex answer ${executionId} scan-critical proceed|stop`,
    ]);
  });

  it.each([
    ['was answered', [open, answered]],
    ['nobody can be asked', [raised(null)]],
    ['the run is over', [open, ended]],
  ])('are gone where %s', (_why, events) => {
    expect(mentions(open)).toHaveLength(2);
    expect(mentions(...events)).toEqual([]);
  });

  it('are said in plain lines with what answers them, where a person may', () => {
    const said = 'question (critical): found[31m a key';
    expect(logOf(open, raised(null)).map(describeEvent)).toEqual([
      `${said}; answer scan-critical with proceed or stop until 03:34:05`,
      said,
    ]);
  });
});

describe('printable', () => {
  it('puts text on one line and takes out what steers a terminal', () => {
    expect(printable(`a\r\n\tb${escape}[2Jc\u009b1md\u202ee`)).toBe('a b[2Jc1mde');
  });

  it('leaves letters of all scripts alone', () => {
    expect(printable('größe 図 🎉 ok')).toBe('größe 図 🎉 ok');
  });
});

describe('progress', () => {
  const shown = (kind: 'tree' | 'lines' | 'silent', events: readonly NewEvent[]): string => {
    let text = '';
    const progress = createProgress({
      kind,
      color: false,
      columns: () => 80,
      rows: () => 4,
      write: (piece) => void (text += piece),
      now: () => wide.nowMs,
    });
    const log = logOf(...events);
    log.forEach((event, index) => progress.onEvent(event, foldEvents(executionId, log.slice(0, index + 1))));
    progress.stop();
    return text;
  };

  it('says an event a line when piped, with its time, and leaves bookkeeping out', () => {
    expect(shown('lines', [twoTasks, queued('scan', []), skipped('no\nmodel')]).split('\n')).toEqual([
      '03:04:05 execution of small on example/shop at cccccccccccc: 2 masters, 3 tasks',
      '03:04:07 think skipped: no model',
      '',
    ]);
  });

  it('leaves out who holds what, and what processes measure, when piped', () => {
    const held = { claim: 'security-master', owner: 'security-master@a' };
    const quiet = [
      newEvent('claim.taken', { ...held, expiresAt: '2026-01-02T03:04:35.000Z' }),
      newEvent('claim.released', held),
      newEvent('leg.measured', { leg: 'a', commands: 1, meanMs: 1, p95Ms: 1, maxMs: 1 }),
      newEvent('paths.claimed', { master: 'security-master', changes: [] }),
    ];
    const joined = newEvent('leg.joined', { leg: 'a', masters: ['security-master'] });
    expect(shown('lines', [...quiet, joined])).toBe('03:04:09 a takes part with security-master\n');
  });

  it('draws no more lines than the terminal has', () => {
    expect(
      shown('tree', [twoTasks])
        .trimEnd()
        .split('\n')
        .filter((line) => line.includes(`${escape}[2K`)),
    ).toHaveLength(3);
  });

  it('is silent when asked to be', () => {
    expect(shown('silent', [twoTasks])).toBe('');
  });
});
