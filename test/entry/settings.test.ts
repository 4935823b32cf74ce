import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/entry/commands/commands.ts';
import { settings, settingsOf } from '../../src/entry/settings.ts';
import { actionInputs } from '../../src/entry/settings-github.ts';
import { parseDocument } from '../../src/shared/yaml.ts';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
}

const action = parseDocument(
  readFileSync(join(import.meta.dirname, '..', '..', 'action.yml'), 'utf8'),
).toJS() as Action;

/** Inputs that are no flags: what is run, on which plan, and what travels between jobs of GitHub. */
const onlyInputs = actionInputs.map(({ name }) => name);

describe('the settings table', () => {
  it('has the inputs of action.yml, and no others', () => {
    const inputs = settings.flatMap(({ input }) => (input === undefined ? [] : [input]));
    expect([...new Set(inputs), ...onlyInputs].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  it('leaves the default of every flag to the flag: an input that is not given is empty', () => {
    const filled = Object.entries(action.inputs).filter(
      ([name, input]) => input.default !== '' && !onlyInputs.includes(name),
    );
    expect(filled).toEqual([]);
  });

  it('names commands that there are', () => {
    const names = new Set(['*', ...commands.map(({ name }) => name)]);
    expect(settings.flatMap((setting) => setting.commands.filter((command) => !names.has(command)))).toEqual([]);
  });

  it.each(commands.map(({ name }) => name))('has each flag of %s once', (command) => {
    const flags = settingsOf(command).map(({ flag }) => flag);
    expect(flags).toEqual([...new Set(flags)]);
  });

  it('says of each flag what it does or what replaces it, and what its value looks like', () => {
    const silent = settings.filter(({ help, replacedBy }) => help === '' && replacedBy === undefined);
    const shapeless = settings.filter(
      ({ type, value, replacedBy }) => type === 'string' && value === undefined && replacedBy === undefined,
    );
    expect([silent, shapeless]).toEqual([[], []]);
  });
});
