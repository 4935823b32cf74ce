import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxWorkerBars, renderGantt, renderPie, timelineOfReport } from '../../src/report/charts.ts';
import { hostileText } from '../support/hostile-text.ts';
import { workerWith } from '../support/report-parts.ts';
import { reportWith } from '../support/report.ts';

describe('renderGantt', () => {
  it('draws a section per master: its own bar, then its workers', () => {
    const gantt = renderGantt(timelineOfReport(reportWith({ workers: [workerWith()] }))) ?? '';
    expect(gantt.split('\n').slice(4)).toEqual([
      '  section security-master',
      '    master :done, security-master-0, 2026-11-14 09:00:04.000, 2026-11-14 09:00:16.000',
      '    task scan-workflows :done, security-master-1, 2026-11-14 09:00:05.000, 2026-11-14 09:00:15.000',
      '  section cicd-master',
      '    master :done, cicd-master-0, 2026-11-14 09:00:04.000, 2026-11-14 09:00:52.000',
    ]);
  });

  it('marks a failed attempt and numbers the next one', () => {
    const gantt = renderGantt(timelineOfReport(reportWith())) ?? '';
    expect(gantt).toContain('    task fix-workflows :crit,');
    expect(gantt).toContain('    task fix-workflows attempt 2 :done,');
  });

  it('leaves out a bar whose end was not seen', () => {
    const workers = [workerWith({ status: 'running', completed_at: null })];
    expect(renderGantt(timelineOfReport(reportWith({ workers })))).not.toContain('scan-workflows');
  });

  it('is absent where nothing has a beginning and an end', () => {
    expect(renderGantt([])).toBeUndefined();
  });

  it('keeps the longest of many workers', () => {
    const brief = Array.from({ length: maxWorkerBars }, (_, index) => workerWith({ worker_id: `brief-${index}` }));
    const longest = workerWith({ worker_id: 'long', task_id: 'the-longest', completed_at: '2026-11-14T09:00:59.000Z' });
    const gantt = renderGantt(timelineOfReport(reportWith({ workers: [...brief, longest] }))) ?? '';
    expect(gantt).toContain('task the-longest');
    expect(gantt.match(/^ {4}task /gm)).toHaveLength(maxWorkerBars);
  });

  it('keeps every line well-formed for any task id', () => {
    fc.assert(
      fc.property(hostileText, (task) => {
        const gantt = renderGantt(timelineOfReport(reportWith({ workers: [workerWith({ task_id: task })] }))) ?? '';
        const bars = gantt.split('\n').filter((line) => line.startsWith('    '));
        expect(bars).toHaveLength(3);
        for (const bar of bars)
          expect(bar).toMatch(
            /^ {4}(?:master|task [A-Za-z0-9 ._/-]+) :(?:done|crit|active), [a-z-]+-\d+, [-\d]{10} [:.\d]{12}, [-\d]{10} [:.\d]{12}$/,
          );
      }),
    );
  });
});

describe('renderPie', () => {
  it('shows the slices above zero', () => {
    expect(
      renderPie('Findings', [
        ['high', 2],
        ['low', 0],
      ]),
    ).toBe('pie showData\n  title Findings\n  "high" : 2');
  });

  it('is absent where every slice is zero', () => {
    expect(renderPie('Findings', [['high', 0]])).toBeUndefined();
  });

  it('keeps a label inside its quotes', () => {
    expect(renderPie('x', [['a" : 1\n"b', 2]])).toBe('pie showData\n  title x\n  "a 1 b" : 2');
  });
});
