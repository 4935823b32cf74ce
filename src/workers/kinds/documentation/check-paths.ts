import { posix } from 'node:path';
import type { CodeSpan, MarkdownDocument } from '../../../checks/markdown/read-markdown.ts';
import { didTheyMean, type Drift } from './drift-findings.ts';
import type { Tree } from './tree.ts';

const knownExtensions: ReadonlySet<string> = new Set(
  'c cc cfg cjs cpp cs css cts go gradle h hpp html ini java js json jsx kt kts lock md mdx mjs mod mts php proto ps1 py rb rs rst scala scss sh sql sum svg swift tf tmpl toml tpl ts tsx txt vue xml yaml yml'.split(
    ' ',
  ),
);
const placeholders =
  /(?:^|[/_.-])(?:path|to|foo|bar|baz|my|your|our|some|example|examples|sample|name|xxx?|todo|placeholder|username|repo|org|owner)(?=[/_.-]|$)/i;
const host = /^[\w-]{1,100}\.(?:com|org|io|dev|net|co|ai|app|sh|cloud|k8s)$/i;

/**
 * Checks code spans that read as a path of the repository. Precision first: a path must hold a slash and end in a
 * known extension or begin with a folder that exists, and not be a glob, a placeholder, an address, or a path that is
 * found somewhere below another folder.
 */
export function checkPaths(
  document: MarkdownDocument,
  place: { readonly document: string; readonly tree: Tree },
): readonly Drift[] {
  return document.codeSpans.flatMap((span) => {
    const path = pathOf(span.text);
    return path === undefined || holds(path, place) ? [] : [deadPath(span, path, place.tree)];
  });
}

/** The path that a code span writes, without `./`, a final slash and a line number; undefined where it is no path. */
function pathOf(text: string): string | undefined {
  const written = text
    .trim()
    .replace(/:\d{1,6}(?:[:-]\d{1,6})?$/, '')
    .replace(/#L\d.{0,20}$/, '');
  if (!/^(?:\.\/)?[\w.][\w.+-]{0,100}(?:\/[\w.+-]{1,100}){1,20}\/?$/.test(written)) return undefined;
  if (written.includes('...') || placeholders.test(written)) return undefined;
  return posix.normalize(written).replace(/\/$/, '');
}

function holds(path: string, { document, tree }: { readonly document: string; readonly tree: Tree }): boolean {
  const [first = ''] = path.split('/');
  if (path.startsWith('..') || host.test(first)) return true;
  const bases = foldersAbove(document);
  if (bases.some((base) => tree.kindOf(base + path) !== undefined) || tree.endsLike(path)) return true;
  if (!hasKnownExtension(path) && !bases.some((base) => tree.kindOf(base + first) === 'folder')) return true;
  return bases.some((base) => tree.isUnseen(base + path));
}

function hasKnownExtension(path: string): boolean {
  return knownExtensions.has(posix.extname(path).slice(1).toLowerCase());
}

/** The root and every folder from there down to the document, each ready to be put before a path. */
export function foldersAbove(document: string): readonly string[] {
  const segments = document.split('/').slice(0, -1);
  return ['', ...segments.map((_, index) => `${segments.slice(0, index + 1).join('/')}/`)];
}

function deadPath({ text, line, column }: CodeSpan, path: string, tree: Tree): Drift {
  const begins = tree.kindOf(path.split('/')[0] ?? '') === 'folder';
  return {
    rule: 'dead-path',
    said: text,
    message: `The text names ${path}, which is not in the repository.${didTheyMean(tree.lookalike(path))}`,
    remedy: 'Correct the path, or drop it if what it names is gone.',
    confidence: begins && hasKnownExtension(path) ? 'high' : 'medium',
    line,
    column,
  };
}
