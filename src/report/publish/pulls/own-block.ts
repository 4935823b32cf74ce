/** Between these two lines a text is ours; what people write before and after it stays. */
const begin = '<!-- cortex:begin -->';
const end = '<!-- cortex:end -->';

/** Our text as it stands in a body. */
export function blockOf(text: string): string {
  return `${begin}\n${text.trim()}\n${end}`;
}

/**
 * A body with our block put in place of the old one. Where the old one is gone or torn, it stands first, and all that was
 * there comes after it, so that no word of a person is lost; what is left of our own marks is taken away.
 */
export function withBlock(body: string, text: string): string {
  const parts = around(body);
  const [before, after] = parts?.map((part) => withoutMarkers(part).trim()) ?? ['', leftovers(body)];
  return [before, blockOf(text), after].filter((part) => part !== '').join('\n\n');
}

/** Whether a body holds exactly one whole block. */
export function hasBlock(body: string): boolean {
  return around(body) !== undefined;
}

function around(body: string): readonly [string, string] | undefined {
  const start = body.indexOf(begin);
  const stop = body.indexOf(end);
  const isWhole = start >= 0 && stop > start && body.indexOf(begin, start + 1) < 0 && body.indexOf(end, stop + 1) < 0;
  return isWhole ? [body.slice(0, start).trim(), body.slice(stop + end.length).trim()] : undefined;
}

function leftovers(body: string): string {
  return withoutMarkers(body).replaceAll(begin, '').replaceAll(end, '').trim();
}

const marker = '<!-- cortex:pull-request ';

/** A marker that stayed behind would make two, of which none is believed. One that was cut off ends with its line. */
function withoutMarkers(body: string): string {
  const kept = body.split(/(?=<!-- cortex:pull-request )/).map((piece) => {
    if (!piece.startsWith(marker)) return piece;
    const [line = ''] = piece.split('\n', 1);
    const end = line.indexOf('-->');
    return piece.slice(end < 0 ? line.length : end + '-->'.length);
  });
  return kept.join('');
}
