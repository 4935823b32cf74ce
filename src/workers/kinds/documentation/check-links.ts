import { posix } from 'node:path';
import type { MarkdownDocument, MarkdownLink } from '../../../checks/markdown/read-markdown.ts';
import { didTheyMean, type Checked, type Drift } from './drift-findings.ts';
import type { Tree } from './tree.ts';

interface Place {
  readonly document: string;
  readonly tree: Tree;
  /** Anchors of a Markdown file of the repository; undefined where they can't be known. */
  readonly anchorsOf: (path: string) => ReadonlySet<string> | undefined;
}

interface Target {
  /** Relative to the root; the document itself where the link only names an anchor. */
  readonly path: string;
  readonly fragment: string;
  readonly rootRelative: boolean;
}

/** Checks every link and image of a document against the tree; nothing is fetched. */
export function checkLinks(document: MarkdownDocument, place: Place): Checked {
  const external = document.links.filter(({ target }) => isExternal(target));
  const inside = document.links.flatMap((link) => {
    const target = isExternal(link.target) ? undefined : targetOf(link.target, place.document);
    return target === undefined ? [] : [{ link, target }];
  });
  const drifts = inside.flatMap(({ link, target }) => checkTarget(link, target, place));
  return { drifts, links: inside.length, external: external.length };
}

function isExternal(target: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]{1,30}:|\/\/)/i.test(target);
}

/** Undefined for what is no path of this repository: a placeholder, or one that climbs out (`../../issues`). */
function targetOf(written: string, document: string): Target | undefined {
  if (written === '' || isPlaceholder(written)) return undefined;
  const hash = written.indexOf('#');
  const fragment = hash === -1 ? '' : decoded(written.slice(hash + 1));
  const file = decoded((hash === -1 ? written : written.slice(0, hash)).replace(/\?.*$/s, ''));
  if (file === '') return { path: document, fragment, rootRelative: false };
  const rootRelative = file.startsWith('/');
  const path = posix.normalize(rootRelative ? file.replace(/^\/+/, '') : posix.join(posix.dirname(document), file));
  if (path === '..' || path.startsWith('../')) return undefined;
  return { path: path === '.' || path === './' ? '' : path.replace(/\/$/, ''), fragment, rootRelative };
}

/** Templates of site generators, and the words that people write where a target belongs. */
function isPlaceholder(target: string): boolean {
  return /[{}<>$|*]|^(?:url|uri|link|href|path|\.\.\.|…)$/i.test(target);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function checkTarget(link: MarkdownLink, target: Target, place: Place): readonly Drift[] {
  const found = aliases(target, place).find((path) => place.tree.kindOf(path) !== undefined);
  if (found === undefined) return isUnknowable(target, place.tree) ? [] : [deadLink(link, target, place)];
  return target.fragment === '' ? [] : checkFragment(link, { ...target, path: found }, place);
}

/** The path itself, then what site generators serve under it. */
function aliases({ path, rootRelative }: Target, { document, tree }: Place): readonly string[] {
  const site = [`${posix.dirname(document)}/`, 'static/', 'public/', 'docs/'];
  const roots = rootRelative && tree.isSite ? ['', ...site] : [''];
  const pages = path === '' ? [''] : [path, `${path}.md`, `${path}.mdx`, path.replace(/\.html?$/, '.md')];
  return roots.flatMap((root) => pages.map((page) => root + page));
}

function isUnknowable(target: Target, tree: Tree): boolean {
  return isSitePath(target, tree) || tree.isUnseen(target.path);
}

/** Where documents become a site, a root-relative link may be an address there, unless it begins like a path here. */
function isSitePath({ path, rootRelative }: Target, tree: Tree): boolean {
  const first = path.split('/')[0] ?? '';
  return rootRelative && tree.isSite && tree.kindOf(first) === undefined && !/\.(?:md|markdown)$/i.test(path);
}

function deadLink(link: MarkdownLink, target: Target, { tree }: Place): Drift {
  const lookalike = tree.lookalike(target.path);
  const what = link.image ? 'The image' : 'The link';
  return {
    rule: 'dead-link',
    said: link.target,
    message: `${what} leads to ${target.path}, which is not in the repository.${didTheyMean(lookalike)}`,
    remedy: 'Correct the path, restore the file, or remove the link.',
    confidence: 'high',
    line: link.line,
    column: link.column,
  };
}

function checkFragment(link: MarkdownLink, { path, fragment }: Target, place: Place): readonly Drift[] {
  const wanted = fragment.toLowerCase().replace(/^user-content-/, '');
  // Browsers know `#top` and text fragments; `#L10` names a line where GitHub shows a file as source.
  if (wanted === 'top' || wanted.startsWith(':~:') || /^l\d+(?:c\d+)?(?:-l?\d+(?:c\d+)?)?$/.test(wanted)) return [];
  const anchors = place.anchorsOf(path);
  if (anchors === undefined || anchors.has(wanted)) return [];
  return [
    {
      rule: 'dead-anchor',
      said: link.target,
      message: `${path} has no heading or anchor "${fragment}".`,
      remedy: 'Name a heading that is there: lower case, spaces as hyphens, punctuation left out.',
      confidence: 'high',
      line: link.line,
      column: link.column,
    },
  ];
}
