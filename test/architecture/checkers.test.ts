import { describe, expect, it } from 'vitest';
import { againstDirections, brokenImports, cycles } from './directions.ts';
import { strayHabits, unexplainedFolders } from './habits.ts';
import { moduleOf } from './modules.ts';
import { idlePackages, packageHomes, strayPackages } from './packages.ts';
import { fileLines, functionSizes, quantile } from './sizes.ts';

const targets = (text: string): readonly string[] =>
  moduleOf('plan/a.ts', text).imports.map(({ target, kind }) => `${kind} ${target}`);

describe('the reader of imports', () => {
  it.each([
    ["import { a } from './b.ts';", 'value plan/b.ts'],
    ["import a, { type B } from '../shared/b.ts';", 'value shared/b.ts'],
    ["import * as all from 'yaml';", 'value yaml'],
    ["import type { A } from './b.ts';", 'type plan/b.ts'],
    ["import {\n  a,\n  b,\n} from './b.ts';", 'value plan/b.ts'],
    ["import 'node:fs';", 'value node:fs'],
    ["export { a } from './b.ts';", 'value plan/b.ts'],
    ["export * from './b.ts';", 'value plan/b.ts'],
    ["export type { A } from './b.ts';", 'type plan/b.ts'],
    ["const load = () => import('./b.ts');", 'dynamic plan/b.ts'],
    ["type B = typeof import('./b.ts');", 'type plan/b.ts'],
    ['const load = (name: string) => import(name);', 'dynamic a computed name'],
    ["import manifest from '../../package.json' with { type: 'json' };", 'value ../package.json'],
  ])('reads %j', (text, expected) => {
    expect(targets(text)).toEqual([expected]);
  });

  it.each([
    "export const from = 'b.ts';",
    "// import { a } from './b.ts';",
    "/**\n * import { a } from './b.ts';\n */",
    "export function imported(a: 'b') {}",
  ])('reads no import in %j', (text) => {
    expect(targets(text)).toEqual([]);
  });

  it('takes a glob in a string for code, not for the start of a comment', () => {
    expect(targets("const all = '**/*';\nconst b = import('./b.ts');\nconst end = '*/';")).toEqual([
      'dynamic plan/b.ts',
    ]);
  });
});

describe('a planted import is caught', () => {
  it.each([
    ['shared/a.ts', '../protocol/b.ts'],
    ['protocol/a.ts', '../plan/b.ts'],
    ['plan/a.ts', '../execution/b.ts'],
    ['checks/a.ts', '../workers/b.ts'],
    ['coordination/a.ts', '../cluster/b.ts'],
    ['repository/a.ts', '../report/b.ts'],
    ['masters/a.ts', '../workers/b.ts'],
    ['report/deep/a.ts', '../../catalog/b.ts'],
    ['workers/a.ts', '../entry/b.ts'],
    ['news/a.ts', '../shared/b.ts'],
  ])('when %s imports %s, as a value or as a type', (path, target) => {
    expect(againstDirections([moduleOf(path, `import { b } from '${target}';`)])).toHaveLength(1);
    expect(againstDirections([moduleOf(path, `import type { B } from '${target}';`)])).toHaveLength(1);
  });

  it.each([
    ['protocol/a.ts', '../shared/b.ts'],
    ['workers/a.ts', '../checks/b.ts'],
    ['cluster/a.ts', '../protocol/b.ts'],
    ['entry/a.ts', '../masters/b.ts'],
    ['plan/a.ts', './b.ts'],
  ])('but not when %s imports %s', (path, target) => {
    expect(againstDirections([moduleOf(path, `import { b } from '${target}';`)])).toEqual([]);
  });

  it('when it leads nowhere', () => {
    const a = moduleOf('plan/a.ts', "import { b } from './b.ts';");
    expect(brokenImports([a])).toEqual(['plan/a.ts imports plan/b.ts, which is not there']);
    expect(brokenImports([a, moduleOf('plan/b.ts', '')])).toEqual([]);
  });

  it('when it closes a circle', () => {
    const a = moduleOf('plan/a.ts', "import { b } from './b.ts';");
    const b = moduleOf('plan/b.ts', "import { c } from './c.ts';");
    const circle = [a, b, moduleOf('plan/c.ts', "import { a } from './a.ts';")];
    expect(cycles(circle)).toEqual(['plan/a.ts → plan/b.ts → plan/c.ts → plan/a.ts']);
    expect(cycles([a, b, moduleOf('plan/c.ts', "import type { A } from './a.ts';")])).toEqual([]);
    expect(cycles([a, b, moduleOf('plan/c.ts', "const a = import('./a.ts');")])).toEqual([]);
  });

  it('when a package is imported away from its home, or is on no list', () => {
    expect(strayPackages([moduleOf('shared/yaml.ts', "import { parse } from 'yaml';")])).toEqual([]);
    expect(strayPackages([moduleOf('plan/parse.ts', "import { parse } from 'yaml';")])).toEqual([
      'plan/parse.ts imports yaml, whose home is shared/yaml.ts',
    ]);
    expect(strayPackages([moduleOf('plan/a.ts', "import { Octokit } from '@octokit/core/dist.js';")])).toEqual([
      'plan/a.ts imports @octokit/core, which is on no list',
    ]);
    expect(idlePackages([moduleOf('shared/yaml.ts', "import { parse } from 'yaml';")])).toEqual(
      Object.keys(packageHomes).filter((name) => name !== 'yaml'),
    );
  });
});

describe('a planted habit is caught', () => {
  it.each([
    ['checks/a.ts', "import { spawn } from 'node:child_process';", 'starts processes'],
    ['workers/a.ts', "const path = process.env['PATH'];", 'reads the environment'],
    ['plan/a.ts', 'const [, , file] = process.argv;', 'reads arguments'],
    ['report/a.ts', 'process.exit(1);', 'ends the process'],
    ['masters/a.ts', "process.stdout.write('hello');", 'writes to the terminal'],
    ['masters/a.ts', "console.log('hello');", 'writes to the terminal'],
    ['plan/a.ts', 'const now = Date.now();', 'reads the clock'],
    ['plan/a.ts', 'const now = new Date();', 'reads the clock'],
    ['masters/a.ts', 'const start = performance.now();', 'measures time'],
    ['entry/a.ts', 'const id = Math.random();', 'draws lots'],
    ['checks/a.ts', 'names.sort((a, b) => a.localeCompare(b));', 'depends on the locale'],
    ['checks/a.ts', 'eval(text);', 'runs text as code'],
    ['shared/a.ts', 'const a: any = 1;', 'says any'],
    ['shared/a.ts', 'const a = b as any;', 'says any'],
    ['shared/a.ts', 'const a: Map<string, any> = b;', 'says any'],
    ['shared/a.ts', 'export default 1;', 'exports without a name'],
    ['shared/a.ts', ['// TO', 'DO: later'].join(''), `has a mark: ${['TO', 'DO'].join('')}`],
    ['shared/a.ts', ['// @ts-', 'ignore'].join(''), `has a mark: ${['@ts-', 'ignore'].join('')}`],
  ])('in %s: %s', (path, text, what) => {
    expect(strayHabits([moduleOf(path, text)])).toEqual([`${path} ${what}`]);
  });

  it.each([
    ['entry/a.ts', 'process.exit(Number(process.env.CODE));'],
    ['shared/clock.ts', 'const now = Date.now();'],
    ['plan/a.ts', 'const at = new Date(epochMs);'],
    ['plan/a.ts', '// Date.now() would make this depend on the day.'],
    ['plan/a.ts', "const any = options.any; const text = 'if any: none';"],
  ])('but not in %s: %s', (path, text) => {
    expect(strayHabits([moduleOf(path, text)])).toEqual([]);
  });

  it('when no file, or more than one, says what a folder is for', () => {
    const silent = moduleOf('plan/a.ts', 'export const a = 1;');
    const telling = (path: string) => moduleOf(path, '/**\n * `plan/` is about plans.\n */\nexport const b = 1;');
    expect(unexplainedFolders([silent])).toEqual(['src/plan/ is explained by 0 files']);
    expect(unexplainedFolders([silent, telling('plan/b.ts')])).toEqual([]);
    expect(unexplainedFolders([telling('plan/b.ts'), telling('plan/c.ts')])).toEqual([
      'src/plan/ is explained by 2 files',
    ]);
  });
});

describe('the measure', () => {
  it('counts the lines of a function from its first to its closing brace', () => {
    const text =
      'export function one(a: {\n  b: string;\n}): void {\n  if (a) {\n  }\n}\n\nconst two = () => {\n};\nfunction three() {}\n';
    expect(functionSizes(moduleOf('plan/a.ts', text)).map(({ name, lines }) => [name, lines])).toEqual([
      ['one', 6],
      ['two', 2],
      ['three', 1],
    ]);
  });

  it('counts a last line with or without its newline', () => {
    expect([fileLines('a\nb\n'), fileLines('a\nb')]).toEqual([2, 2]);
  });

  it('takes the value at a rank for a quantile', () => {
    expect([quantile([5, 1, 3, 2, 4], 0.5), quantile([5, 1, 3, 2, 4], 0.9), quantile([], 0.5)]).toEqual([3, 5, 0]);
  });
});
