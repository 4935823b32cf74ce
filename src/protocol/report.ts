import { z } from 'zod';
import { disruptionCauses } from './attempt.ts';
import { criterionResultSchema, failureClasses } from './event.ts';
import { assetSchema } from './asset.ts';
import { findingSchema, sha256Schema, silencedSchema } from './finding.ts';
import { measurementSchema, resultStatuses } from './result.ts';
import { assetKinds } from './asset.ts';
import { masterNames, type MasterName, phaseNames, severities, workerKinds } from './words.ts';

const count = z.int().min(0);
const time = z.string();

/** A number that somebody could doubt, and the artefact that proves it. */
const figure = z.strictObject({ value: z.number(), unit: z.string(), evidence: sha256Schema });
export type Figure = z.infer<typeof figure>;

/** Budget that was moved, hand-offs that were not picked up in time, masters whose claim was taken from a silent process. */
const coordination = z.strictObject({
  budget_moves: z.array(
    z.strictObject({
      from: z.enum([...masterNames, 'reserve', 'person']),
      to: z.enum(masterNames),
      tokens: count,
      usd: z.number().min(0),
      reason: z.string(),
    }),
  ),
  expired_handoffs: z.array(
    z.strictObject({
      from: z.enum(masterNames),
      to: z.enum(masterNames),
      task_id: z.string(),
      need: z.string(),
      reason: z.string(),
      picked_up_late: z.boolean(),
    }),
  ),
  silent_masters: z.array(
    z.strictObject({ master: z.enum(masterNames), owner: z.string(), silent_seconds: z.number().min(0) }),
  ),
});

const task = z.strictObject({
  task_id: z.string(),
  title: z.string(),
  worker_type: z.enum(workerKinds),
  capability: z.string(),
  master: z.enum(masterNames).nullable(),
  status: z.enum(['complete', 'failed', 'blocked', 'skipped', 'pending']),
  result_status: z.enum(resultStatuses).nullable(),
  summary: z.string(),
  /** What is missing, for a skipped task: `model`. */
  missing: z.string().nullable(),
  attempts: count,
  routing: z.strictObject({ strategy: z.string(), confidence: z.number(), reason: z.string() }).nullable(),
  findings: count,
  assets: count,
  changes: count,
  unread: count,
  result: sha256Schema.nullable(),
});

const worker = z.strictObject({
  worker_id: z.string(),
  worker_type: z.enum(workerKinds),
  capability: z.string(),
  parent_master: z.enum(masterNames),
  task_id: z.string(),
  attempt: z.int().min(1),
  node: z.string(),
  /** The pod that it ran as; null where it ran as a child process, or never had a place. */
  pod: z.string().nullable().default(null),
  status: z.enum(['completed', 'failed', 'running']),
  started_at: time,
  completed_at: time.nullable(),
  duration_seconds: z.number().nullable(),
  cpu_seconds: z.number().nullable(),
  peak_mebibytes: z.number().nullable(),
  tokens_used: count,
  failure: z
    .strictObject({ class: z.enum(failureClasses), cause: z.enum(disruptionCauses).optional(), detail: z.string() })
    .nullable(),
  result: sha256Schema.nullable(),
});

const master = z.strictObject({
  status: z.enum(['pending', 'active', 'reported', 'failed']),
  outcome: z.enum(['complete', 'partial', 'failed']).nullable(),
  expertise: z.string(),
  summary: z.string(),
  activated_at: time.nullable(),
  reported_at: time.nullable(),
  tasks: z.strictObject({ done: count, failed: count, blocked: count, skipped: count }),
  workers_spawned: count,
  token_budget: count,
  tokens_used: count,
  usd_used: z.number(),
  findings: count,
  assets: count,
  changes: count,
});

const change = z.strictObject({
  fingerprint: sha256Schema,
  title: z.string(),
  task_id: z.string(),
  master: z.enum(masterNames),
  engine: z.string(),
  verdict: z.enum(['proven', 'rejected', 'unjudged']),
  reason: z.string(),
  base_commit: z.string(),
  files: z.array(z.strictObject({ path: z.string(), added: count, removed: count })),
  findings_gone: z.array(sha256Schema),
  before: z.strictObject({ findings: count, evidence: sha256Schema }),
  after: z.strictObject({ findings: count, evidence: sha256Schema }),
  /** Paths below `archives/{id}/changes/`. */
  patch: z.string(),
  pull_request: z.string(),
});

/**
 * `{id}-results.json`: the aggregate of an execution. The first block keeps the names that Cortex has always used.
 * Each `figures` entry, each measurement and each change names the artefact that proves it; all of them lie under
 * `archives/{id}/evidence/`.
 */
export const reportSchema = z.strictObject({
  v: z.literal(1),
  execution_id: z.string(),
  completed_at: time,
  duration_minutes: z.number(),
  masters: z.partialRecord(z.enum(masterNames), master),
  totals: z.strictObject({
    tokens_used: count,
    tokens_budget: count,
    /** Used over budget; null when no token was used, as without a model. */
    efficiency: z.number().nullable(),
    assets_discovered: count,
    /** Null when no worker looked for vulnerable dependencies. */
    cves_found: count.nullable(),
    /** Null when the run could not open pull requests; proven changes are counted apart. */
    prs_created: count.nullable(),
    tests_added: count.nullable(),
    assets_before: count,
    assets_after: count,
    findings: count,
    findings_silenced: count,
    changes_proposed: count,
    changes_proven: count,
    workers_started: count,
    workers_completed: count,
    usd_used: z.number(),
    usd_budget: z.number(),
  }),
  simulated: z.boolean(),
  status: z.enum(['complete', 'partial', 'failed', 'cancelled']),
  plan: z.strictObject({ name: z.string(), file: z.string(), digest: sha256Schema }),
  repository: z.string(),
  commit: z.string(),
  started_at: time,
  deadline_minutes: z.number(),
  resumed: count,
  /** Tokens of the reserve. */
  reserve_tokens: count,
  figures: z.record(z.string(), figure),
  phases: z.array(
    z.strictObject({
      phase: z.enum(phaseNames),
      started_at: time,
      /** Null for a phase that was still open when the report was built. */
      ended_at: time.nullable(),
      limit_minutes: z.number(),
      overran: z.boolean(),
      exit: z.array(z.strictObject({ id: z.string(), met: z.boolean(), detail: z.string() })),
    }),
  ),
  criteria: z.array(criterionResultSchema),
  tasks: z.array(task),
  workers: z.array(worker),
  findings_by_severity: z.record(z.enum(severities), count),
  findings: z.array(findingSchema.extend({ task_id: z.string() })),
  silenced: z.array(silencedSchema.extend({ task_id: z.string() })),
  assets_by_kind: z.partialRecord(z.enum(assetKinds), count),
  assets_discovered: z.array(z.string()),
  measurements: z.array(measurementSchema.extend({ task_id: z.string() })),
  changes: z.array(change),
  /** Absent where the coordinator had nothing to do between masters. */
  coordination: coordination.optional(),
  escalations: z.array(
    z.strictObject({
      escalation: z.string(),
      master: z.enum(masterNames),
      severity: z.enum(severities),
      issue: z.string(),
      recommendation: z.string(),
      raised_at: time,
      answer: z.strictObject({ choice: z.string(), by: z.string() }).nullable(),
    }),
  ),
  preflight: z.array(
    z.strictObject({
      check: z.string(),
      ok: z.boolean().nullable(),
      seen: z.string(),
      needed: z.string(),
      remedy: z.string().optional(),
    }),
  ),
  /** What was left out of the snapshot, and what workers could not read: each with its reason. */
  left_out: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  unread: z.array(z.strictObject({ task_id: z.string(), path: z.string(), reason: z.string() })),
  evidence: z.array(
    z.strictObject({
      sha256: sha256Schema,
      title: z.string(),
      media_type: z.string(),
      bytes: count,
      file: z.string(),
      task_id: z.string().nullable(),
    }),
  ),
});
export type Report = z.infer<typeof reportSchema>;
export type MasterEntry = z.infer<typeof master>;

/** The masters that took part, in the order of masters. */
export function mastersOf(report: Report): readonly { readonly name: MasterName; readonly master: MasterEntry }[] {
  return masterNames.flatMap((name) => {
    const entry = report.masters[name];
    return entry ? [{ name, master: entry }] : [];
  });
}

/** The assets of an execution, kept beside its report: the baseline of the next one. */
export const assetListSchema = z.strictObject({
  v: z.literal(1),
  execution_id: z.string(),
  completed_at: z.string(),
  assets: z.array(assetSchema),
});
export type AssetList = z.infer<typeof assetListSchema>;
