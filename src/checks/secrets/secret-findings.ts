import { findingFingerprint, type Finding } from '../../protocol/finding.ts';
import { sha256 } from '../../shared/canonical.ts';
import type { SecretInText } from './secrets-in-text.ts';

export const secretsTool = { name: 'cortex-secrets', version: '1' } as const;

const remedy =
  'Revoke the credential where it was issued, then read its successor from the environment or a secret store. ' +
  'Removing it from the file is not enough: it stays in the history.';

/**
 * Findings of one file, one per secret however often it stands there, sorted by place. The fingerprint holds the
 * secret's hash inside another hash: it survives line moves and gives nothing away.
 */
export function secretFindings(path: string, text: string, secrets: readonly SecretInText[]): readonly Finding[] {
  const places = placesOf(text);
  const findings = new Map<string, Finding>();
  for (const secret of secrets.toSorted((a, b) => a.start - b.start)) {
    const finding = toFinding(path, text.slice(secret.start, secret.end), { secret, ...places(secret) });
    if (!findings.has(finding.fingerprint)) findings.set(finding.fingerprint, finding);
  }
  return [...findings.values()];
}

interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
}

function toFinding(path: string, value: string, at: Place & { readonly secret: SecretInText }): Finding {
  const { secret, line, column, endLine } = at;
  const ruleId = `secrets/${secret.id}`;
  return {
    fingerprint: findingFingerprint(ruleId, path, sha256(value)),
    ruleId,
    tool: secretsTool,
    severity: secret.severity,
    confidence: secret.confidence,
    subject: path,
    message: `${secret.title} in ${path}${hintOf(secret, value)}`,
    remedy,
    location: { path, line, column, ...(endLine === line ? {} : { endLine }) },
    basis: 'measured',
  };
}

/** The first characters of a token are its kind; those of a password or a URL could be too much of it, or nothing. */
function hintOf(secret: SecretInText, value: string): string {
  const isToken =
    secret.confidence === 'high' && value.length >= 20 && /^[A-Za-z0-9_-]{4}/.test(value) && !value.startsWith('----');
  return isToken ? ` (it begins with ${value.slice(0, 4)})` : '';
}

/** Lines and columns of ascending offsets, counted in one walk over the text. */
function placesOf(text: string): (span: SecretInText) => Place {
  let line = 1;
  let lineStart = 0;
  return ({ start, end }) => {
    for (let next = text.indexOf('\n', lineStart); next !== -1 && next < start; next = text.indexOf('\n', lineStart)) {
      line++;
      lineStart = next + 1;
    }
    const linesInside = text.slice(start, end).split('\n').length - 1;
    return { line, column: start - lineStart + 1, endLine: line + linesInside };
  };
}
