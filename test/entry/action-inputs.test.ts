import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argumentLists, readCommand, readOut, readPlans, type ReadInput } from '../../src/entry/action-inputs.ts';
import { settings } from '../../src/entry/settings.ts';
import { CortexError } from '../../src/shared/errors.ts';
import { parseDocument } from '../../src/shared/yaml.ts';
import { projectRoot } from '../support/journey.ts';

const given =
  (inputs: Readonly<Record<string, string>>): ReadInput =>
  (name) =>
    inputs[name] ?? '';

describe('action.yml', () => {
  const action = parseDocument(readFileSync(join(projectRoot, 'action.yml'), 'utf8')).toJS() as {
    inputs: Record<string, unknown>;
  };

  it('has an input for each setting that says so, and three of its own', () => {
    const own = ['artifact', 'command', 'plan'];
    const fromSettings = settings.flatMap(({ input }) => (input === undefined ? [] : [input]));
    expect(Object.keys(action.inputs).sort()).toEqual([...new Set([...fromSettings, ...own])].sort());
  });
});

describe('the inputs of a step', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-inputs-'));
  beforeAll(() => {
    mkdirSync(join(folder, 'plans'));
    for (const name of ['b.yaml', 'a.yaml', 'notes.md']) writeFileSync(join(folder, 'plans', name), '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('run a plan where no command is named', () => {
    expect(readCommand(given({}))).toBe('run');
  });

  it('name a command that the action has, or are refused with the nearest one', () => {
    const refusal = caught(() => readCommand(given({ command: 'vaildate' })));
    expect(refusal.code).toBe('unknown-command');
    expect(refusal.message).toContain('validate');
  });

  it('keep the state below the target, or where they say', () => {
    expect(readOut(given({}))).toBe(resolve('coordination'));
    expect(readOut(given({ target: 'shop' }))).toBe(resolve('shop/coordination'));
    expect(readOut(given({ target: 'shop', out: 'state' }))).toBe(resolve('state'));
  });

  it('name plans one a line, and by a pattern those of a folder in order', () => {
    const plans = `first.yaml\n\n  ${folder}/plans/*.yaml \n`;
    expect(readPlans(given({ plan: plans }))).toEqual([
      'first.yaml',
      join(folder, 'plans', 'a.yaml'),
      join(folder, 'plans', 'b.yaml'),
    ]);
  });

  it('keep a pattern that nothing fits, so that the command can say so', () => {
    expect(readPlans(given({ plan: `${folder}/none/*.yaml` }))).toEqual([`${folder}/none/*.yaml`]);
  });

  it('become flags of the command that takes them, and no others', () => {
    const inputs = given({ plan: 'p.yaml', masters: 'cicd-master', base: 'main', out: '/state', format: 'md' });
    expect(argumentLists('run', inputs)).toEqual([['--out=/state', '--masters=cicd-master', '--', 'p.yaml']]);
    expect(argumentLists('preview', inputs)).toEqual([['--format=md', '--base=main', '--', 'p.yaml']]);
  });

  it('preview each plan by itself, and validate all at once', () => {
    const inputs = given({ plan: 'p.yaml\nq.yaml' });
    expect(argumentLists('preview', inputs)).toEqual([
      ['--', 'p.yaml'],
      ['--', 'q.yaml'],
    ]);
    expect(argumentLists('validate', inputs)).toEqual([['--', 'p.yaml', 'q.yaml']]);
  });

  it('name no plan where an execution goes on or is reported', () => {
    const inputs = given({ plan: 'p.yaml', out: '/state', 'execution-id': 'CORTEX-EXEC-1' });
    expect(argumentLists('report', inputs)).toEqual([['--out=/state', '--', 'CORTEX-EXEC-1']]);
    const resumed = given({ plan: 'p.yaml', out: '/state', resume: 'CORTEX-EXEC-1' });
    expect(argumentLists('run', resumed)).toEqual([['--out=/state', '--resume=CORTEX-EXEC-1']]);
  });

  it('cannot smuggle a flag in as a plan', () => {
    expect(argumentLists('validate', given({ plan: '--help' }))).toEqual([['--', '--help']]);
  });
});

function caught(act: () => unknown): CortexError {
  try {
    act();
  } catch (error) {
    if (error instanceof CortexError) return error;
  }
  throw new Error('nothing was refused');
}
