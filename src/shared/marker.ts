import { canonicalJson, sha256, type Json } from './canonical.ts';

/** What a marker says; `damaged` where somebody has edited it, cut it off, or wrote it in a form that is not known here. */
export type Marker = { readonly data: Json } | 'damaged';

const version = 'v1';

/**
 * Data as a hidden HTML comment on one line, to find again what was written: `<!-- cortex:<kind> v1 <checksum> <json> -->`.
 * Plain ASCII; nothing in it ends the comment, mentions, refers or links. `kind` is lower-case words joined by hyphens.
 */
export function writeMarker(kind: string, data: Json): string {
  const json = canonicalJson(data);
  return `<!-- cortex:${kind} ${version} ${checksum(json)} ${hidden(json)} -->`;
}

/** Every marker of that kind in a text, in order. Time is linear in the text, whoever wrote it. */
export function readMarkers(text: string, kind: string): readonly Marker[] {
  return text
    .split('<!-- ')
    .slice(1)
    .filter((piece) => piece.startsWith(`cortex:${kind} `))
    .map((piece) => {
      const end = piece.indexOf('-->');
      return end === -1 ? 'damaged' : parse(piece.slice(`cortex:${kind} `.length, end));
    });
}

function parse(inside: string): Marker {
  const [, written, sum, json] = /^(v\d+) ([0-9a-f]+) (.*) $/s.exec(inside) ?? [];
  if (written !== version || json === undefined) return 'damaged';
  try {
    const data = JSON.parse(json) as Json;
    return checksum(canonicalJson(data)) === sum ? { data } : 'damaged';
  } catch {
    return 'damaged';
  }
}

function checksum(json: string): string {
  return sha256(json).slice(0, 16);
}

/** All that is special stands inside of strings, as JSON has no such marks outside of them: escapes keep the data. */
function hidden(json: string): string {
  return json.replace(/[^\x20-\x7e]|[<>&@#`]|(?<=-)-|(?<=\/)\//g, escape);
}

function escape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
