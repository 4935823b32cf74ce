import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  flagsOf,
  readCommand,
  readPlan,
  readOut,
  readPlans,
  withWords,
  type ReadInput,
} from '../../../src/entry/action/inputs.ts';
import { settings } from '../../../src/entry/settings.ts';
import { actionInputs, actionOutputs, type ActionWord } from '../../../src/entry/settings-github.ts';
import { CortexError } from '../../../src/shared/errors.ts';
import { parseDocument } from '../../../src/shared/yaml.ts';
import { projectRoot } from '../../support/journey.ts';

const given =
  (inputs: Readonly<Record<string, string>>): ReadInput =>
  (name) =>
    inputs[name] ?? '';

describe('action.yml', () => {
  const action = parseDocument(readFileSync(join(projectRoot, 'action.yml'), 'utf8')).toJS() as {
    inputs: Record<string, { description: string; default: string }>;
    outputs: Record<string, { description: string }>;
    runs: Record<string, string>;
  };
  const named = ({ description, commands }: ActionWord): string =>
    commands.length === 0 ? description : `${commands.join(', ')}: ${description}`;

  it('has an input for each setting that says so, and those that are no flags', () => {
    const fromSettings = settings.flatMap(({ input }) => (input === undefined ? [] : [input]));
    const all = new Set([...fromSettings, ...actionInputs.map(({ name }) => name)]);
    expect(Object.keys(action.inputs).sort()).toEqual([...all].sort());
  });

  it('says of each input and output that is no flag what the table says', () => {
    for (const input of actionInputs) {
      expect(action.inputs[input.name]).toEqual({ description: named(input), default: input.default ?? '' });
    }
    const outputs = Object.fromEntries(actionOutputs.map((each) => [each.name, { description: named(each) }]));
    expect(action.outputs).toEqual(outputs);
  });

  it('runs on Node 24, and comes back at the end of the job', () => {
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/action.mjs', post: 'dist/action.mjs' });
  });
});

describe('the inputs of a step', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-inputs-'));
  beforeAll(() => {
    mkdirSync(join(folder, 'plans', 'team'), { recursive: true });
    writeFileSync(join(folder, 'plans', 'team', 'c.yml'), '');
    for (const name of ['b.yaml', 'a.yaml', 'notes.md']) writeFileSync(join(folder, 'plans', name), '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('run masters where no command is named', () => {
    expect(readCommand(given({}))).toBe('master');
  });

  it('name a command that the action has, or are refused with the nearest one', () => {
    const refusal = caught(() => readCommand(given({ command: 'mastre' })));
    expect(refusal.code).toBe('unknown-command');
    expect(refusal.message).toContain('master');
    expect(refusal.hint).toContain('check, plan, master, report, gc');
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

  it('name those of folders below as well, whichever ending they have', () => {
    const all = ['a.yaml', 'b.yaml', 'team/c.yml'].map((name) => join(folder, 'plans', name));
    expect(readPlans(given({ plan: `${folder}/plans/**/*.{yaml,yml}` }))).toEqual(all);
    expect(readPlans(given({ plan: `${folder}/plans/t*/*.yml` }))).toEqual([`${folder}/plans/t*/*.yml`]);
  });

  it('keep a pattern that nothing fits, so that the command can say so', () => {
    expect(readPlans(given({ plan: `${folder}/none/*.yaml` }))).toEqual([`${folder}/none/*.yaml`]);
  });

  it('become flags of the command that takes them, and no others', () => {
    const inputs = given({ masters: 'cicd-master', base: 'main', out: '/state', mode: 'apply', digest: 'abc' });
    expect(flagsOf('run', inputs)).toEqual(['--out=/state', '--masters=cicd-master', '--digest=abc']);
    expect(flagsOf('publish', inputs)).toEqual(['--out=/state', '--digest=abc', '--mode=apply']);
  });

  it('become a switch where they are true, and nothing where they are not', () => {
    expect(flagsOf('publish', given({ out: '/o', 'code-scanning': 'true' }))).toContain('--code-scanning');
    expect(flagsOf('publish', given({ out: '/o', 'code-scanning': 'false' }))).toEqual(['--out=/o']);
  });

  it('are replaced by what the step has worked out', () => {
    const inputs = given({ out: '/o', 'execution-id': 'CORTEX-EXEC-1' });
    expect(flagsOf('run', inputs, { resume: 'CORTEX-EXEC-1', 'execution-id': '' })).toEqual([
      '--out=/o',
      '--resume=CORTEX-EXEC-1',
    ]);
  });

  it('name the one plan of a run, or are refused', () => {
    expect(readPlan(given({ plan: ' p.yaml\n' }))).toBe('p.yaml');
    expect(caught(() => readPlan(given({ plan: 'p.yaml\nq.yaml' }))).code).toBe('one-plan');
    expect(caught(() => readPlan(given({}))).code).toBe('one-plan');
  });

  it('cannot smuggle a flag in as a plan', () => {
    expect(withWords(['--out=/o'], ['--help'])).toEqual(['--out=/o', '--', '--help']);
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
