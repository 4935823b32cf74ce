import { createMasker } from '../shared/mask.ts';
import type { Locate } from './locator.ts';
import { positionsOf } from '../shared/positions.ts';
import { firstLineOf } from './first-line.ts';
import {
  mostProblems,
  showPath,
  type Complaint,
  type PathComplaint,
  type PlanProblem,
  type Range,
  type TextComplaint,
} from './problem.ts';

/** Complaints about one file, on their way to becoming problems. */
interface Complaints {
  readonly text: readonly TextComplaint[];
  readonly paths: readonly PathComplaint[];
}

export type MakeProblems = (complaints: Complaints, locate?: Locate) => readonly PlanProblem[];

/** Gives complaints their place in the file; errors first where there are too many. Nothing they quote shows a secret. */
export function problemMaker(text: string, file: string): MakeProblems {
  const positionAt = positionsOf(text);
  const mask = createMasker([]);
  const problemAt = (complaint: Complaint, range: Range, path: string): PlanProblem => {
    const { start, end } = firstLineOf(text, range);
    const last = positionAt(end);
    return {
      rule: complaint.rule,
      severity: complaint.severity ?? 'error',
      file,
      ...positionAt(start),
      ...(end > start ? { endLine: last.line, endColumn: last.column } : {}),
      path: mask(path),
      message: mask(complaint.message),
      expected: mask(complaint.expected),
      found: mask(complaint.found),
      remedy: mask(complaint.remedy),
    };
  };
  return (complaints, locate = () => ({ start: 0, end: 0 })) =>
    atMost([...complaints.text, ...complaints.paths])
      .map((each) =>
        'range' in each
          ? problemAt(each, each.range, '')
          : problemAt(each, rangeOf(each, { locate, text }), showPath(each.path)),
      )
      .sort((a, b) => a.line - b.line || a.column - b.column);
}

type Placed = TextComplaint | PathComplaint;

function atMost(complaints: readonly Placed[]): readonly Placed[] {
  if (complaints.length <= mostProblems) return complaints;
  const errors = complaints.filter((complaint) => complaint.severity === undefined);
  const warnings = complaints.filter((complaint) => complaint.severity !== undefined);
  const shown = [...errors, ...warnings].slice(0, mostProblems);
  return [...shown, moreThan(errors.length > mostProblems)];
}

function moreThan(error: boolean): TextComplaint {
  return {
    rule: 'more-problems',
    ...(error ? {} : { severity: 'warning' }),
    range: { start: 0, end: 0 },
    message: `There are more than the ${mostProblems} problems that are shown`,
    expected: `at most ${mostProblems} problems`,
    found: 'more',
    remedy: 'Correct these first, and look again.',
  };
}

/** Where a path stands; narrowed to the part of the text that is wrong where it stands there as written. */
function rangeOf(
  { path, atKey, within, found }: PathComplaint,
  { locate, text }: { locate: Locate; text: string },
): Range {
  const range = locate(path, { key: atKey ?? false });
  if (within === undefined) return range;
  const written = text.slice(range.start, range.end).indexOf(found);
  if (written === -1) return range;
  const start = range.start + written;
  return { start: start + within.start, end: start + Math.max(within.end, within.start + 1) };
}
