import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { againstDirections, brokenImports, cycles } from './directions.ts';
import { strayHabits, unexplainedFolders } from './habits.ts';
import { folderOf, readModules } from './modules.ts';
import { idlePackages, strayPackages } from './packages.ts';
import { fileLines, functionSizes, spread } from './sizes.ts';

const root = join(import.meta.dirname, '..', '..');
const modules = readModules(join(root, 'src'));

describe('the source', () => {
  it('imports one way: shared ← protocol ← pure rooms ← doors ← stages ← entry, doors and stages never each other', () => {
    expect(modules.length).toBeGreaterThan(100);
    expect(againstDirections(modules)).toEqual([]);
  });

  it('imports nothing that is not there', () => {
    expect(brokenImports(modules)).toEqual([]);
  });

  it('has no circle of imports', () => {
    expect(cycles(modules)).toEqual([]);
  });

  it('imports each package in its one home, and lists no package that it does not use', () => {
    expect(strayPackages(modules)).toEqual([]);
    expect(idlePackages(modules)).toEqual([]);
  });

  it('starts processes, reads the outside and the clock, and ends the process only where that belongs', () => {
    expect(strayHabits(modules)).toEqual([]);
  });

  it('says once per folder what the folder is for', () => {
    expect(unexplainedFolders(modules)).toEqual([]);
  });

  it('keeps files within 300 lines and functions within 60', () => {
    const functions = modules.flatMap(functionSizes);
    const long = functions.filter(({ lines }) => lines > 60);
    const files = modules.map(({ path, text }) => ({ path, lines: fileLines(text) }));
    process.stdout.write(
      `files (lines): ${spread(files.map(({ lines }) => lines))}; functions: ${spread(functions.map(({ lines }) => lines))}\n`,
    );
    expect(files.filter(({ lines }) => lines > 300)).toEqual([]);
    expect(long).toEqual([]);
  });

  it('has every folder on the map of the README', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const blocks = readme.split('```').filter((_, index) => index % 2 === 1);
    const folders = [...new Set(modules.map(({ path }) => folderOf(path)))];
    expect(folders.filter((folder) => !blocks.some((block) => block.includes(`src/${folder}/`)))).toEqual([]);
  });
});
