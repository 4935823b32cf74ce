import { code, defuse, invisibleBreak, oneLine } from '../../markdown/escape.ts';
import { tamed } from '../../markdown/tame.ts';

/**
 * Text by somebody else in what we write and read back: whatever it is shown as, it begins no hidden comment, so that
 * nobody's words can pass for a marker or a box of ours.
 */
export function unmarked(text: string): string {
  return text.replaceAll('<!--', `<${invisibleBreak}!--`);
}

/** A path, an id or another name as code. */
export function named(text: string, maxLength = 200): string {
  return unmarked(code(text, maxLength));
}

/** Several lines of Markdown. */
export function quoted(text: string, maxLength: number): string {
  return unmarked(tamed(text, maxLength));
}

/** A title of a pull request, or a line of a commit: it closes no issue, calls nobody and switches no check off. */
export function titleText(text: string, maxLength = 120): string {
  return defuse(
    oneLine(
      text.replace(/[[\]]/g, (mark) => (mark === '[' ? '(' : ')')),
      maxLength,
    ),
  );
}

/** A text as a fenced block that its own fences can't end; characters that can't be seen are spelled out. */
export function fencedText(language: string, text: string, maxLength: number): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}\n…` : text;
  const shown = cut.replace(/[\p{Cf}\p{Cs}]|[^\P{Cc}\t\n]/gu, spelled).replace(/\n+$/, '');
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return unmarked(`${fence}${language}\n${shown}\n${fence}`);
}

function spelled(character: string): string {
  return character === '\r' ? '' : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** A file of a branch as a link. `text` is Markdown already. */
export function fileLink(
  text: string,
  place: { readonly repository: string; readonly branch: string; readonly path: string },
): string {
  const encode = (part: string): string =>
    encodeURIComponent(part.replace(/\p{Cs}/gu, '\uFFFD')).replace(
      /[!'()*~]/g,
      (mark) => `%${mark.charCodeAt(0).toString(16)}`,
    );
  const whole = [...place.branch.split('/'), ...place.path.split('/')].map(encode).join('/');
  return `[${text}](${place.repository}/blob/${whole})`;
}
