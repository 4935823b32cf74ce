import { spansInJson, type Span } from './mask-json.ts';
import { findSecretFormats } from './secret-formats.ts';

/** Shorter values would blot out ordinary words. */
const minLength = 6;
const mask = '***';

/**
 * A function that replaces the given values (those of 6 characters or more) and every known credential format by `***`.
 * Values are also found URL-encoded, JSON-escaped, and in base64, even inside a longer text that was encoded whole.
 * Idempotent. A text that is one JSON document stays one: inside strings whole escapes are replaced, a number
 * becomes `"***"`, and its structure is left alone.
 */
export function createMasker(values: readonly string[]): (text: string) => string {
  const forms = [...new Set(values.filter((value) => value.length >= minLength).flatMap(formsOf))];
  return (text) => {
    // A replacement can complete another value that holds asterisks: pass again for as long as the text gets shorter.
    for (let current = text; ;) {
      const next = maskOnce(current, forms);
      if (next.length >= current.length) return next;
      current = next;
    }
  };
}

/** A masker of values that become known in the course of time. */
export function growingMasker(values: () => readonly string[]): (text: string) => string {
  let known = -1;
  let mask: (text: string) => string = (text) => text;
  return (text) => {
    const now = values();
    if (now.length !== known) {
      mask = createMasker(now);
      known = now.length;
    }
    return mask(text);
  };
}

function maskOnce(text: string, forms: readonly string[]): string {
  const spans = merged([...forms.flatMap((form) => occurrences(text, form)), ...findSecretFormats(text)]);
  if (spans.length === 0) return text;
  return replaced(text, isJson(text) ? spansInJson(text, spans) : spans);
}

function replaced(text: string, spans: readonly Span[]): string {
  let result = '';
  let position = 0;
  for (const span of spans) {
    result += text.slice(position, span.start) + (span.quoted === true ? `"${mask}"` : mask);
    position = span.end;
  }
  return result + text.slice(position);
}

function occurrences(text: string, form: string): readonly Span[] {
  const spans: Span[] = [];
  for (let start = text.indexOf(form); start !== -1; start = text.indexOf(form, start + 1)) {
    spans.push({ start, end: start + form.length });
  }
  return spans;
}

/** Sorted, and with those that touch or overlap made one: two values that share characters leave no rest. */
function merged(spans: readonly Span[]): readonly Span[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}

function isJson(text: string): boolean {
  if (!/^\s*[[{"]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function formsOf(value: string): readonly string[] {
  // Through bytes, because encodeURIComponent throws on half a surrogate pair.
  const url = encodeURIComponent(Buffer.from(value, 'utf8').toString('utf8'));
  const urlLower = url.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
  const escaped = JSON.stringify(value).slice(1, -1);
  return [value, url, urlLower, url.replaceAll('%20', '+'), escaped, ...base64FormsOf(value)];
}

/** What the value becomes when it is encoded alone or inside a longer text, whose length before it shifts the bits. */
function base64FormsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const inner = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // Characters that also hold bits of a neighbour are left off on both sides.
    return encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
  });
  const whole = bytes.toString('base64');
  return [whole, whole.replace(/=+$/, ''), ...inner].flatMap((form) => [form, urlSafe(form)]);
}

function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}
