import { entropyOf, isPlaceholder } from '../../shared/secret-placeholder.ts';

/** A value that only its name makes a credential: offsets of the value, in UTF-16 units. */
export interface AssignedSecret {
  readonly start: number;
  readonly end: number;
}

const secretName =
  '(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|auth[_-]?key)';
const restOfName = '(?<rest>[A-Za-z0-9_.-]{0,40})';

/** `name = "value"`, `"name": 'value'`, `name => "value"`, `name: string = "value"`. */
const quoted = new RegExp(
  String.raw`${secretName}${restOfName}["'\]]{0,2}\s{0,10}(?::\s?string\s?)?(?:=>|:=|[:=])\s{0,10}(?<quote>["'\`])(?<value>[^"'\`\s\\]{12,200})\k<quote>`,
  'gdi',
);

/** `NAME=value` or `name: value` as a whole line, in files whose values need no quotes. */
const unquoted = new RegExp(
  String.raw`${secretName}${restOfName}[ \t]{0,10}[:=][ \t]{0,10}(?<value>[^"'\`\s\\#]{12,200})[ \t]{0,20}\r?$`,
  'gdim',
);
const filesWithoutQuotes = /(?:^|\/)\.env[^/]*$|\.(?:env|properties|ini|cfg|conf|toml|tfvars|ya?ml|npmrc)$/i;

/** A name that ends so holds something about a secret, not the secret. */
const aboutSecrets =
  /(?:name|names|url|uri|path|file|dir|id|ids|ref|refs|type|field|label|header|endpoint|env|var|prefix|suffix|regex|pattern|hash|digest|checksum|sha\d*|count|length|size|limit|ttl|expiry|expires|policy|arn|class|title|text|message|hint|selector|scope|version|provider|manager|store|format|algorithm)$/i;

/**
 * Values assigned to names like `password` or `apiKey` that look random, in the order of the text. `path` decides
 * whether values without quotes count. Lower confidence than a known format: the name and the entropy are all there is.
 */
export function findAssignedSecrets(text: string, path: string): readonly AssignedSecret[] {
  const patterns = filesWithoutQuotes.test(path) ? [quoted, unquoted] : [quoted];
  return patterns.flatMap((pattern) => assigned(text, pattern)).toSorted((a, b) => a.start - b.start);
}

function assigned(text: string, pattern: RegExp): readonly AssignedSecret[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const [start, end] = match.indices?.groups?.['value'] ?? [0, 0];
    const isSecret = !aboutSecrets.test(match.groups?.['rest'] ?? '') && looksRandom(text.slice(start, end));
    return isSecret ? [{ start, end }] : [];
  });
}

function looksRandom(value: string): boolean {
  if (isPlaceholder(value) || isReference(value)) return false;
  const digits = value.replace(/[^0-9]/g, '').length;
  const letters = value.replace(/[^A-Za-z]/g, '').length;
  return digits >= 2 && letters >= 2 && entropyOf(value) >= (isHexadecimal(value) ? 3 : 3.3);
}

/** Names, paths, addresses, calls, versions and identifiers that stand where a secret could. */
function isReference(value: string): boolean {
  if (/^[a-z][a-z0-9+.-]{1,20}:\/\/|^[./~@]|[(){}[\]<>;,|]|::/i.test(value)) return true;
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return true;
  return value.split(/[-_./:]/).every((part) => /^(?:[A-Za-z]{0,30}[0-9]{0,4}|[0-9]{1,4}[A-Za-z]{0,10})$/.test(part));
}

function isHexadecimal(value: string): boolean {
  return /^[0-9a-fA-F]+$/.test(value);
}
