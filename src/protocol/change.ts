import { z } from 'zod';
import { sha256Schema } from './finding.ts';

/** One file of a change, by content hash of the whole file; null = the file does not exist on that side. */
export const fileChangeSchema = z.strictObject({
  path: z.string().min(1),
  mode: z.enum(['100644', '100755']),
  before: sha256Schema.nullable(),
  after: sha256Schema.nullable(),
  addedLines: z.int().min(0),
  removedLines: z.int().min(0),
});

/** The same tool on the tree before and after: what it counted and where its whole output is kept. */
export const proofSchema = z.strictObject({
  tool: z.string(),
  before: z.strictObject({ findings: z.int().min(0), evidence: sha256Schema }),
  after: z.strictObject({ findings: z.int().min(0), evidence: sha256Schema }),
  /** Fingerprints that the change makes go away. */
  gone: z.array(sha256Schema).min(1),
  /** Fingerprints that the change brings in; a change with any is refused. */
  introduced: z.array(sha256Schema).max(0),
});

/** A proposed edit as data, made by a worker, applied by the publisher alone. Content only. */
export const changeSchema = z.strictObject({
  fingerprint: sha256Schema,
  title: z.string().min(1).max(120),
  capability: z.string(),
  engine: z.string(),
  baseCommit: z.string().regex(/^[0-9a-f]{40,64}$/),
  files: z.array(fileChangeSchema).min(1),
  /** Unified diff, `git apply`-able at the base commit. */
  patch: z.string().min(1),
  proof: proofSchema,
  pullRequest: z.strictObject({ branchSlug: z.string().regex(/^[a-z0-9-]+$/), title: z.string(), body: z.string() }),
});
export type Change = z.infer<typeof changeSchema>;

/** What a review-worker says of one change: every gate with what it saw. */
export const reviewSchema = z.strictObject({
  change: sha256Schema,
  verdict: z.enum(['approve', 'request-changes']),
  gates: z.array(z.strictObject({ gate: z.string(), passed: z.boolean(), detail: z.string() })).min(1),
});
export type Review = z.infer<typeof reviewSchema>;
