/**
 * Text that a terminal shows and doesn't obey: control characters and those that turn the direction of writing are
 * taken out, whatever repository, plan or tool they came from. Line breaks and tabs become blanks.
 */
export function printable(text: string): string {
  return text.replace(/[\n\r\t]+/g, ' ').replace(/[\p{Cc}\p{Cf}]/gu, '');
}
