import type { Command } from './commands/commands.ts';
import { settingsOf } from './settings.ts';

/** All commands, a line each. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return [
    'Cortex: plans as YAML, seven masters, workers that prove what they say.',
    '',
    'Usage: cortex <command> [flags]',
    '',
    ...lines,
    '',
    'Run `cortex <command> --help` for flags and examples. Start with:',
    '  cortex run plans/full-orchestration.yaml',
    '',
  ].join('\n');
}

/** One command with its flags and examples. */
export function helpFor(command: Command): string {
  const flags = settingsOf(command.name)
    .filter((setting) => setting.replacedBy === undefined)
    .map(({ flag, value, help }) => [`--${flag}${value ? ` ${value}` : ''}`, help] as const);
  const width = Math.max(...flags.map(([flag]) => flag.length));
  return [
    `cortex ${command.usage}`,
    '',
    command.summary,
    '',
    ...flags.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`),
    '',
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
    '',
    'Exit codes: 0 success, 1 outside trouble (try again), 2 something you can fix, 3 a gate was not met, 70 a defect.',
    '',
  ].join('\n');
}
