import { XMLParser } from 'fast-xml-parser';
import { messageOf } from '../../shared/errors.ts';
import { addPoint, emptyHits, readHits, readLine, type FileHits, type ReportedFile } from './model.ts';
import { malformed } from './malformed.ts';

type Element = { readonly [name: string]: unknown };

const repeated: ReadonlySet<string> = new Set(['source', 'package', 'class', 'method', 'line']);
const mostBranches = 1000;

/**
 * Cobertura's XML (coverage-04.dtd), as coverage.py, Jest, gcovr and others write it. Branches of a line are known by
 * number alone (`50% (1/2)`): the first ones count as taken. Throws a `coverage-report-malformed` problem.
 */
export function readCobertura(text: string): readonly ReportedFile[] {
  const root = elementOf(parseXml(text)['coverage']);
  if (root === undefined) throw malformed('Cobertura', 'its root element is not <coverage>');
  const sources = listOf(elementOf(root['sources'])?.['source']).filter((source) => typeof source === 'string');
  const packages = elementsOf(elementOf(root['packages'])?.['package']);
  return packages
    .flatMap((each) => elementsOf(elementOf(each['classes'])?.['class']))
    .map((each) => readClass(each, sources));
}

function parseXml(text: string): Element {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    processEntities: false,
    isArray: (name) => repeated.has(name),
  });
  try {
    return parser.parse(text, true) as Element;
  } catch (error) {
    throw malformed('Cobertura', messageOf(error));
  }
}

function readClass(each: Element, sources: readonly string[]): ReportedFile {
  const file = decodeEntities(each['filename']);
  if (file === '') throw malformed('Cobertura', 'a <class> has no filename');
  const hits = emptyHits();
  for (const method of elementsOf(elementOf(each['methods'])?.['method'])) readMethod(hits, method);
  for (const line of linesOf(each)) readLineElement(hits, line);
  const absolute = /^(?:\/|[A-Za-z]:)/.test(file);
  const written = absolute ? [file] : [...sources.map((source) => `${decodeEntities(source).trim()}/${file}`), file];
  return { written, hits };
}

/** A method counts as reached when its first line was. */
function readMethod(hits: FileHits, method: Element): void {
  const lines = linesOf(method);
  for (const line of lines) readLineElement(hits, line);
  const first = lines[0];
  if (first === undefined) return;
  const { line, count } = countOf(first);
  let ordinal = 0;
  while (hits.functions.has(`${line}:${ordinal}`)) ordinal++;
  addPoint(hits.functions, `${line}:${ordinal}`, { hits: count, weight: 1 });
}

function readLineElement(hits: FileHits, element: Element): void {
  const { line, count } = countOf(element);
  addPoint(hits.lines, String(line), { hits: count, weight: 1 });
  const branches = /\((\d{1,4})\/(\d{1,4})\)/.exec(decodeEntities(element['condition-coverage']));
  if (branches === null) return;
  const [taken = 0, total = 0] = branches.slice(1).map(Number);
  for (let branch = 0; branch < Math.min(total, mostBranches); branch++) {
    addPoint(hits.branches, `${line}:${branch}`, { hits: branch < taken ? 1 : 0, weight: 1 });
  }
}

function countOf(element: Element): { readonly line: number; readonly count: number } {
  const line = readLine(element['number']);
  const count = readHits(element['hits']);
  if (line !== undefined && count !== undefined) return { line, count };
  throw malformed('Cobertura', `a <line> has number ${String(element['number'])} and hits ${String(element['hits'])}`);
}

function linesOf(element: Element): readonly Element[] {
  return elementsOf(elementOf(element['lines'])?.['line']);
}

function elementOf(value: unknown): Element | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Element) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function elementsOf(value: unknown): readonly Element[] {
  return listOf(value).filter((each) => elementOf(each) !== undefined) as readonly Element[];
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The parser leaves all entities alone, so that none can expand; these five can't grow. */
function decodeEntities(value: unknown): string {
  if (typeof value !== 'string') return '';
  return value.replace(/&(amp|lt|gt|quot|apos);/g, (whole, name: string) => entities[name] ?? whole);
}
