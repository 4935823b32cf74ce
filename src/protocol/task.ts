import { z } from 'zod';
import { sha256Schema } from './finding.ts';
import { masterNames, workerKinds } from './words.ts';

/** What one worker attempt gets: everything it may know, nothing it may not. */
export const taskSchema = z.strictObject({
  v: z.literal(1),
  execution: z.string(),
  master: z.enum(masterNames),
  task: z.string(),
  attempt: z.int().min(1),
  kind: z.enum(workerKinds),
  capability: z.string(),
  goal: z.string(),
  inputs: z.record(z.string(), z.json()),
  /** Hash of the snapshot manifest. */
  workspace: sha256Schema,
  /** Hash of the history document, where the capability needs one. */
  history: sha256Schema.optional(),
  /** Results of the tasks that this one needs, by task id. */
  upstream: z.array(z.strictObject({ task: z.string(), capability: z.string(), result: sha256Schema })),
  /** Set in a rehearsal: the worker does nothing but wait, and returns this result. */
  rehearsal: z.strictObject({ result: sha256Schema, durationMs: z.int().min(0) }).optional(),
  limits: z.strictObject({
    timeoutMs: z.int().min(1),
    memoryBytes: z.int().min(1),
    tokens: z.int().min(0),
    microDollars: z.int().min(0),
  }),
});
export type Task = z.infer<typeof taskSchema>;
