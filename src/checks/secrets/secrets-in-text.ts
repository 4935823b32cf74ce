import type { Finding } from '../../protocol/finding.ts';
import type { Severity } from '../../protocol/words.ts';
import { findSecretFormats, secretFormat } from '../../shared/secret-formats.ts';
import { findAssignedSecrets } from './assignments.ts';

/** A credential inside a text: offsets in UTF-16 units. */
export interface SecretInText {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: Finding['confidence'];
  readonly start: number;
  readonly end: number;
}

/** Formats that say by themselves what they are, but often stand for something short-lived or local. */
const lessCertain = new Set(['jwt', 'basic-auth-url', 'stripe-test-key']);

/** Credentials of known formats, sorted by place. */
export function knownSecrets(text: string): readonly SecretInText[] {
  return findSecretFormats(text).map((span) => ({
    ...span,
    severity: secretFormat(span.id)?.severity ?? 'high',
    confidence: lessCertain.has(span.id) ? 'medium' : 'high',
  }));
}

/** Values under telling names that no known format covers, sorted by place. */
export function assignedSecrets(text: string, path: string): readonly SecretInText[] {
  const values = findAssignedSecrets(text, path);
  if (values.length === 0) return [];
  const known = findSecretFormats(text);
  return values
    .filter((value) => !known.some((span) => span.start < value.end && value.start < span.end))
    .map((value) => ({
      ...value,
      id: 'generic-assignment',
      title: 'Secret in plain text',
      severity: 'medium',
      confidence: 'low',
    }));
}
