import { z } from 'zod';
import type { Severity } from '../protocol/words.ts';
import { efforts } from './plan.ts';
import { clusterSchema } from './schema-cluster.ts';
import { publishSchema, workflowSchema } from './schema-publish.ts';
import { masterSchema, taskSchema, workersSchema } from './schema-tasks.ts';
import * as value from './schema-values.ts';

/**
 * The one schema of plans: types, defaults, messages, JSON Schema and reference come from it. Objects are strict, so
 * that a misspelt key is an error and never a setting that silently does nothing.
 */
const phases = z
  .strictObject({
    preflight: value.duration.default('5m').describe('0: the doors answer'),
    activation: value.duration.default('5m').describe('1: masters claim their assignments'),
    distribution: value.duration.default('5m').describe('2: tasks are reserved and launched'),
    execution: value.duration.default('20m').describe('3: workers work, masters collect'),
    aggregation: value.duration.default('5m').describe('4: results are joined and proved'),
    report: value.duration.default('5m').describe('5: the report is written, pull requests are opened'),
  })
  .prefault({})
  .describe('How long each phase may take; together at most the deadline');

const budget = z
  .strictObject({
    tokens: value.tokens.default(0).describe('All tokens of an execution, reserve included; 0 = no model is used'),
    usd: value.usd
      .optional()
      .describe('Dollars, reserve included; the dearest price of the tokens where it is left out'),
    reserve: value.reserve
      .default('10%')
      .describe('Percent of the budget, or tokens, that pay wrap-ups and escalations'),
  })
  .prefault({})
  .describe('What one execution may cost');

const answer = z.enum(['proceed', 'stop']);

const escalations = z
  .strictObject({
    default: answer.default('stop').describe('What happens when nobody answers'),
    wait: value.duration.default('5m').describe('How long an answer is waited for'),
    severities: z
      .strictObject({
        critical: answer.optional().describe('For questions of severity critical'),
        high: answer.optional().describe('For questions of severity high'),
        medium: answer.optional().describe('For questions of severity medium'),
        low: answer.optional().describe('For questions of severity low'),
        info: answer.optional().describe('For questions of severity info'),
      } satisfies Record<Severity, unknown>)
      .default({})
      .describe('What differs from the default, by severity of the question'),
  })
  .prefault({})
  .describe('Questions that masters put to people');

const criterion = z
  .strictObject({
    id: value.slug.describe('Unique among the criteria'),
    title: value.line.optional().describe('For people; the id where it is left out'),
    level: z
      .enum(['gate', 'target'])
      .default('gate')
      .describe('A failed gate ends the run with exit code 3; a missed target is reported'),
    scope: z.enum(['system', 'master', 'business']).default('system').describe('Where the report lists it'),
    check: z.string().min(1).max(500).describe('CEL over the facts of the execution; must give true or false'),
    when: z.string().min(1).max(500).optional().describe('CEL; false makes the criterion not applicable'),
    reason: value.line.optional().describe('Why `when` may be false; required with it'),
  })
  .describe('One success criterion');

const expect = z
  .strictObject({
    masters: z.int().min(0).max(1000).optional().describe('How many masters people say the plan has'),
    workers: z.int().min(0).max(10_000).optional().describe('How many workers people say the plan has'),
    phases: z.int().min(0).max(100).optional().describe('How many phases people say the plan has'),
    deadline: value.duration.optional().describe('How long people say the plan takes'),
    targets: z
      .array(
        z.strictObject({
          name: value.slug.describe('What is counted'),
          count: z.int().min(0).max(1e9).describe('How many'),
        }),
      )
      .max(100)
      .default([])
      .describe('What people say the plan will bring, each counted target once'),
  })
  .prefault({})
  .describe('What people say of the plan; the linter proves it');

const spec = z.strictObject({
  deadline: value.duration.default('60m').describe('When an execution is over, whatever is unfinished'),
  phases,
  budget,
  thresholds: z
    .array(z.int().min(1).max(100))
    .max(20)
    .default([75, 90])
    .describe('Percent of a budget at which people are told, ascending; at 100 it is closed'),
  escalations,
  parallel: z
    .strictObject({
      masters: z.int().min(1).max(7).default(7).describe('Masters at work at once'),
      workers: z.int().min(1).max(256).default(16).describe('Workers at work at once'),
    })
    .prefault({})
    .describe('How much happens at once'),
  model: z
    .strictObject({
      default: value.line.default('claude-sonnet-5-5').describe('Model of masters and workers'),
      effort: z.enum(efforts).default('medium').describe('How much it thinks'),
    })
    .prefault({})
    .describe('The model, where the run has one'),
  target: z
    .strictObject({
      repository: value.line.default('.').describe('Folder or clone URL of the repository to work on'),
      repositories: z
        .array(
          z.strictObject({
            repository: value.repositoryName.describe('Owner and name on the same GitHub'),
            token: value.variable.describe('Name of the environment variable that holds the token for it'),
          }),
        )
        .max(100)
        .default([])
        .describe('Further repositories that a run may be pointed at, each with a token of its own'),
      cluster: z
        .strictObject({
          namespaces: z.array(z.string().min(1).max(63)).max(100).default(['*']).describe('Names; * = all'),
        })
        .prefault({})
        .describe('What of the cluster is looked at'),
    })
    .prefault({})
    .describe('What the plan works on'),
  cluster: clusterSchema,
  workers: workersSchema.default({}),
  masters: z.array(masterSchema).min(1).max(7).describe('The masters that take part'),
  tasks: z.array(taskSchema).max(256).default([]).describe('Tasks without an owner: rules route them'),
  publish: publishSchema,
  workflow: workflowSchema,
  success: z.array(criterion).max(100).default([]).describe('When the execution counts as a success'),
  expect,
});

export const planSchema = z
  .strictObject({
    apiVersion: z.literal('cortex/v1').describe('Version of this format'),
    kind: z.literal('Plan').describe('Always Plan'),
    metadata: z
      .strictObject({
        name: value.slug.describe('Name of the plan; the name of its file'),
        description: z.string().max(2000).default('').describe('What the plan is for'),
      })
      .describe('What the plan is called'),
    spec: spec.describe('What is to be done'),
  })
  .describe('A Cortex plan');

/** A plan as typed, with the defaults that don't depend on anything else. */
export type WrittenPlan = z.output<typeof planSchema>;
export type WrittenCriterion = z.infer<typeof criterion>;
