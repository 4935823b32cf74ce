import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/entry/commands/commands.ts';
import { runCli, type CliOutcome } from '../support/cli.ts';
import { smallPlan, smallRepository } from '../support/small-plan.ts';
import { scratchRepository, type ScratchRepository } from '../support/scratch-repository.ts';

const root = join(import.meta.dirname, '..', '..');

describe('cortex', () => {
  let repository: ScratchRepository;
  const cortex = (...args: readonly string[]): Promise<CliOutcome> => runCli(args, { cwd: repository.directory });
  beforeAll(() => {
    repository = scratchRepository(smallRepository);
  });
  afterAll(() => repository.remove());

  describe('without a command', () => {
    it.each([[[]], [['help']], [['--help']], [['-h']]])('shows the commands: %j', async (args) => {
      const { code, stdout } = await cortex(...args);
      expect(code).toBe(0);
      for (const { name } of commands) expect(stdout).toContain(`\n  ${name} `);
    });

    it.each(['--version', 'version'])('says its version by %s', async (flag) => {
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
      expect(await cortex(flag)).toEqual({ code: 0, signal: null, stdout: `cortex ${version}\n`, stderr: '' });
    });
  });

  it.each(commands.map(({ name }) => name))('shows the help of %s and does nothing', async (name) => {
    const { code, stdout, stderr } = await cortex(name, '--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('\nExamples:\n  cortex ');
  });

  describe('tells a mistake with its remedy, without a stack trace, and ends with 2:', () => {
    const id = 'CORTEX-EXEC-2026-01-01-000000';
    it.each<[string, string, ...string[]]>([
      ['an unknown command', 'Did you mean "validate"?', 'validat', 'plan.yaml'],
      ['an unknown flag', 'Did you mean "masters"?', 'run', 'plan.yaml', '--masers', 'a'],
      ['no plan', 'Name one, as in', 'run'],
      ['a word too many', 'has no use for other.yaml', 'run', 'plan.yaml', 'other.yaml'],
      ['a plan that is not there', 'Could not read the plan nowhere.yaml', 'run', 'nowhere.yaml'],
      ['a plan that is a folder', 'Could not read the plan .github', 'run', '.github'],
      ['a plan that may not run', 'Did you mean "deadline"?', 'run', 'broken.yaml'],
      ['a target that is not there', 'Name a git repository with --target', 'run', 'plan.yaml', '--target', 'nowhere'],
      ['a target that is a file', '--target', 'run', 'plan.yaml', '--target', 'plan.yaml'],
      ['a target that is no repository', 'not inside a git repository', 'run', 'plan.yaml', '--target', '/'],
      ['a target that looks like an option', 'Name a git repository', 'run', 'plan.yaml', '--target=--upload-pack=x'],
      [
        'a target that looks like a command',
        'Name a git repository',
        'run',
        'plan.yaml',
        '--target',
        '$(touch hit)`touch hit`;touch hit',
      ],
      ['a target with line breaks', 'Name a git repository', 'run', 'plan.yaml', '--target', 'a\nb\u001b[2J'],
      [
        'a folder for the state that is a file',
        'Name a folder that you may write to',
        'run',
        'plan.yaml',
        '--out',
        'plan.yaml',
      ],
      ['an unknown master', 'It has security-master, cicd-master', 'run', 'plan.yaml', '--masters', 'boss'],
      ['no master', 'Name one or more', 'run', 'plan.yaml', '--masters', ','],
      ['other masters than expected', '2 masters would run', 'run', 'plan.yaml', '--parallel-masters', '7'],
      ['a number that is none', 'expects a whole number', 'run', 'plan.yaml', '--parallel-workers', 'many'],
      ['a number below one', 'expects a whole number', 'run', 'plan.yaml', '--parallel-workers', '0'],
      ['a budget that is no number', 'expected: a number', 'run', 'plan.yaml', '--token-budget', 'lots'],
      [
        'a deadline that the phases outlast',
        'The phases take 45m together',
        'run',
        'plan.yaml',
        '--execution-timeout',
        '0m',
      ],
      ['a reserve above the budget', 'reserve', 'run', 'plan.yaml', '--token-budget', '5', '--emergency-reserve', '9'],
      ['an id of another shape', 'is not an execution id', 'run', 'plan.yaml', '--id', 'mine'],
      ['an id that leads elsewhere', 'is not an execution id', 'run', 'plan.yaml', '--id', '../../etc'],
      ['a worker that is not there', "can't be read", 'run', 'plan.yaml', '--worker', 'nowhere.mjs'],
      ['an execution that never was', 'Start it anew', 'run', '--resume', id],
      ['a flag of the first Cortex', 'cortex watch', 'run', 'plan.yaml', '--monitor-url', 'http://localhost'],
      ['another', 'exit code', 'run', 'plan.yaml', '--alert-webhook', 'http://localhost'],
      ['and another', 'always shows its progress', 'run', 'plan.yaml', '--real-time-updates'],
      ['nothing to validate', 'Name one or more', 'validate'],
      ['an unknown format', 'text, json, github', 'validate', 'plan.yaml', '--format', 'xml'],
      ['a format of another command', 'text, md, json', 'preview', 'plan.yaml', '--format', 'github'],
      ['an unknown revision', 'There is no revision', 'preview', 'plan.yaml', '--base', 'nowhere'],
      ['a revision that looks like an option', 'There is no revision', 'preview', 'plan.yaml', '--base=--output=hit'],
      ['nothing to explain', 'Name a finding', 'explain'],
      ['an execution to watch that never was', 'There is no execution', 'watch', id, '--out', 'nowhere'],
      ['an execution to report that never was', 'There is no execution', 'report', id, '--out', 'nowhere'],
    ])('%s', async (_mistake, told, ...args) => {
      const { code, stdout, stderr } = await cortex(...args);
      expect(stderr + stdout).toContain(told);
      expect(stderr + stdout).not.toMatch(/^\s+at .*:\d+/m);
      expect(stderr).not.toContain('\u001b');
      expect(code).toBe(2);
    });

    it('a folder without a commit', async () => {
      const empty = scratchRepository({ a: 'a' });
      empty.git('update-ref', '-d', 'HEAD');
      const { code, stderr } = await runCli(['run', join(repository.directory, 'plan.yaml')], { cwd: empty.directory });
      empty.remove();
      expect([code, stderr.includes('no commit yet')]).toEqual([2, true]);
    });

    it('and runs nothing of what a name says', () => {
      expect(repository.git('status', '--porcelain', '--', 'hit')).toBe('');
    });
  });

  describe('validate', () => {
    it('says that a plan is valid, with its digest', async () => {
      const { code, stdout } = await cortex('validate', 'plan.yaml');
      expect(code).toBe(0);
      expect(stdout).toMatch(/^0 errors, 0 warnings\nplan\.yaml: valid, digest [0-9a-f]{64}\n$/);
    });

    it('judges each of several, and ends with 2 when one may not run', async () => {
      const { code, stdout } = await cortex('validate', 'plan.yaml', 'broken.yaml');
      expect(code).toBe(2);
      expect(stdout).toContain('plan.yaml: valid');
      expect(stdout).toMatch(/^broken\.yaml:\d+:\d+: error: /m);
    });

    it('prints JSON and nothing else', async () => {
      const { code, stdout } = await cortex('validate', 'broken.yaml', '--format', 'json');
      expect(code).toBe(2);
      expect(JSON.stringify(JSON.parse(stdout))).toContain('deadlin');
    });

    it('prints annotations for GitHub', async () => {
      const { stdout } = await cortex('validate', 'broken.yaml', '--format', 'github');
      expect(stdout).toMatch(/^::error file=broken\.yaml,line=\d+,/m);
    });
  });

  describe('schema', () => {
    it('prints the schema that editors get, byte for byte', async () => {
      const { code, stdout } = await cortex('schema');
      expect([code, stdout]).toEqual([0, readFileSync(join(root, 'dist', 'plan.schema.json'), 'utf8')]);
    });
  });

  describe('preview', () => {
    it.each([
      ['text', /small/],
      ['md', /^#+ /m],
    ])('prints %s', async (format, shape) => {
      const { code, stdout } = await cortex('preview', 'plan.yaml', '--format', format);
      expect(code).toBe(0);
      expect(stdout).toMatch(shape);
    });

    it('prints JSON and nothing else', async () => {
      const { stdout } = await cortex('preview', 'plan.yaml', '--format', 'json');
      expect(Object.keys(JSON.parse(stdout) as object)).toEqual(
        expect.arrayContaining(['digest', 'forecast', 'matrix']),
      );
    });

    it('names what a plan changes against a revision', async () => {
      repository.write('plan.yaml', smallPlan.replace('id: scan,', 'id: look,'));
      const { code, stdout } = await cortex('preview', 'plan.yaml', '--base', 'main');
      repository.write('plan.yaml', smallPlan);
      expect(code).toBe(0);
      expect(stdout).toMatch(/\blook\b/);
      expect(stdout).toMatch(/\bscan\b/);
      expect((await cortex('preview', 'plan.yaml', '--base', 'main')).stdout).not.toBe(stdout);
    });

    it('runs nothing', async () => {
      const fresh = scratchRepository(smallRepository);
      const { code } = await runCli(['preview', 'plan.yaml'], { cwd: fresh.directory });
      expect([code, fresh.git('status', '--porcelain')]).toEqual([0, '']);
      fresh.remove();
    });
  });
});
