import { languageOf } from '../complexity/languages.ts';
import { maskComments } from '../complexity/mask.ts';
import { addPoint, emptyHits, type Block, type FileHits, type ReportedFile } from './model.ts';
import { malformed } from './malformed.ts';

/** Blocks longer than this are no code that someone wrote; the bound keeps a hostile profile small. */
const longestBlock = 20_000;
const mostLines = 5_000_000;

/**
 * A profile of `go test -coverprofile`: a `mode:` line, then `file:line.column,line.column statements hits`
 * (golang.org/x/tools/cover). Statements give the number that `go tool cover` prints; lines follow from `linesOf`.
 * Throws a `coverage-report-malformed` problem with the line.
 */
export function readGoProfile(text: string): readonly ReportedFile[] {
  const files = new Map<string, { readonly hits: FileHits; readonly blocks: Block[] }>();
  let lines = 0;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === '' || line.startsWith('mode: ')) continue;
    const read = readBlock(line);
    lines += read === undefined ? 0 : read.block.to.line - read.block.from.line + 1;
    if (read === undefined || lines > mostLines)
      throw malformed('Go cover', `line ${index + 1} is not a block: ${line}`);
    const file = files.get(read.file) ?? { hits: emptyHits(), blocks: [] };
    files.set(read.file, file);
    file.blocks.push(read.block);
    addPoint(file.hits.statements, read.range, { hits: read.block.hits, weight: read.statements });
  }
  return [...files].map(([file, { hits, blocks }]) => ({ written: [file], hits, blocks }));
}

/**
 * Lines of blocks: those with code inside a block, so that a lone brace or a comment is no line to cover. Where the
 * source is not at hand every line that a block touches counts. Columns are bytes, hence the Latin-1 reading.
 */
export function addLines(hits: FileHits, blocks: readonly Block[], source: Uint8Array | undefined): void {
  const code = source === undefined ? undefined : codeLines(Buffer.from(source).toString('latin1'));
  for (const block of blocks) {
    for (let line = block.from.line; line <= block.to.line; line++) {
      if (code !== undefined && !holdsCode(code[line - 1] ?? '', block, line)) continue;
      addPoint(hits.lines, String(line), { hits: block.hits, weight: 1 });
    }
  }
}

function readBlock(line: string) {
  const match = /^(.{1,2000}):(\d{1,7})\.(\d{1,7}),(\d{1,7})\.(\d{1,7}) (\d{1,7}) (\d{1,15})$/.exec(line);
  if (match === null) return undefined;
  const [fromLine = 0, fromColumn = 0, toLine = 0, toColumn = 0, statements = 0, hits = 0] = match.slice(2).map(Number);
  if (fromLine < 1 || toLine < fromLine || toLine - fromLine > longestBlock) return undefined;
  const block: Block = {
    from: { line: fromLine, column: fromColumn },
    to: { line: toLine, column: toColumn },
    hits,
  };
  return { file: match[1] ?? '', range: `${fromLine}.${fromColumn},${toLine}.${toColumn}`, statements, block };
}

function codeLines(text: string): readonly string[] {
  const go = languageOf('source.go');
  return (go === undefined ? text : maskComments(text, go)).split('\n');
}

function holdsCode(text: string, block: Block, line: number): boolean {
  const start = line === block.from.line ? block.from.column - 1 : 0;
  const end = line === block.to.line ? block.to.column - 1 : text.length;
  return /[^\s{}]/.test(text.slice(start, end));
}
