import { slug as slugOf } from 'github-slugger';
import GithubSlugger from 'github-slugger';
import { Lexer, type Token, type Tokens } from 'marked';
import { messageOf, problem } from '../../shared/errors.ts';
import { decodeEntities, readHtml } from './html-fragments.ts';
import { tooCostly } from './markdown-limits.ts';
import { positionsOf, type Position } from '../../shared/positions.ts';

export interface MarkdownLink extends Position {
  /** As written, without angle brackets and title; reference links name the target of their definition. */
  readonly target: string;
  readonly image: boolean;
}

export interface CodeSpan extends Position {
  readonly text: string;
}

/** Its position is that of the first character of its content. */
export interface CodeBlock extends Position {
  /** First word of the info string, in lower case. */
  readonly language: string;
  readonly text: string;
}

export interface MarkdownDocument {
  readonly links: readonly MarkdownLink[];
  /** Code spans outside links. */
  readonly codeSpans: readonly CodeSpan[];
  readonly codeBlocks: readonly CodeBlock[];
  /** Anchors as GitHub makes them, and those of HTML; all in lower case. */
  readonly anchors: ReadonlySet<string>;
}

/** A token and where its text lies in the document. */
interface Placed<T> {
  readonly token: T;
  readonly start: number;
  readonly end: number;
}

interface Reading {
  readonly text: string;
  readonly position: (offset: number) => Position;
  readonly slugger: GithubSlugger;
  readonly links: MarkdownLink[];
  readonly codeSpans: CodeSpan[];
  readonly codeBlocks: CodeBlock[];
  readonly anchors: Set<string>;
}

/**
 * What a Markdown document links to, what it can be linked by, and the code it shows. Throws a `markdown-unreadable`
 * problem for a text that would take too long.
 */
export function readMarkdown(source: string): MarkdownDocument {
  const text = withoutFrontMatter(source.replace(/\r\n?/g, '\n'));
  const costly = tooCostly(text);
  if (costly !== undefined) throw unreadable(costly);
  const reading: Reading = {
    text,
    position: positionsOf(text),
    slugger: new GithubSlugger(),
    links: [],
    codeSpans: [],
    codeBlocks: [],
    anchors: new Set(),
  };
  try {
    readAll(reading, placeAll(reading, new Lexer({ gfm: true }).lex(text), { start: 0, end: text.length }));
  } catch (error) {
    throw unreadable(messageOf(error));
  }
  return reading;
}

function unreadable(reason: string): Error {
  return problem('markdown-unreadable', `not readable as Markdown: ${reason}`, {
    hint: 'Break up the lines or the nesting of the document.',
  });
}

/** Front matter becomes empty lines, so that positions hold. */
function withoutFrontMatter(text: string): string {
  if (!text.startsWith('---\n')) return text;
  const end = text.indexOf('\n---\n', 3);
  return end === -1 ? text : text.slice(0, end + 5).replace(/[^\n]/g, '') + text.slice(end + 5);
}

/** Longest stretch in which a token's text is looked for; a quote's marks make it differ from the document's. */
const searchWindow = 20_000;

function placeAll(
  { text }: Reading,
  tokens: readonly Token[],
  within: { readonly start: number; readonly end: number },
): readonly Placed<Token>[] {
  let cursor = within.start;
  return tokens.map((token) => {
    const start = findText(text, token.raw, { start: cursor, end: within.end }) ?? cursor;
    const end = Math.min(within.end, start + token.raw.length);
    cursor = text.startsWith(token.raw, start) ? end : start;
    return { token, start, end: text.startsWith(token.raw, start) ? end : within.end };
  });
}

function findText(
  text: string,
  raw: string,
  { start, end }: { readonly start: number; readonly end: number },
): number | undefined {
  if (text.startsWith(raw, start)) return start;
  const stretch = text.slice(start, Math.min(end, start + searchWindow));
  const whole = stretch.indexOf(raw.slice(0, searchWindow));
  const at = whole === -1 ? stretch.indexOf(firstLine(raw)) : whole;
  return at === -1 ? undefined : start + at;
}

function firstLine(raw: string): string {
  const trimmed = raw.trimStart();
  const newline = trimmed.indexOf('\n');
  return newline === -1 ? trimmed : trimmed.slice(0, newline);
}

function readAll(reading: Reading, placed: readonly Placed<Token>[], inLink = false): void {
  for (const each of placed) {
    if (is(each, 'heading')) addHeading(reading, each.token);
    if (is(each, 'html')) addHtml(reading, each);
    else if (is(each, 'code')) addCodeBlock(reading, each);
    else if (is(each, 'codespan') && !inLink) {
      reading.codeSpans.push({ text: each.token.text, ...reading.position(each.start) });
    } else if (is(each, 'image') || is(each, 'link')) addLink(reading, each);
    const children = childrenOf(each.token);
    if (children.length > 0) readAll(reading, placeAll(reading, children, each), inLink || each.token.type === 'link');
  }
}

function is<T extends keyof TokenTypes>(placed: Placed<Token>, type: T): placed is Placed<TokenTypes[T]> {
  return placed.token.type === type;
}

interface TokenTypes {
  readonly heading: Tokens.Heading;
  readonly html: Tokens.HTML | Tokens.Tag;
  readonly code: Tokens.Code;
  readonly codespan: Tokens.Codespan;
  readonly link: Tokens.Link;
  readonly image: Tokens.Image;
  readonly list: Tokens.List;
  readonly table: Tokens.Table;
}

function childrenOf(token: Token): readonly Token[] {
  if (token.type === 'image') return [];
  if (token.type === 'list') return (token as Tokens.List).items;
  if (token.type === 'table') {
    const { header, rows } = token as Tokens.Table;
    return [header, ...rows].flat().flatMap((cell) => cell.tokens);
  }
  return 'tokens' in token ? (token.tokens ?? []) : [];
}

function addLink({ links, position }: Reading, { token, start }: Placed<Tokens.Link | Tokens.Image>): void {
  // `[^1]` is a footnote, which the parser takes for a reference link.
  if (token.raw.startsWith('[^')) return;
  links.push({ target: decodeEntities(token.href), image: token.type === 'image', ...position(start) });
}

function addCodeBlock({ text, codeBlocks, position }: Reading, { token, start }: Placed<Tokens.Code>): void {
  const newline = token.codeBlockStyle === 'indented' ? -1 : text.indexOf('\n', start);
  const content = newline === -1 ? start : newline + 1;
  const indent = text.slice(content).search(/[^ \t>]/);
  const language = /^\S{0,50}/.exec(token.lang ?? '')?.[0].toLowerCase() ?? '';
  codeBlocks.push({ language, text: token.text, ...position(content + Math.max(0, indent)) });
}

function addHtml(reading: Reading, { token, start }: Placed<Tokens.HTML | Tokens.Tag>): void {
  const { anchors, headings, links } = readHtml(token.raw);
  for (const anchor of anchors) reading.anchors.add(anchor.toLowerCase());
  for (const heading of headings) reading.anchors.add(reading.slugger.slug(heading));
  for (const { target, image, offset } of links) {
    reading.links.push({ target, image, ...reading.position(start + offset) });
  }
}

/** `{#name}` names a heading outright in several dialects; a `:shortcode:` may have become a picture. */
function addHeading({ anchors, slugger }: Reading, heading: Tokens.Heading): void {
  const text = textOf(heading.tokens);
  const named = /^(.*?)\s{0,5}\{#([\w-]{1,100})\}\s*$/.exec(text);
  if (named?.[2] !== undefined) anchors.add(named[2].toLowerCase());
  anchors.add(slugger.slug(named?.[1] ?? text));
  if (/:[a-z_]{1,40}:/.test(text)) anchors.add(slugOf(text.replace(/:[a-z_]{1,40}:/g, '')));
}

function textOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'image' || token.type === 'html') return '';
      if ('tokens' in token && token.tokens !== undefined) return textOf(token.tokens);
      return 'text' in token ? decodeEntities(token.text) : '';
    })
    .join('');
}
