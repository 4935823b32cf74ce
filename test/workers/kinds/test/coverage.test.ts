import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryWorkspace } from '../../../../src/checks/workspace.ts';
import { testInputs } from '../../../../src/protocol/capabilities.ts';
import { measureCoverage } from '../../../../src/workers/kinds/test/coverage.ts';
import { producedFiles } from '../../../../src/workers/kinds/test/produced-files.ts';
import { commandRunner } from '../../../../src/workers/private-copy.ts';
import { absSource, coberturaReport, goReport, istanbulReport, lcovReport } from '../../../support/coverage-reports.ts';
import { testWork } from '../../../support/work-context.ts';

type Files = Readonly<Record<string, string>>;

async function measure(files: Files, given: { command?: readonly string[]; reports?: readonly string[] } = {}) {
  const workspace = memoryWorkspace(files);
  const runCommand = commandRunner({
    workspace,
    temporary,
    path: process.env['PATH'] ?? '',
    signal: new AbortController().signal,
  });
  const inputs = testInputs.coverage.parse(given);
  const world = testWork({ kind: 'test-worker', capability: 'coverage', inputs, workspace, runCommand });
  const work = await measureCoverage(world.context);
  const values = Object.fromEntries((work.measurements ?? []).map(({ name, value }) => [name, value]));
  return { ...work, values, evidence: [...world.evidence.values()], proofs: world.evidence };
}

let temporary = '';
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), 'cortex-coverage-'));
});
afterAll(() => rmSync(temporary, { recursive: true }));

describe('measureCoverage', () => {
  it.each([
    ['lcov', 'lcov.info', lcovReport],
    ['Istanbul JSON', 'coverage/coverage-final.json', istanbulReport],
    ['Cobertura XML', 'coverage.xml', coberturaReport],
    ['a Go cover profile', 'cover.out', goReport],
  ])('finds 2 of 3 lines covered in %s', async (_format, path, report) => {
    const { values } = await measure({ 'calc/abs.go': absSource, [path]: report });
    expect(values).toMatchObject({
      'coverage.lines.covered': 2,
      'coverage.lines.total': 3,
      'coverage.lines.percent': 66.66,
    });
  });

  it('gives the same numbers when all four formats tell of the same run', async () => {
    const { values } = await measure({
      'calc/abs.go': absSource,
      'lcov.info': lcovReport,
      'coverage-final.json': istanbulReport,
      'coverage.xml': coberturaReport,
      'cover.out': goReport,
    });
    expect(values).toMatchObject({
      'coverage.lines.covered': 2,
      'coverage.lines.total': 3,
      'coverage.branches.covered': 1,
      'coverage.branches.total': 2,
    });
  });

  it('unites the hits of two runs line by line', async () => {
    const other = 'TN:\nSF:calc/abs.go\nDA:4,0\nDA:7,1\nend_of_record\n';
    const { values } = await measure({ 'calc/abs.go': absSource, 'a/lcov.info': lcovReport, 'b/lcov.info': other });
    expect(values['coverage.lines.percent']).toBe(100);
  });

  it('measures no branches where no report tells of them', async () => {
    const { values } = await measure({ 'calc/abs.go': absSource, 'cover.out': goReport });
    expect(Object.keys(values).filter((name) => name.includes('branches'))).toEqual([]);
  });

  it('proves every number by the table of files', async () => {
    const { measurements = [], proofs } = await measure({ 'calc/abs.go': absSource, 'lcov.info': lcovReport });
    const [proof] = new Set(measurements.map(({ evidence }) => evidence));
    expect(JSON.parse(proofs.get(proof ?? '')?.text ?? '')).toMatchObject({
      looked: ['lcov.info'],
      files: [{ path: 'calc/abs.go', lines: { covered: 2, total: 3 } }],
    });
  });

  it('measures nothing where there is no report, and says what it looked for', async () => {
    const { status, summary, measurements, evidence } = await measure({ 'src/a.ts': 'x' });
    expect({ status, summary, measurements }).toEqual({
      status: undefined,
      summary: 'no coverage report found',
      measurements: [],
    });
    expect(JSON.parse(evidence[0]?.text ?? '')).toMatchObject({
      looked: [],
      globs: expect.arrayContaining(['**/lcov.info']),
    });
  });

  it('names a report that it could not read, and measures nothing', async () => {
    const { unread, measurements } = await measure({ 'lcov.info': 'TN:\nSF:a\nDA:oops\n' });
    expect(unread).toEqual([{ path: 'lcov.info', reason: expect.stringContaining('line 3') }]);
    expect(measurements).toEqual([]);
  });

  it('leaves files out that are not of the repository, and says so', async () => {
    const foreign = `${lcovReport}SF:/usr/lib/other.go\nDA:1,1\nend_of_record\n`;
    const { values, unread } = await measure({ 'calc/abs.go': absSource, 'lcov.info': foreign });
    expect(values['coverage.lines.total']).toBe(3);
    expect(unread).toEqual([{ path: 'lcov.info', reason: expect.stringContaining('/usr/lib/other.go') }]);
  });

  it('finds files that no test reaches, the longest first', async () => {
    const record = (path: string, lines: number) =>
      `SF:${path}\n${Array.from({ length: lines }, (_, line) => `DA:${line + 1},0\n`).join('')}end_of_record\n`;
    const report = `TN:\n${record('a.ts', 1)}${record('b.ts', 3)}${record('empty.ts', 0)}`;
    const { findings = [] } = await measure({ 'a.ts': '', 'b.ts': '', 'empty.ts': '', 'lcov.info': report });
    expect(findings.map(({ ruleId, subject, message }) => [ruleId, subject, message])).toEqual([
      ['coverage/uncovered-file', 'b.ts', 'No test reaches any of the 3 lines of code in b.ts.'],
      ['coverage/uncovered-file', 'a.ts', 'No test reaches any of the 1 line of code in a.ts.'],
    ]);
  });

  it('lists at most a hundred of them, and says how many there are', async () => {
    const paths = Array.from({ length: 101 }, (_, index) => `f${index}.ts`);
    const report = paths.map((path) => `SF:${path}\nDA:1,0\nend_of_record\n`).join('');
    const { findings, summary } = await measure({
      ...Object.fromEntries(paths.map((path) => [path, ''])),
      'lcov.info': report,
    });
    expect(findings).toHaveLength(100);
    expect(summary).toContain('101 files never reached, 100 of them listed');
  });
});

describe('measureCoverage with a command', () => {
  const tested = {
    'package.json': '{"type": "module"}',
    'calc/abs.js': 'export function abs(n) {\n  if (n < 0) {\n    return -n;\n  }\n  return n;\n}\n',
    'calc/abs.test.js':
      "import test from 'node:test';\nimport { abs } from './abs.js';\ntest('abs', () => { abs(1); });\n",
  };
  const runner = ['node', '--test', '--experimental-test-coverage', '--test-coverage-include=calc/abs.js'];
  const reporters = [
    '--test-reporter=lcov',
    '--test-reporter-destination=lcov.info',
    '--test-reporter=tap',
    '--test-reporter-destination=stdout',
  ];

  it("gives the runner's own number to a tenth of a point", async () => {
    const { values, evidence, summary } = await measure(tested, { command: [...runner, ...reporters] });
    const output = evidence.find(({ title }) => title === 'Test run')?.text ?? '';
    const own = Number(/abs\.js\s*\|\s*([\d.]+)/.exec(output)?.[1]);
    expect(own, `${summary} ${output}`).toBeGreaterThan(0);
    expect(Math.abs((values['coverage.lines.percent'] ?? 0) - own)).toBeLessThanOrEqual(0.1);
  });

  it('reports a failing command by its exit code, with its last lines in the evidence', async () => {
    const { findings = [], evidence } = await measure(
      {},
      { command: ['node', '-e', "console.log('so sad'); process.exit(3)"] },
    );
    expect(findings[0]).toMatchObject({
      ruleId: 'coverage/tests-fail',
      message: expect.stringContaining('exit code 3'),
    });
    expect(JSON.parse(evidence[0]?.text ?? '')).toMatchObject({ exitCode: 3, stdout: ['so sad'] });
  });

  it('does not take an older report for the result of the run', async () => {
    const files = { 'calc/abs.go': absSource, 'lcov.info': lcovReport };
    const { summary, measurements, evidence } = await measure(files, { command: ['node', '-e', '0'] });
    expect(summary).toBe('no coverage report found that the command wrote');
    expect(measurements).toEqual([]);
    expect(JSON.parse(evidence[1]?.text ?? '')).toMatchObject({ leftAlone: ['lcov.info'] });
  });

  it('reads a report that the command wrote over an older one', async () => {
    const script = "require('fs').writeFileSync('lcov.info', 'SF:calc/abs.go\\nDA:4,1\\nend_of_record\\n')";
    const { values } = await measure(
      { 'calc/abs.go': absSource, 'lcov.info': lcovReport },
      { command: ['node', '-e', script] },
    );
    expect(values['coverage.lines.percent']).toBe(100);
  });

  it('follows no link out of the copy', () => {
    const secret = mkdtempSync(join(temporary, 'secret-'));
    const copy = mkdtempSync(join(temporary, 'copy-'));
    writeFileSync(join(secret, 'lcov.info'), lcovReport);
    symlinkSync(join(secret, 'lcov.info'), join(copy, 'lcov.info'));
    symlinkSync(secret, join(copy, 'folder'));
    writeFileSync(join(copy, 'own.txt'), 'own');
    const produced = producedFiles(copy, memoryWorkspace({}));
    expect(produced.files.map(({ path }) => path)).toEqual(['own.txt']);
    expect(produced.readBytes('lcov.info')).toBeUndefined();
    expect(produced.readBytes('folder/lcov.info')).toBeUndefined();
  });
});
