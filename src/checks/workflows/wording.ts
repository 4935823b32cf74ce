const longest = 120;
/** Control and format characters (such as those that reverse a line) and line separators. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text of a repository as a message may show it: in quotes, at most 120 characters, nothing that a terminal obeys. */
export function quoted(text: string): string {
  const short = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return `"${short.replace(unprintable, '�')}"`;
}
