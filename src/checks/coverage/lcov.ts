import { addPoint, emptyHits, ordinalKeys, readHits, readLine, type FileHits, type ReportedFile } from './model.ts';
import { malformed } from './malformed.ts';

interface Section {
  readonly file: string;
  readonly hits: FileHits;
  readonly branchKey: (line: number) => string;
  readonly functionKey: (line: number) => string;
  /** Key of each function by its name (`FN`) or index (`FNL`), for the record that gives its hits. */
  readonly functions: Map<string, string>;
}

type ReadRecord = (section: Section, fields: readonly string[]) => boolean;

/** Records that count, each with its reader; a reader answers false where the record is not well formed. */
const records: Readonly<Record<string, ReadRecord>> = {
  DA: ({ hits }, [line, count]) => reach(hits.lines, readLine(line)?.toString(), readHits(count)),
  BRDA: ({ hits, branchKey }, fields) => {
    const line = readLine(fields[0]);
    const taken = fields.length < 4 ? undefined : fields.at(-1);
    return reach(hits.branches, line && branchKey(line), taken === '-' ? 0 : readHits(taken));
  },
  FN: (section, [line, ...name]) => declare(section, { line, name: name.at(-1) }),
  FNDA: ({ hits, functions }, [count, ...name]) =>
    reach(hits.functions, functions.get(name.join(',')) ?? `:${name.join(',')}`, readHits(count)),
  FNL: (section, [index, line]) => declare(section, { line, name: index }),
  FNA: ({ hits, functions }, [index, count]) =>
    reach(hits.functions, functions.get(`${index}`) ?? `:${index}`, readHits(count)),
};

/**
 * An lcov tracefile, read as geninfo(1) of lcov 2 describes it. Totals (`LF`, `LH`…) are counted anew from the
 * records. Throws a `coverage-report-malformed` problem with the line: half a report is no measurement.
 */
export function readLcov(text: string): readonly ReportedFile[] {
  const files: ReportedFile[] = [];
  let section: Section | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.startsWith('SF:')) section = newSection(line.slice(3).trim());
    else if (line.trim() === 'end_of_record') {
      if (section !== undefined) files.push({ written: [section.file], hits: section.hits });
      section = undefined;
    } else if (!readRecord(section, line)) throw malformed('lcov', `line ${index + 1} is not a record: ${line}`);
  }
  if (section !== undefined) throw malformed('lcov', `it ends inside the record of ${section.file}`);
  return files;
}

function newSection(file: string): Section {
  return { file, hits: emptyHits(), branchKey: ordinalKeys(), functionKey: ordinalKeys(), functions: new Map() };
}

function readRecord(section: Section | undefined, line: string): boolean {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon);
  const reader = Object.hasOwn(records, name) ? records[name] : undefined;
  if (reader === undefined) return true;
  return (
    section !== undefined &&
    reader(
      section,
      line
        .slice(colon + 1)
        .trim()
        .split(','),
    )
  );
}

function reach(points: FileHits['lines'], key: string | 0 | undefined, hits: number | undefined): boolean {
  if (!key || hits === undefined) return false;
  addPoint(points, key, { hits, weight: 1 });
  return true;
}

function declare(
  section: Section,
  fn: { readonly line: string | undefined; readonly name: string | undefined },
): boolean {
  const line = readLine(fn.line);
  if (line === undefined || fn.name === undefined) return false;
  const key = section.functionKey(line);
  section.functions.set(fn.name, key);
  addPoint(section.hits.functions, key, { hits: 0, weight: 1 });
  return true;
}
