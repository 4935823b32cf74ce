import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMarkdown, type MarkdownDocument } from '../../src/checks/markdown/read-markdown.ts';
import { memoryWorkspace, type Workspace } from '../../src/checks/workspace.ts';

const root = join(import.meta.dirname, '..', '..');
/** What a clone does not bring along, or git itself keeps. */
const notCommitted: ReadonlySet<string> = new Set(['node_modules', '.git', 'coordination']);

/** One page of the documentation: its path from the root, its text, and what it shows. */
export interface Page {
  readonly path: string;
  readonly text: string;
  readonly document: MarkdownDocument;
}

/** README.md and every page of docs/, in path order. */
export function readPages(): readonly Page[] {
  const docs = readdirSync(join(root, 'docs'), { encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  return ['README.md', ...docs.sort().map((name) => `docs/${name}`)].map(readPage);
}

/** The page at a path from the root. */
export function readPage(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8');
  return { path, text, document: readMarkdown(text) };
}

/** The project as a workspace: the files that a commit would hold, documents and folders with their content. */
export function projectWorkspace(): Workspace {
  const paths = readdirSync(root, { withFileTypes: true })
    .filter(({ name }) => !notCommitted.has(name))
    .flatMap((entry) => (entry.isDirectory() ? pathsBelow(entry.name) : [entry.name]));
  return memoryWorkspace(Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path))])));
}

function pathsBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
