import { compareText } from '../../shared/canonical.ts';
import { messageOf } from '../../shared/errors.ts';
import { readText, type Workspace } from '../workspace.ts';
import { addLines } from './go-profile.ts';
import { locateFiles } from './locate.ts';
import { emptyHits, mergeHits, type FileHits, type ReportedFile } from './model.ts';
import { readReport, type ReportFormat } from './read-report.ts';

export interface ReadReport {
  readonly path: string;
  readonly format: ReportFormat;
  /** Files of the repository that the report tells of, with what it says. */
  readonly files: ReadonlyMap<string, FileHits>;
  /** Written paths that mean no file of the repository, sorted. */
  readonly outside: readonly string[];
}

export interface Unread {
  readonly path: string;
  readonly reason: string;
}

const mostReportBytes = 32 * 1024 * 1024;

/**
 * Reads reports of `source` (the repository, or the folder a test run left behind) against the tree that they tell
 * of. A report that can't be read whole is named in `unread` with the reason.
 */
export function readReports(
  source: Workspace,
  paths: readonly string[],
  tree: Workspace,
): { readonly reports: readonly ReadReport[]; readonly unread: readonly Unread[] } {
  const reports: ReadReport[] = [];
  const unread: Unread[] = [];
  for (const path of paths) {
    const text = reportText(source, path);
    if (typeof text !== 'string') unread.push({ path, reason: text.reason });
    else {
      try {
        reports.push(placed(path, readReport(text), tree));
      } catch (error) {
        unread.push({ path, reason: messageOf(error) });
      }
    }
  }
  return { reports, unread };
}

/** The union of all reports: hits by file of the repository, in path order. */
export function uniteReports(reports: readonly ReadReport[]): ReadonlyMap<string, FileHits> {
  const united = new Map<string, FileHits>();
  for (const report of reports) {
    for (const [path, hits] of report.files) {
      const file = united.get(path) ?? emptyHits();
      united.set(path, file);
      mergeHits(file, hits);
    }
  }
  return new Map([...united].sort(([a], [b]) => compareText(a, b)));
}

function reportText(source: Workspace, path: string): string | { readonly reason: string } {
  const size = source.files.find((file) => file.path === path)?.size ?? 0;
  if (size > mostReportBytes) return { reason: `larger than ${mostReportBytes} bytes` };
  return readText(source, path) ?? { reason: 'not UTF-8 text' };
}

function placed(
  path: string,
  report: { readonly format: ReportFormat; readonly files: readonly ReportedFile[] },
  tree: Workspace,
): ReadReport {
  const written = report.files.flatMap((file) => file.written);
  const located = locateFiles(written, { files: tree.files.map((file) => file.path), report: path });
  const files = new Map<string, FileHits>();
  const outside: string[] = [];
  for (const file of report.files) {
    const place = file.written.map((each) => located.get(each)).find((each) => each !== undefined);
    if (place === undefined) outside.push(file.written.at(-1) ?? '');
    else {
      if (file.blocks !== undefined) addLines(file.hits, file.blocks, tree.readBytes(place));
      const known = files.get(place);
      if (known === undefined) files.set(place, file.hits);
      else mergeHits(known, file.hits);
    }
  }
  return { path, format: report.format, files, outside: [...new Set(outside)].sort(compareText) };
}
