import type { TextComplaint } from './problem.ts';

/** A larger file is refused unread. */
export const maxPlanBytes = 256 * 1024;

/** Controls but tab and line ends, characters that turn the reading direction, and halves of characters. */
const hiddenCharacter = /(?![\t\n\r])[\p{Cc}\p{Bidi_Control}]|\r(?!\n)|\p{Surrogate}/u;

/** The text of a plan file without its byte order mark, or why it can't be one. */
export function planText(content: string | Uint8Array): { text: string } | { text: string; complaint: TextComplaint } {
  const bytes = typeof content === 'string' ? Buffer.byteLength(content) : content.length;
  if (bytes > maxPlanBytes) return { text: '', complaint: tooLarge(bytes) };
  const text = decode(content);
  if (text === undefined) return { text: '', complaint: notUtf8 };
  const hidden = hiddenCharacter.exec(text);
  return hidden === null ? { text } : { text, complaint: hiddenAt(hidden.index, hidden[0].charCodeAt(0)) };
}

function decode(content: string | Uint8Array): string | undefined {
  if (typeof content === 'string') return content.startsWith('\ufeff') ? content.slice(1) : content;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

function tooLarge(bytes: number): TextComplaint {
  return {
    rule: 'too-large',
    range: { start: 0, end: 0 },
    message: `The plan is ${bytes} bytes long and was not read`,
    expected: `at most ${maxPlanBytes} bytes`,
    found: `${bytes} bytes`,
    remedy: 'Split it into several plans, each with its own file.',
  };
}

const notUtf8: TextComplaint = {
  rule: 'not-utf8',
  range: { start: 0, end: 0 },
  message: 'The file is not UTF-8 text',
  expected: 'UTF-8',
  found: 'bytes that are not UTF-8',
  remedy: 'Save the file as UTF-8.',
};

function hiddenAt(offset: number, code: number): TextComplaint {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return {
    rule: 'hidden-character',
    range: { start: offset, end: offset + 1 },
    message: `The character ${name} can't be seen and may hide what the plan says`,
    expected: 'visible characters, tabs and line ends',
    found: name,
    remedy: 'Delete the character; editors show it when whitespace is made visible.',
  };
}
