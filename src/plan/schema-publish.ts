import { z } from 'zod';
import { groupings, startRoles } from './plan.ts';
import * as value from './schema-values.ts';

const pullRequests = z
  .strictObject({
    max: z.int().min(0).max(100).default(20).describe('Most pull requests that are open at once'),
    perRun: z.int().min(0).max(100).default(10).describe('Most pull requests that one execution opens'),
    pace: z
      .strictObject({
        start: z.int().min(1).max(100).default(5).describe('Open at once, whether or not anybody merges'),
        days: z.int().min(1).max(90).default(7).describe('Days over which merges are counted'),
      })
      .prefault({})
      .describe('Beyond the start, as many may be open as people have merged lately'),
    group: z
      .enum(groupings)
      .default('none')
      .describe('What becomes one pull request: each change, or those of a capability or a master'),
    draft: z.boolean().default(true).describe('Whether pull requests start as drafts'),
    labels: z.array(z.string().min(1).max(50)).max(20).default(['cortex']).describe('Labels of the pull requests'),
    reviewers: z
      .enum(['codeowners', 'none'])
      .default('codeowners')
      .describe('Who is asked for a review: the owners of the paths, or nobody'),
  })
  .prefault({})
  .describe('Fix pull requests');

export const publishSchema = z
  .strictObject({
    branch: value.branch.default('cortex/results').describe('Branch that results and state are committed to'),
    keep: z
      .int()
      .min(1)
      .max(10_000)
      .default(50)
      .describe('Executions whose archives and reports stay on the branch; older ones are in its history alone'),
    pullRequests,
    size: z
      .strictObject({
        files: z.int().min(1).max(1000).default(50).describe('Most files of one change'),
        lines: z.int().min(1).max(100_000).default(2000).describe('Most lines of one change, added and removed'),
      })
      .prefault({})
      .describe('How large a change may be that becomes a pull request'),
    paths: z
      .strictObject({
        allow: z.array(value.glob).min(1).max(100).default(['**']).describe('Globs of paths that a change may touch'),
        deny: z
          .array(value.glob)
          .max(100)
          .default([])
          .describe('Globs of paths that no change may touch; wins over allow'),
      })
      .prefault({})
      .describe('What changes may touch'),
  })
  .prefault({})
  .describe('What becomes of results and changes');

export const workflowSchema = z
  .strictObject({
    runner: value.runnerLabel.default('ubuntu-latest').describe('Label of the runners that masters run on'),
    environment: value.line
      .optional()
      .describe('GitHub environment whose reviewers approve a run before its masters start; none where left out'),
    role: z.enum(startRoles).default('write').describe('Least role in the repository of who starts a run'),
    refs: z
      .array(value.branch)
      .max(20)
      .default([])
      .describe('Branches beside the default one whose runs may write; runs of others are staged'),
  })
  .prefault({})
  .describe('How the plan runs as a workflow of GitHub Actions');
