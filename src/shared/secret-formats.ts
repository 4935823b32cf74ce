import { secretFormats, type SecretFormat } from './secret-format-table.ts';
import { entropyOf, isPlaceholder } from './secret-placeholder.ts';

export { secretFormats, type SecretFormat };

/** A known credential inside a text: offsets in UTF-16 units, of the secret itself and not of what surrounds it. */
export interface SecretSpan {
  readonly id: string;
  readonly title: string;
  readonly start: number;
  readonly end: number;
}

/** Hexadecimal of 32 random digits lies near 3.6 and rarely under 3; words and padding lie lower. */
const generalEntropyFloor = 2.8;

/**
 * Every well-known credential in a text, sorted by `start` and without overlaps (of two, the one that begins first,
 * then the more specific format). Placeholders (`…EXAMPLE`, `xxxx`, `<token>`, `${VAR}`, equal characters) are left out.
 */
export function findSecretFormats(text: string): readonly SecretSpan[] {
  const spans = secretFormats.filter((format) => mayHold(text, format)).flatMap((format) => spansOf(text, format));
  return withoutOverlaps(spans);
}

/** The format of an id that `findSecretFormats` gave. */
export function secretFormat(id: string): SecretFormat | undefined {
  return secretFormats.find((format) => format.id === id);
}

function mayHold(text: string, format: SecretFormat): boolean {
  return format.keywords.some((keyword) => text.includes(keyword));
}

function spansOf(text: string, format: SecretFormat): readonly SecretSpan[] {
  const spans: SecretSpan[] = [];
  for (const match of text.matchAll(format.pattern)) {
    const [start, end] = match.indices?.groups?.['secret'] ?? [match.index, match.index + match[0].length];
    if (isCredential(text.slice(start, end), format)) spans.push({ id: format.id, title: format.title, start, end });
  }
  return spans;
}

function isCredential(secret: string, format: SecretFormat): boolean {
  if (secret.startsWith('-----BEGIN ')) return hasKeyMaterial(secret);
  return !isPlaceholder(secret) && entropyOf(secret) >= (format.minEntropy ?? generalEntropyFloor);
}

/** A PEM block in documentation says `...` or `<key>`; a key has whole lines of varied base64. */
function hasKeyMaterial(pem: string): boolean {
  const line = /[A-Za-z0-9+/=]{40}/.exec(pem.replace(/\\[nr]/g, '\n'))?.[0];
  return line !== undefined && entropyOf(line) >= 3;
}

/** Sorting is stable: of two that begin together, the earlier of the table stays. */
function withoutOverlaps(spans: readonly SecretSpan[]): readonly SecretSpan[] {
  const kept: SecretSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    if (span.start >= (kept.at(-1)?.end ?? 0)) kept.push(span);
  }
  return kept;
}
