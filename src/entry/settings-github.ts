import type { Setting } from './setting.ts';

/** Settings of what goes to GitHub, and of what was agreed on there. */
export const githubSettings: readonly Setting[] = [
  {
    flag: 'digest',
    type: 'string',
    value: '<sha256>',
    help: 'Go on only where the plan has this digest, the one that people have seen',
    commands: ['run', 'publish'],
    input: 'digest',
  },
  {
    flag: 'mode',
    type: 'string',
    value: 'staged|apply',
    help: 'Show what would be written, or write it (default: staged); a workflow has preview and auto as well',
    commands: ['publish'],
    input: 'mode',
  },
  {
    flag: 'target-repository',
    type: 'string',
    value: '<owner/name>',
    help: 'Repository that the run works on, one that the plan names (default: its own)',
    commands: ['publish'],
    input: 'target-repository',
  },
  {
    flag: 'code-scanning',
    type: 'boolean',
    help: 'Send findings to code scanning as well',
    commands: ['publish'],
    input: 'code-scanning',
  },
  {
    flag: 'json',
    type: 'boolean',
    help: 'Print one JSON document and nothing else',
    commands: ['publish'],
  },
];

/** An input of the action that is no flag, or an output of it. */
export interface ActionWord {
  readonly name: string;
  readonly description: string;
  /** Commands of the action that take or give it. */
  readonly commands: readonly string[];
  readonly default?: string;
}

/** Inputs of the action that are no flags: what is run, and what travels between the jobs of a workflow. */
export const actionInputs: readonly ActionWord[] = [
  { name: 'command', description: 'check, plan, master, report or gc', commands: [], default: 'master' },
  {
    name: 'plan',
    description:
      'The plan file, relative to the workspace. check takes several, one a line, or a pattern: plans/**/*.{yaml,yml}',
    commands: ['check', 'plan', 'master'],
    default: 'plans/full-orchestration.yaml',
  },
  {
    name: 'shared',
    description: 'false: this leg runs all masters, and keeps its state in a folder although there is a store',
    commands: ['master', 'report'],
  },
  {
    name: 'artifact',
    description: 'Artifact that keeps the state of a leg; for a report, those that it collects, such as cortex-*',
    commands: ['master', 'report'],
  },
  {
    name: 'comment',
    description: 'false = no comment on the pull request, only annotations and summary',
    commands: ['check'],
  },
];

/** Outputs of the action. */
export const actionOutputs: readonly ActionWord[] = [
  {
    name: 'exit-code',
    description: '0 success, 1 outside trouble, 2 something you can fix, 3 a gate was not met, 70 a defect',
    commands: ['check', 'plan', 'master', 'report', 'gc'],
  },
  {
    name: 'digest',
    description: 'Digest of the plan; of a check, of all its plans together',
    commands: ['check', 'plan'],
  },
  { name: 'plan', description: 'The plan file', commands: ['plan'] },
  { name: 'mode', description: 'What may happen: preview, staged or apply', commands: ['plan'] },
  { name: 'commit', description: 'The commit whose plan was proven', commands: ['plan'] },
  { name: 'target-commit', description: 'The commit that the run works on', commands: ['plan'] },
  { name: 'matrix', description: 'The legs of the matrix, as JSON', commands: ['plan'] },
  {
    name: 'environment',
    description: 'Environment whose reviewers approve the run; empty where nobody has to',
    commands: ['plan'],
  },
  { name: 'repository', description: 'Repository that the run works on', commands: ['plan'] },
  { name: 'shared', description: 'Whether the legs share a store: true or false', commands: ['plan'] },
  { name: 'execution-id', description: 'Id of the execution', commands: ['plan', 'master', 'report'] },
  { name: 'report', description: 'Path of the report', commands: ['master', 'report'] },
  { name: 'results', description: 'Path of the results', commands: ['master', 'report'] },
  {
    name: 'results-commit',
    description: 'Commit on the results branch; empty where nothing was written',
    commands: ['report'],
  },
  {
    name: 'opened',
    description: 'Pull requests opened, those opened again included; of a staged run, that would be',
    commands: ['report'],
  },
  { name: 'updated', description: 'The same of those that were updated', commands: ['report'] },
  { name: 'closed', description: 'The same of those that were closed', commands: ['report'] },
  { name: 'queued', description: 'Changes that wait until more may be open', commands: ['report'] },
  {
    name: 'held',
    description: 'Changes that wait for a person, with the reason in the dashboard',
    commands: ['report'],
  },
  { name: 'dashboard', description: 'Address of the dashboard issue; empty where there is none', commands: ['report'] },
];
