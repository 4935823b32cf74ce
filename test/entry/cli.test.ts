import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/entry/commands/commands.ts';
import { runCli, type CliOutcome } from '../support/cli.ts';
import { changedPlan } from '../support/plans.ts';
import { scratchRepository, type ScratchRepository } from '../support/scratch-repository.ts';

const root = join(import.meta.dirname, '..', '..');

const workflow = 'on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n';

/** One workflow without a time limit: found, fixed and reviewed; nothing more. */
const plan = `apiVersion: cortex/v1
kind: Plan
metadata: { name: small }
spec:
  deadline: 60m
  masters:
    - name: security-master
      tasks:
        - { id: scan, worker: scan-worker, capability: workflows }
    - name: cicd-master
      tasks:
        - { id: fix, worker: implementation-worker, capability: fix-workflows }
        - { id: review, worker: review-worker, capability: change, needs: [fix] }
  success:
    - { id: all-done, check: tasks.failed == 0 }
`;
const unmet = plan.replace('tasks.failed == 0', 'masters.activated == 7');
const broken = changedPlan((spec) => (spec['deadlin'] = '60m'));

const files = { 'plan.yaml': plan, 'unmet.yaml': unmet, 'broken.yaml': broken, '.github/workflows/ci.yml': workflow };

describe('cortex', () => {
  let repository: ScratchRepository;
  const cortex = (...args: readonly string[]): Promise<CliOutcome> => runCli(args, { cwd: repository.directory });
  beforeAll(() => {
    repository = scratchRepository(files);
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
      expect(await cortex(flag)).toEqual({ code: 0, stdout: `cortex ${version}\n`, stderr: '' });
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
      repository.write('plan.yaml', plan.replace('id: scan,', 'id: look,'));
      const { code, stdout } = await cortex('preview', 'plan.yaml', '--base', 'main');
      repository.write('plan.yaml', plan);
      expect(code).toBe(0);
      expect(stdout).toMatch(/\blook\b/);
      expect(stdout).toMatch(/\bscan\b/);
      expect((await cortex('preview', 'plan.yaml', '--base', 'main')).stdout).not.toBe(stdout);
    });

    it('runs nothing', async () => {
      const fresh = scratchRepository(files);
      const { code } = await runCli(['preview', 'plan.yaml'], { cwd: fresh.directory });
      expect([code, fresh.git('status', '--porcelain')]).toEqual([0, '']);
      fresh.remove();
    });
  });
});

describe('an execution', () => {
  const id = 'CORTEX-EXEC-TEST-1';
  let repository: ScratchRepository;
  let ran: CliOutcome;
  const cortex = (...args: readonly string[]): Promise<CliOutcome> => runCli(args, { cwd: repository.directory });
  const plans = (file: string): string => join(repository.directory, 'coordination', 'execution-plans', file);
  beforeAll(async () => {
    repository = scratchRepository(files);
    ran = await cortex('run', 'plan.yaml', '--id', id);
  });
  afterAll(() => repository.remove());

  it('ends with 0 when every gate is met, and says where its report is', () => {
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toContain(`${id}: complete, exit code 0`);
    expect(ran.stdout).toContain(`coordination/execution-plans/${id}-FINAL-REPORT.md`);
  });

  it('writes no colour into a pipe', () => {
    expect(ran.stdout).not.toContain('\u001b');
  });

  it('ends with 3 when a gate is not met, and names it', async () => {
    const { code, stdout } = await cortex('run', 'unmet.yaml', '--out', 'unmet');
    expect(code).toBe(3);
    expect(stdout).toContain('gate all-done');
  });

  it('uses no id twice', async () => {
    const { code, stderr } = await cortex('run', 'plan.yaml', '--id', id);
    expect(code).toBe(2);
    expect(stderr).toContain(`--resume ${id}`);
  });

  it('that has ended is not run again by --resume', async () => {
    const { code, stdout } = await cortex('run', '--resume', id);
    expect(code).toBe(0);
    expect(stdout).toContain('has ended already');
  });

  it('prints one JSON document that fits its schema, and nothing else', async () => {
    const { code, stdout, stderr } = await cortex('run', 'plan.yaml', '--json', '--out', 'json');
    const schema = JSON.parse(readFileSync(join(root, 'dist', 'results.schema.json'), 'utf8')) as object;
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    validate(JSON.parse(stdout));
    expect([code, stderr, validate.errors]).toEqual([0, '', null]);
  });

  it('takes the flags of the first Cortex that still mean something', async () => {
    const flags =
      '--parallel-masters 2 --parallel-workers 1 --token-budget 1000 --emergency-reserve 100 --execution-timeout 90m';
    const { code, stdout } = await cortex('run', 'plan.yaml', '--json', '--out', 'flags', ...flags.split(' '));
    const report = JSON.parse(stdout) as {
      deadline_minutes: number;
      reserve_tokens: number;
      totals: { tokens_budget: number };
    };
    expect(code).toBe(0);
    expect([report.deadline_minutes, report.reserve_tokens, report.totals.tokens_budget]).toEqual([90, 100, 1000]);
  });

  it('runs only the masters that it is told to', async () => {
    const { stdout } = await cortex('run', 'plan.yaml', '--json', '--out', 'one', '--masters', 'security-master');
    expect(Object.keys((JSON.parse(stdout) as { masters: object }).masters)).toEqual(['security-master']);
  });

  it('is watched to its end, and the watcher ends as it did', async () => {
    const { code, stdout } = await cortex('watch', id);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/execution ended complete/);
  });

  it('is watched as one line of JSON an event', async () => {
    const { stdout } = await cortex('watch', '--json');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number; type: string });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(['execution.started', 'execution.ended']);
  });

  it('gets its report and results back, byte for byte, from the log and the artefacts', async () => {
    const both = [`${id}-results.json`, `${id}-FINAL-REPORT.md`];
    const before = both.map((file) => readFileSync(plans(file), 'utf8'));
    for (const file of both) writeFileSync(plans(file), 'damaged');
    const damaged = await cortex('explain', 'findings.total', id);
    const { code } = await cortex('report', id);
    expect(both.map((file) => readFileSync(plans(file), 'utf8'))).toEqual(before);
    expect([code, damaged.code]).toEqual([0, 2]);
    expect(damaged.stderr).toContain(`cortex report ${id}`);
  });

  describe('explains', () => {
    const explain = async (question: string): Promise<string> => (await cortex('explain', question, id)).stdout;
    const results = (): {
      findings: { fingerprint: string; ruleId: string }[];
      changes: { fingerprint: string }[];
      figures: Record<string, { value: number; evidence: string }>;
    } => JSON.parse(readFileSync(plans(`${id}-results.json`), 'utf8')) as ReturnType<typeof results>;

    it('a figure, down to its artefact', async () => {
      const figure = results().figures['findings.total'];
      const answer = await explain('findings.total');
      expect(answer).toContain(`findings.total = ${figure?.value}`);
      expect(answer).toContain(String(figure?.evidence));
    });

    it('a finding by the first digits of its fingerprint', async () => {
      const [finding] = results().findings;
      expect(await explain(finding?.fingerprint.slice(0, 10) ?? '')).toContain(String(finding?.ruleId));
    });

    it('a change and the task that proposed it', async () => {
      const [change] = results().changes;
      expect(await explain(change?.fingerprint ?? '')).toContain('fix');
      expect(await explain('fix')).toMatch(/^task fix\n/);
    });

    it('as JSON', async () => {
      const { stdout } = await cortex('explain', 'scan', '--json');
      expect(JSON.parse(stdout)).toMatchObject({ kind: 'task', subject: 'scan' });
    });

    it('nothing that it does not know, but names what is near', async () => {
      const { code, stderr } = await cortex('explain', 'findings.totl', id);
      expect(code).toBe(2);
      expect(stderr).toContain('"findings.total"');
    });
  });

  it('that current-execution.json does not name any more has to be named', async () => {
    writeFileSync(join(repository.directory, 'coordination', 'current-execution.json'), '{ damaged');
    const { code, stderr } = await cortex('watch');
    expect([code, stderr.includes('There is no execution')]).toEqual([2, true]);
    expect((await cortex('watch', id)).code).toBe(0);
  });
});
