import libCoverage from 'istanbul-lib-coverage';
import type { FileCoverage } from 'istanbul-lib-coverage';
import { messageOf } from '../../shared/errors.ts';
import { addPoint, emptyHits, ordinalKeys, readHits, readLine, type FileHits, type ReportedFile } from './model.ts';
import { malformed } from './malformed.ts';

/**
 * Istanbul's `coverage-final.json` (also of nyc, c8, Jest and Vitest). Lines are Istanbul's own: the lines on which
 * statements begin, with the highest count among them. Throws a `coverage-report-malformed` problem.
 */
export function readIstanbul(text: string): readonly ReportedFile[] {
  try {
    const map = libCoverage.createCoverageMap(JSON.parse(text) as libCoverage.CoverageMapData);
    return map.files().map((path) => ({ written: [path], hits: fileHits(map.fileCoverageFor(path)) }));
  } catch (error) {
    throw malformed('Istanbul', messageOf(error));
  }
}

function fileHits(file: FileCoverage): FileHits {
  const hits = emptyHits();
  for (const [line, count] of Object.entries(file.getLineCoverage())) add(hits.lines, numbered(line), count);
  for (const [id, count] of Object.entries(file.s)) add(hits.statements, id, count);
  const branchKey = ordinalKeys();
  for (const [id, counts] of Object.entries(file.b)) {
    const line = file.branchMap[id]?.loc.start.line;
    for (const count of counts) add(hits.branches, branchKey(numbered(line)), count);
  }
  const functionKey = ordinalKeys();
  for (const [id, count] of Object.entries(file.f)) {
    add(hits.functions, functionKey(numbered(file.fnMap[id]?.decl.start.line)), count);
  }
  return hits;
}

function add(points: FileHits['lines'], key: string | number, count: unknown): void {
  const hits = readHits(count);
  if (hits === undefined) throw new TypeError(`a count is ${JSON.stringify(count)}, not a number`);
  addPoint(points, String(key), { hits, weight: 1 });
}

function numbered(line: unknown): number {
  const number = readLine(line);
  if (number === undefined) throw new TypeError(`a line is ${JSON.stringify(line)}, not a number`);
  return number;
}
