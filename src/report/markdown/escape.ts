/**
 * Text from outside (messages, paths, titles, summaries) as Markdown that shows it and does nothing else: no markup, no
 * HTML, no link, no mention, no line break, bounded in length. Whatever of it enters a report goes through here.
 */

/** Breaks what GitHub would make live in any text, code or not, and can't be seen. */
export const invisibleBreak = '\u200B';

/** No text is looked at beyond this: what is shown of one is far shorter. */
const maxRead = 20_000;

/** Text on one line without control, direction or invisible characters, cut to a number of characters. */
export function oneLine(text: string, maxLength = 300): string {
  const clean = text
    .slice(0, maxRead)
    .replace(/[\p{Cf}\p{Cs}]/gu, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  const characters = Array.from(clean);
  return characters.length <= maxLength
    ? clean
    : `${characters
        .slice(0, maxLength - 1)
        .join('')
        .trimEnd()}…`;
}

/** Text for a sentence, a list item or a table cell. */
export function plain(text: string, maxLength = 300): string {
  const escaped = defuse(oneLine(text, maxLength))
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]~$]/g, '\\$&')
    .replace(/\|/g, '&#124;');
  return escaped.replace(/^([#+=:-]|\d{1,9}(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));
}

/** Text that more text follows: ends with a full stop where it has no end of its own. */
export function sentence(text: string, maxLength = 300): string {
  const shown = plain(text, maxLength);
  return shown === '' || /[.!?…]$/.test(shown) ? shown : `${shown}.`;
}

/** A name, a path or an expression as code; as plain text where a code span could not hold it in a table. */
export function code(text: string, maxLength = 200): string {
  const shown = oneLine(text, maxLength);
  if (shown === '') return '(empty)';
  return /[`|]/.test(shown) ? plain(shown, maxLength) : `\`${shown}\``;
}

/** A link to a file of ours; `text` is Markdown already, `path` is any text. */
export function link(text: string, path: string): string {
  return `[${text}](${encodePath(path)})`;
}

/** Text that can stand anywhere in a Mermaid diagram: letters, digits and a few marks. */
export function mermaidLabel(text: string): string {
  const safe = text
    .slice(0, maxRead)
    .replace(/[^A-Za-z0-9._/-]+/g, ' ')
    .trim();
  return safe.slice(0, 60).trimEnd() || 'unnamed';
}

/** Whether a path or an id can be pasted into a shell as it stands, and is no option. */
export function isShellSafe(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._/-]{0,299}$/.test(text);
}

/** Takes mentions, issue numbers and addresses apart, so that nothing makes them live. */
export function defuse(text: string): string {
  return text
    .replace(/@/g, `@${invisibleBreak}`)
    .replace(/#(?=\d)/g, `#${invisibleBreak}`)
    .replace(/\bGH-(?=\d)/gi, `$&${invisibleBreak}`)
    .replace(/:(?=\/\/)/g, `:${invisibleBreak}`)
    .replace(/www(?=\.)/gi, `$&${invisibleBreak}`);
}

function encodePath(path: string): string {
  const wellFormed = path.replace(/\p{Cs}/gu, '\uFFFD');
  const encode = (part: string): string =>
    encodeURIComponent(part).replace(/[!'()*~]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return wellFormed.split('/').map(encode).join('/');
}
