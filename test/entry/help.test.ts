import { describe, expect, it } from 'vitest';
import { commands, findCommand, refuseSurplus } from '../../src/entry/commands/commands.ts';
import { readArguments } from '../../src/entry/arguments.ts';
import { helpFor, overview } from '../../src/entry/help.ts';
import { settingsOf } from '../../src/entry/settings.ts';

describe('help', () => {
  it('lists every command with what it does', () => {
    const text = overview(commands);
    for (const { name, summary } of commands) expect(text).toContain(`${name.padEnd(8)}  ${summary}`);
  });

  it.each(commands.map((command) => [command.name, command] as const))(
    'of %s gives usage, each flag and examples',
    (name, command) => {
      const text = helpFor(command);
      expect(text.startsWith(`cortex ${command.usage}\n`)).toBe(true);
      const lines = text.split('\n');
      const shown = settingsOf(name).filter(({ flag, help }) =>
        lines.some((line) => line.startsWith(`  --${flag} `) && line.endsWith(`  ${help}`)),
      );
      expect(shown).toEqual(settingsOf(name).filter(({ replacedBy }) => replacedBy === undefined));
      for (const example of command.examples) expect(text).toContain(`\n  ${example}\n`);
    },
  );

  it.each(commands.flatMap(({ examples }) => examples))('gives an example that is understood: %s', (example) => {
    const [program, name = '', ...rest] = example.split(' > ')[0]?.split(' ') ?? [];
    const command = findCommand(name);
    const args = readArguments(name, rest);
    expect(program).toBe('cortex');
    expect(() => refuseSurplus(command, args)).not.toThrow();
  });
});

describe('findCommand', () => {
  it('names the nearest command', () => {
    expect(() => findCommand('valdate')).toThrow('There is no command "valdate". Did you mean "validate"?');
  });

  it.each(['__proto__', 'constructor', ''])('does not know %j', (name) => {
    expect(() => findCommand(name)).toThrow('There is no command');
  });
});

describe('refuseSurplus', () => {
  it('wants no more words than a command takes', () => {
    const check =
      (command: string, ...argv: readonly string[]) =>
      () =>
        refuseSurplus(findCommand(command), readArguments(command, argv));
    expect(check('schema', 'extra')).toThrow('cortex schema has no use for extra');
    expect(check('run', 'a.yaml', 'b.yaml')).toThrow('cortex run has no use for b.yaml');
    expect(check('validate', 'a.yaml', 'b.yaml', 'c.yaml')).not.toThrow();
  });
});
