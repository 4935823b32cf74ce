import { clusterSettings } from './settings-cluster.ts';
import { githubSettings } from './settings-github.ts';
import type { Setting } from './setting.ts';

const run = ['run'] as const;
/**
 * Every setting of Cortex, once: the flags of the command line, the inputs of the action and their help come from this
 * table. Which doors a run takes is settled here, never by the plan.
 */
export const settings: readonly Setting[] = [
  {
    flag: 'format',
    type: 'string',
    value: 'text|json|github',
    help: 'How to print',
    commands: ['validate'],
  },
  {
    flag: 'format',
    type: 'string',
    value: 'text|md|json',
    help: 'How to print',
    commands: ['preview', 'check'],
  },
  {
    flag: 'base',
    type: 'string',
    value: '<rev>',
    help: 'Git revision to compare the plan with',
    commands: ['preview', 'check'],
    input: 'base',
  },
  {
    flag: 'history',
    type: 'string',
    value: '<dir>',
    help: 'Folder with results of earlier executions, for the forecast (default: coordination/execution-plans)',
    commands: ['check'],
    input: 'history',
  },
  {
    flag: 'target',
    type: 'string',
    value: '<dir>',
    help: 'Repository to work on (default: where you stand)',
    commands: ['run', 'doctor'],
    input: 'target',
  },
  {
    flag: 'out',
    type: 'string',
    value: '<dir>',
    help: 'Where state and results go (default: coordination/ of the target)',
    commands: ['run', 'watch', 'report', 'explain', 'publish'],
    input: 'out',
  },
  {
    flag: 'store',
    type: 'string',
    value: '<redis://…>',
    help: 'Store that several processes share, or redis+tunnel://… into a cluster (default: CORTEX_STORE, else a folder)',
    commands: ['run', 'doctor', 'watch', 'report', 'explain', 'answer', 'publish'],
  },
  {
    flag: 'masters',
    type: 'string',
    value: '<a,b>',
    help: 'Run only these masters; over a shared store, the others run elsewhere',
    commands: run,
    input: 'masters',
  },
  {
    flag: 'id',
    type: 'string',
    value: '<id>',
    help: 'Execution id, CORTEX-EXEC-… and not used before',
    commands: run,
    input: 'execution-id',
  },
  {
    flag: 'resume',
    type: 'string',
    value: '<id>',
    help: 'Go on with an execution that was cut off',
    commands: run,
    input: 'resume',
  },
  {
    flag: 'json',
    type: 'boolean',
    help: 'Print one JSON document and nothing else',
    commands: ['run', 'doctor', 'explain', 'report'],
  },
  { flag: 'json', type: 'boolean', help: 'Print each event as one line of JSON', commands: ['watch'] },
  {
    flag: 'parallel-masters',
    type: 'string',
    value: '<n>',
    help: 'Expect this many masters in the plan',
    commands: run,
  },
  {
    flag: 'parallel-workers',
    type: 'string',
    value: '<n>',
    help: 'Workers at one time (default: the cores of this machine)',
    commands: run,
    input: 'parallel-workers',
  },
  {
    flag: 'token-budget',
    type: 'string',
    value: '<n>',
    help: "Tokens of the run, instead of the plan's",
    commands: run,
    input: 'token-budget',
  },
  {
    flag: 'emergency-reserve',
    type: 'string',
    value: '<n>',
    help: "Reserve in tokens, instead of the plan's",
    commands: run,
  },
  {
    flag: 'execution-timeout',
    type: 'string',
    value: '<60m>',
    help: "Deadline of the run, instead of the plan's",
    commands: run,
  },
  {
    flag: 'retry-wait',
    type: 'string',
    value: '<30s>',
    help: 'First wait before a worker that asks for it is tried again (default: 30s)',
    commands: run,
  },
  {
    flag: 'lease',
    type: 'string',
    value: '<30s>',
    help: 'After that long without a sign of life a process has lost its masters (default: 30s)',
    commands: ['run', 'watch'],
  },
  {
    flag: 'leg-wait',
    type: 'string',
    value: '<60s>',
    help: 'How long masters that nobody runs are waited for before this process runs them (default: 60s)',
    commands: run,
  },
  {
    flag: 'store-timeout',
    type: 'string',
    value: '<60s>',
    help: 'How long a store that does not answer is tried (default: 60s)',
    commands: ['run', 'watch', 'report', 'explain', 'answer', 'publish'],
  },
  {
    flag: 'store-timeout',
    type: 'string',
    value: '<10s>',
    help: 'How long a store that does not answer is tried (default: 10s)',
    commands: ['doctor'],
  },
  {
    flag: 'plan',
    type: 'string',
    value: '<file>',
    help: 'Plan that the rest is checked for (default: the defaults of a plan)',
    commands: ['doctor'],
  },
  ...clusterSettings,
  ...githubSettings,
  {
    flag: 'worker',
    type: 'string',
    value: '<file>',
    help: 'Worker program (default: the bundle beside this one)',
    commands: run,
  },
  {
    flag: 'monitor-url',
    type: 'string',
    help: '',
    commands: run,
    replacedBy: '`cortex watch <id>`, which follows a run from its log',
  },
  {
    flag: 'alert-webhook',
    type: 'string',
    help: '',
    commands: run,
    replacedBy: 'the exit code and `--json`, which your own step can send anywhere',
  },
  {
    flag: 'real-time-updates',
    type: 'boolean',
    help: '',
    commands: run,
    replacedBy: 'nothing: a run always shows its progress and keeps its state files current',
  },
  { flag: 'help', type: 'boolean', help: 'Show this help', commands: ['*'] },
  { flag: 'version', type: 'boolean', help: 'Show the version', commands: ['*'] },
];

/** The settings that a command takes. */
export function settingsOf(command: string): readonly Setting[] {
  return settings.filter((setting) => setting.commands.includes(command) || setting.commands.includes('*'));
}
