/** One top-level block of a Terraform file: `resource "aws_s3_bucket" "logs" { … }`. */
export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  /** From 1. */
  readonly line: number;
  /** Text between the braces. */
  readonly body: string;
}

export interface HclFile {
  readonly blocks: readonly HclBlock[];
  /** Where and why reading stopped, if it did before the end. */
  readonly problem: { readonly line: number; readonly reason: string } | undefined;
}

const opening = /([A-Za-z_][\w-]{0,99})((?:[ \t]{1,50}(?:"[^"\n]{0,200}"|[A-Za-z_][\w-]{0,99})){0,3})[ \t]{0,50}\{/y;
const heredoc = /<<[-~]?([A-Za-z_]\w{0,99})[ \t]{0,50}\r?\n/y;

/**
 * Finds the top-level blocks of HCL and looks no deeper: enough to name modules and resources. Comments, strings,
 * templates (`${…}`) and heredocs are stepped over, so that a brace inside them ends nothing. One pass, never throws.
 */
export function readHclBlocks(text: string): HclFile {
  const blocks: HclBlock[] = [];
  const lineAt = lineCursor(text);
  for (let at = 0; at < text.length;) {
    const head = isWordStart(text, at) ? matchAt(opening, text, at) : undefined;
    if (!head) {
      at = skipToken(text, at) ?? endOfWord(text, at);
      continue;
    }
    const start = at + head[0].length;
    const end = closingBrace(text, start);
    const line = lineAt(at);
    if (end === undefined) return { blocks, problem: { line, reason: 'block without its closing brace' } };
    blocks.push({ type: head[1] ?? '', labels: labelsOf(head[2] ?? ''), line, body: text.slice(start, end) });
    at = end + 1;
  }
  return { blocks, problem: undefined };
}

/** The literal string that an attribute of the block's own level holds; undefined for an expression. */
export function stringAttribute(block: HclBlock, name: string): string | undefined {
  let at = 0;
  let depth = 0;
  const attribute = new RegExp(`${name}[ \\t]{0,50}=[ \\t]{0,50}"([^"\\\\$%\\n]{0,500})"`, 'y');
  while (at < block.body.length) {
    const found = depth === 0 && isWordStart(block.body, at) ? matchAt(attribute, block.body, at) : undefined;
    if (found) return found[1];
    const character = block.body[at];
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    at = skipToken(block.body, at) ?? (isWordStart(block.body, at) ? endOfWord(block.body, at) : at + 1);
  }
  return undefined;
}

function labelsOf(written: string): readonly string[] {
  return (written.match(/"[^"\n]*"|[\w-]+/g) ?? []).map((label) => label.replaceAll('"', ''));
}

function closingBrace(text: string, start: number): number | undefined {
  let depth = 1;
  for (let at = start; at < text.length;) {
    const next = skipToken(text, at);
    if (next !== undefined) {
      at = next;
      continue;
    }
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
    at += 1;
  }
  return undefined;
}

/** The end of the comment, string or heredoc that starts here; undefined where none does. An open one ends the text. */
function skipToken(text: string, at: number): number | undefined {
  if (text[at] === '#' || text.startsWith('//', at)) return endOr(text.indexOf('\n', at), text);
  if (text.startsWith('/*', at)) return endOr(text.indexOf('*/', at + 2), text, 2);
  if (text[at] === '"') return endOfString(text, at + 1);
  if (!text.startsWith('<<', at)) return undefined;
  const head = matchAt(heredoc, text, at);
  return head ? endOfHeredoc(text, at + head[0].length, head[1] ?? '') : undefined;
}

/** Inside `${…}` of a string quotes open strings of their own: levels alternate. */
function endOfString(text: string, start: number): number {
  const levels: ('string' | 'template')[] = ['string'];
  let at = start;
  for (; at < text.length && levels.length > 0; at += 1) {
    const character = text[at];
    if (levels.at(-1) === 'string') {
      if (character === '\\') at += 1;
      else if (character === '"' || character === '\n') levels.pop();
      else if ((character === '$' || character === '%') && text[at + 1] === '{') {
        levels.push('template');
        at += 1;
      }
    } else if (character === '"') levels.push('string');
    else if (character === '{') levels.push('template');
    else if (character === '}') levels.pop();
  }
  return Math.min(at, text.length);
}

function endOfHeredoc(text: string, start: number, word: string): number {
  for (let at = start; at < text.length;) {
    const end = endOr(text.indexOf('\n', at), text);
    if (text.slice(at, end).trim() === word) return end;
    at = end + 1;
  }
  return text.length;
}

function endOr(found: number, text: string, length = 0): number {
  return found === -1 ? text.length : found + length;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function isWordStart(text: string, at: number): boolean {
  return isWordCharacter(text[at]) && !isWordCharacter(text[at - 1]);
}

function endOfWord(text: string, at: number): number {
  let end = at + 1;
  while (isWordCharacter(text[at]) && isWordCharacter(text[end])) end += 1;
  return end;
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\w-]/.test(character);
}

/** Lines of offsets that only grow, in one pass over the text. */
function lineCursor(text: string): (offset: number) => number {
  let line = 1;
  let next = text.indexOf('\n');
  return (offset) => {
    for (; next !== -1 && next < offset; next = text.indexOf('\n', next + 1)) line += 1;
    return line;
  };
}
