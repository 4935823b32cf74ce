/** Whether a host holds what is to be written: it may give a text back with other line ends, or without its last one. */
export function isSameText(there: string | undefined, wanted: string): boolean {
  return there?.replaceAll('\r\n', '\n').trim() === wanted.trim();
}
