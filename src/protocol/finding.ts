import { z } from 'zod';
import { sha256 } from '../shared/canonical.ts';
import { severities } from './words.ts';

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits');

/** A place in a file of the workspace; lines and columns count from 1. */
export const locationSchema = z.strictObject({
  path: z.string().min(1),
  line: z.int().min(1),
  column: z.int().min(1).optional(),
  endLine: z.int().min(1).optional(),
});
export type Location = z.infer<typeof locationSchema>;

/**
 * Something true and checkable about a subject. Holds content only: no time, no execution, so that two
 * runs over the same tree give the same bytes.
 */
export const findingSchema = z.strictObject({
  fingerprint: sha256Schema,
  /** `<capability>/<rule>`, e.g. `workflows/no-timeout`. */
  ruleId: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  severity: z.enum(severities),
  confidence: z.enum(['high', 'medium', 'low']),
  /** What it is about, stable under line moves, e.g. `.github/workflows/ci.yaml#jobs.build`. */
  subject: z.string(),
  message: z.string(),
  remedy: z.string(),
  location: locationSchema.optional(),
  basis: z.enum(['measured', 'estimated']),
  /** The capability of implementation-worker that has a rule-made fix, where there is one. */
  fix: z.string().optional(),
  references: z.array(z.string()).optional(),
});
export type Finding = z.infer<typeof findingSchema>;

/** A finding that a person has silenced, with the reason they gave and where they gave it. */
export const silencedSchema = z.strictObject({
  finding: findingSchema,
  reason: z.string().min(1),
  by: z.string().min(1),
});
export type Silenced = z.infer<typeof silencedSchema>;

/** Identity of a finding: rule, subject and normalised snippet; whitespace and line numbers don't count. */
export function findingFingerprint(ruleId: string, subject: string, snippet: string): string {
  return sha256([ruleId, subject, snippet.replace(/\s+/g, ' ').trim()].join('\n'));
}
