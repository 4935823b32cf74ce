import { z } from 'zod';
import { masterNames, priorities, workerKinds, type WorkerKind } from '../protocol/words.ts';
import { areas } from './plan.ts';
import { cpu, duration, line, runnerLabel, size, slug, text, tokens, usd } from './schema-values.ts';

const resources = z
  .strictObject({
    cpu: cpu.optional().describe('Processors that a worker asks for; it may use more'),
    memory: size.optional().describe('Memory that a worker asks for and may not exceed'),
    disk: size.optional().describe('Scratch space that a worker asks for and may not exceed'),
  })
  .describe('What one worker needs of a node');

const retries = z.int().min(0).max(10);

const workerSchema = z
  .strictObject({
    tokens: tokens.optional().describe('Tokens of one attempt at a task that needs a model'),
    usd: usd.optional().describe('Dollars of one attempt; the dearest price of the tokens where it is left out'),
    timeout: duration.optional().describe('Time limit of one attempt'),
    retries: retries.optional().describe('Further attempts after the first; each is reserved in the budget'),
    resources: resources.optional(),
    model: line.optional().describe('Model of this kind of worker; spec.model.default where it is left out'),
  })
  .describe('Defaults of one kind of worker');

type WorkerSchema = typeof workerSchema;
const workerShape = Object.fromEntries(workerKinds.map((kind) => [kind, workerSchema.optional()] as const)) as Record<
  WorkerKind,
  z.ZodOptional<WorkerSchema>
>;

export const workersSchema = z.strictObject(workerShape).describe('Defaults per kind of worker');

export const taskSchema = z
  .strictObject({
    id: slug.describe('Unique in the whole plan; names the worker too'),
    title: line.optional().describe('For people; the title of the capability where it is left out'),
    goal: text.optional().describe('What done means; the title where it is left out'),
    area: z.enum(areas).optional().describe('What a task without an owner is about, for the rules that route it'),
    worker: z.enum(workerKinds).describe('The kind of worker that does it'),
    capability: z.string().min(1).max(60).describe('What the worker does; each kind has its own capabilities'),
    priority: z.enum(priorities).default('medium').describe('Which tasks start first and are given up last'),
    needs: z.array(slug).max(64).default([]).describe('Tasks that must be complete before, of any master'),
    inputs: z
      .record(z.string(), z.json())
      .default({})
      .describe('What the capability is given; checked by its own schema'),
    tokens: tokens.optional().describe('Tokens of one attempt'),
    usd: usd.optional().describe('Dollars of one attempt'),
    timeout: duration.optional().describe('Time limit of one attempt'),
    retries: retries.optional().describe('Further attempts after the first'),
    resources: resources.optional(),
  })
  .describe('One piece of work for one worker');

export const masterSchema = z
  .strictObject({
    name: z.enum(masterNames).describe('One of the seven masters'),
    mission: text.optional().describe('What this master is to achieve in this plan'),
    budget: z
      .strictObject({
        tokens: tokens
          .optional()
          .describe('All that the master and its workers may use; personal + pool where left out'),
        personal: tokens.optional().describe('What the master may use itself, to decide and to judge'),
        pool: tokens.optional().describe('What its workers may use, every retry included'),
        usd: usd.optional().describe('Dollars; the dearest price of the tokens where it is left out'),
      })
      .default({})
      .describe('Budget of the master; what its tasks reserve where it is left out'),
    runner: runnerLabel
      .optional()
      .describe('Label of the runner of its job; spec.workflow.runner where it is left out'),
    tasks: z.array(taskSchema).max(256).default([]).describe('Tasks of this master'),
  })
  .describe('A master and what it has its workers do');

export type WrittenTask = z.infer<typeof taskSchema>;
export type WrittenMaster = z.infer<typeof masterSchema>;
export type WrittenWorkers = z.infer<typeof workersSchema>;
export type WrittenResources = z.infer<typeof resources>;
