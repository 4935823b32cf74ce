import { z } from 'zod';
import { canonicalJson } from '../shared/canonical.ts';
import { assetSchema } from './asset.ts';
import { changeSchema, reviewSchema } from './change.ts';
import { findingSchema, sha256Schema, silencedSchema } from './finding.ts';

/** An artefact kept under its SHA-256. */
export const evidenceSchema = z.strictObject({
  sha256: sha256Schema,
  title: z.string().min(1),
  mediaType: z.string().min(1),
  bytes: z.int().min(0),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** A number somebody could doubt, with the artefact that proves it. */
export const measurementSchema = z.strictObject({
  /** Dotted, e.g. `coverage.lines.covered`, `tests.cases`. */
  name: z.string().regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/),
  value: z.number(),
  unit: z.string(),
  subject: z.string(),
  evidence: sha256Schema,
});
export type Measurement = z.infer<typeof measurementSchema>;

/** Tokens and money of model calls, from the answers' own usage fields; all zero without a model. */
export const usageSchema = z.strictObject({
  inputTokens: z.int().min(0),
  outputTokens: z.int().min(0),
  cacheReadTokens: z.int().min(0),
  cacheWriteTokens: z.int().min(0),
  microDollars: z.int().min(0),
});
export type Usage = z.infer<typeof usageSchema>;

export const noUsage: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  microDollars: 0,
};

/** Every token of a usage, whatever its kind. */
export function totalTokens(usage: Usage): number {
  return usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
}

export const resultStatuses = ['done', 'partial', 'skipped', 'refused', 'failed'] as const;
export type ResultStatus = (typeof resultStatuses)[number];

/** What a worker returns: content only, sorted, so that equal trees give equal bytes. */
export const resultSchema = z.strictObject({
  v: z.literal(1),
  status: z.enum(resultStatuses),
  /** One line for people: what was looked at and what came out. */
  summary: z.string().min(1),
  findings: z.array(findingSchema),
  silenced: z.array(silencedSchema),
  assets: z.array(assetSchema),
  measurements: z.array(measurementSchema),
  changes: z.array(changeSchema),
  reviews: z.array(reviewSchema),
  evidence: z.array(evidenceSchema),
  /** What the worker should have read and could not, with the reason: never silently left out. */
  unread: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  usage: usageSchema,
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string() }).optional(),
});
export type Result = z.infer<typeof resultSchema>;

/** A result that holds nothing but what it says of itself. */
export function emptyResult(status: ResultStatus, summary: string): Result {
  return {
    v: 1,
    status,
    summary,
    findings: [],
    silenced: [],
    assets: [],
    measurements: [],
    changes: [],
    reviews: [],
    evidence: [],
    unread: [],
    usage: noUsage,
  };
}

/** The termination message of a worker: small enough for a pod's (at most 3 KiB). */
export const envelopeSchema = z.strictObject({
  v: z.literal(1),
  worker: z.string(),
  attempt: z.int().min(1),
  status: z.enum(resultStatuses),
  /** The code that the worker is about to exit with: who finds the envelope later reads the same end. */
  exitCode: z.int().min(0).max(255),
  /** Hash of the result document in the store; null when none could be written. */
  result: sha256Schema.nullable(),
  usage: usageSchema,
  /** What the worker's own process used: user plus system time, and its largest resident set. */
  resources: z.strictObject({ cpuMs: z.int().min(0), peakBytes: z.int().min(0) }),
  error: z.strictObject({ code: z.string(), message: z.string().max(600) }).optional(),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** A pod's termination message may have 4 KiB, and what a container of the pod adds counts too. */
const maxEnvelopeBytes = 3 * 1024;

/** The envelope as it is left: what it says of an error is cut where it would not fit. */
export function envelopeText(envelope: Envelope): string {
  for (let cut = envelope; ;) {
    const text = canonicalJson(cut);
    const excess = Buffer.byteLength(text, 'utf8') - maxEnvelopeBytes;
    if (excess <= 0 || !cut.error || cut.error.message === '') return text;
    // Every character has at least one byte: this gets there in a few steps.
    const message = cut.error.message.slice(0, Math.max(0, cut.error.message.length - Math.ceil(excess / 12)));
    cut = { ...cut, error: { code: cut.error.code.slice(0, 100), message } };
  }
}
