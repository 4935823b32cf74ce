import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type CliOutcome } from '../support/cli.ts';
import { scratchRepository, type ScratchRepository } from '../support/scratch-repository.ts';
import { smallRepository } from '../support/small-plan.ts';

const root = join(import.meta.dirname, '..', '..');

describe('an execution', () => {
  const id = 'CORTEX-EXEC-TEST-1';
  let repository: ScratchRepository;
  let ran: CliOutcome;
  const cortex = (...args: readonly string[]): Promise<CliOutcome> => runCli(args, { cwd: repository.directory });
  const plans = (file: string): string => join(repository.directory, 'coordination', 'execution-plans', file);
  beforeAll(async () => {
    repository = scratchRepository(smallRepository);
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
