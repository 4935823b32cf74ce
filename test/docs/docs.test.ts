import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { findCommand } from '../../src/entry/commands/commands.ts';
import { settings, settingsOf } from '../../src/entry/settings.ts';
import { stateFiles } from '../../src/execution/state-files.ts';
import { emptyState } from '../../src/execution/state.ts';
import { parsePlan } from '../../src/plan/parse.ts';
import { reportSchema } from '../../src/protocol/report.ts';
import { cliExit, workerExit } from '../../src/protocol/words.ts';
import { folderOf, readModules } from '../architecture/modules.ts';
import { findIn } from '../support/drift-world.ts';
import { projectWorkspace, readPage, readPages } from './pages.ts';
import { commandLines, flagsIn, npmScripts, planBlocks } from './shown-commands.ts';

const pages = readPages();
const source = join(import.meta.dirname, '..', '..', 'src');

describe('the documentation', () => {
  it('says nothing of links, anchors, paths and scripts that our own drift check would find wrong', async () => {
    const project = projectWorkspace();
    const { findings, unread, values } = await findIn({
      ...project,
      files: project.files.filter(({ path }) => !path.endsWith('.md') || pages.some((page) => page.path === path)),
    });
    expect(values['docs.files']).toBe(pages.length);
    expect(unread).toEqual([]);
    expect(findings.map(({ location, message }) => `${location?.path}:${location?.line} ${message}`)).toEqual([]);
  });

  it.for(pages.flatMap(planBlocks))('shows a plan that validates at $path:$line', ({ text }) => {
    const outcome = parsePlan(text, 'plan.yaml');
    expect('problems' in outcome ? outcome.problems : outcome.warnings).toEqual([]);
  });

  it('shows at least one whole plan', () => {
    expect(pages.flatMap(planBlocks).length).toBeGreaterThan(0);
  });

  it.for(pages.flatMap(commandLines))('names a command and flags that there are: $line', ({ command, flags }) => {
    const known = settingsOf(findCommand(command).name).map(({ flag }) => flag);
    expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
  });

  it('names no flag that there is not', () => {
    const known = new Set(settings.map(({ flag }) => flag));
    expect(pages.flatMap(flagsIn).filter((flag) => !known.has(flag))).toEqual([]);
  });

  it('names no npm script that there is not', () => {
    const named = pages.flatMap(npmScripts);
    expect(named).toContain('check');
    expect(named.filter((script) => !Object.hasOwn(manifest.scripts, script))).toEqual([]);
  });

  it('says what became of each flag of the first Cortex', () => {
    const { text } = readPage('README.md');
    const replaced = settings.filter(({ replacedBy }) => replacedBy !== undefined);
    expect(replaced.map(({ flag }) => `\`--${flag}\``).filter((flag) => !text.includes(flag))).toEqual([]);
  });

  it('has every folder of src/ on the map of the README, and no other', () => {
    const folders = new Set(readModules(source).map(({ path }) => folderOf(path)));
    const map = readPage('README.md').document.codeBlocks.find(({ text }) => text.includes('src/entry/'));
    const shown = [...(map?.text ?? '').matchAll(/^src\/([a-z-]+)\//gm)].map(([, name]) => name);
    expect(new Set(shown)).toEqual(folders);
  });

  it('gives every exit code', () => {
    const rows = (path: string): readonly number[] =>
      [...readPage(path).text.matchAll(/^\| +(\d+) +\|/gm)].map(([, digits]) => Number(digits));
    expect(rows('README.md')).toEqual(expect.arrayContaining(Object.values(cliExit)));
    expect(rows('docs/design.md')).toEqual(expect.arrayContaining(Object.values(workerExit)));
  });

  it('gives every field of the state files and of the results', () => {
    const { text } = readPage('docs/state-and-report.md');
    const state = stateFiles(emptyState('CORTEX-EXEC-1'));
    const results = z.toJSONSchema(reportSchema, { io: 'input' });
    const fields = [...state.flatMap(({ content }) => Object.keys(content)), ...Object.keys(results.properties ?? {})];
    const paths = state.map(({ path }) => `coordination/${path}`);
    expect([...fields, ...paths].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  it('gives every rule of the plan linter', () => {
    const { text } = readPage('docs/plans.md');
    const rules = readModules(join(source, 'plan')).flatMap((module) =>
      [...module.text.matchAll(/\brule: '([a-z-]+)'/g)].map(([, rule]) => rule),
    );
    expect(rules.length).toBeGreaterThan(20);
    expect(rules.filter((rule) => !text.includes(`\`${rule}\``))).toEqual([]);
  });
});
