import { describe, expect, it } from 'vitest';
import { fixWorkflow, type WorkflowFix } from '../../../../src/checks/workflows/fix/fix-workflow.ts';
import { fixableWorkflowRules } from '../../../../src/protocol/capabilities.ts';

const path = '.github/workflows/ci.yaml';
const rough = `# The build.
name: CI
on: pull_request # for review

# All jobs.
jobs:
  build: # the only one
    # Where it runs.
    runs-on: "ubuntu-24.04" # fixed
    steps:
    - run: make
`;

function fix(text: string, options: Partial<Parameters<typeof fixWorkflow>[2]> = {}): WorkflowFix {
  return fixWorkflow(text, fixableWorkflowRules, { path, timeoutMinutes: 15, ...options });
}

function reasons(text: string): readonly string[] {
  return fix(text).refused.map((each) => `${each.rule}: ${each.reason}`);
}

const added = `# The build.
name: CI
on: pull_request # for review

permissions:
  contents: read

concurrency:
  group: \${{ github.workflow }}-\${{ github.ref }}
  cancel-in-progress: true

# All jobs.
jobs:
  build: # the only one
    # Where it runs.
    runs-on: "ubuntu-24.04" # fixed
    timeout-minutes: 15
    steps:
    - run: make
`;

describe('the fixer', () => {
  it('adds what is missing as lines, and keeps every other byte', () => expect(fix(rough).text).toBe(added));

  it('keeps carriage returns', () =>
    expect(fix(rough.replaceAll('\n', '\r\n')).text).toBe(added.replaceAll('\n', '\r\n')));

  it('keeps a byte order mark and a missing final newline', () => {
    expect(fix(`\ufeff${rough.trimEnd()}`).text).toBe(`\ufeff${added.trimEnd()}`);
  });

  it('adds behind a last line that has no newline', () => {
    const text = 'on: push\npermissions: {}\njobs:\n  a:\n    steps: [{ run: x }]\n    runs-on: x';
    expect(fix(text).text).toBe(`${text}\n    timeout-minutes: 15`);
  });

  it('changes nothing the second time', () => expect(fix(added)).toEqual({ text: added, applied: [], refused: [] }));

  it('names every finding with the lines that answer it', () => {
    expect(fix(rough).applied).toEqual([
      { rule: 'no-timeout', subject: `${path}#jobs.build`, lines: ['    timeout-minutes: 15'] },
      { rule: 'missing-permissions', subject: `${path}#jobs.build`, lines: ['permissions:', '  contents: read'] },
      {
        rule: 'no-concurrency',
        subject: path,
        lines: ['concurrency:', '  group: ${{ github.workflow }}-${{ github.ref }}', '  cancel-in-progress: true'],
      },
    ]);
  });

  it('follows only the rules asked for, and leaves what is not wanted', () => {
    expect(fixWorkflow(rough, ['no-timeout'], { path, timeoutMinutes: 15 }).applied.map(({ rule }) => rule)).toEqual([
      'no-timeout',
    ]);
    expect(fix(rough, { wanted: (rule) => rule === 'no-concurrency' }).applied.map(({ rule }) => rule)).toEqual([
      'no-concurrency',
    ]);
  });

  it('puts the limit at the top of a job whose runner takes several lines', () => {
    const text =
      'on: push\npermissions: {}\njobs:\n    a:\n        # labels\n        runs-on:\n            - x\n        steps: [{ run: x }]\n';
    expect(fix(text).text).toBe(text.replace('    a:\n', '    a:\n        timeout-minutes: 15\n'));
  });

  it('returns a text that is no workflow as it is', () => {
    expect(fix('on: [\n')).toEqual({ text: 'on: [\n', applied: [], refused: [] });
  });
});

describe('permissions', () => {
  const withStep = (step: string): string =>
    `on: push\njobs:\n  a:\n    timeout-minutes: 1\n    runs-on: x\n    steps:\n      - ${step}\n`;

  it.each([
    ['run: gh pr list', 'a script says "gh", which may need the right to write'],
    ['run: git push', 'a script says "push", which may need the right to write'],
    ['run: npm run release', 'a script says "release", which may need the right to write'],
    ['run: npx gh-pages -d out', 'a script says "gh", which may need the right to write'],
    ['{ run: ./x, env: { T: "${{ github.token }}" } }', 'the job a uses the token itself'],
    ['{ run: ./x, env: { T: "${{ secrets.GITHUB_TOKEN }}" } }', 'the job a uses the token itself'],
    ['uses: actions/github-script@v8', 'what the action "actions/github-script@v8" needs is not known'],
    ['uses: ./tools/deploy', 'what the action "./tools/deploy" needs is not known'],
  ])('are left to a person where a step is `%s`', (step, reason) => {
    expect(fix(withStep(step))).toEqual({
      text: withStep(step),
      applied: [],
      refused: [{ rule: 'missing-permissions', subject: `${path}#jobs.a`, reason }],
    });
  });

  it.each(['run: pushd src && make', 'uses: actions/checkout@v5', 'uses: docker://alpine:3'])(
    'are least where a step is `%s`',
    (step) => {
      expect(fix(withStep(step)).text).toContain('\npermissions:\n  contents: read\njobs:\n');
    },
  );

  it('go into the job that can do with reading, where another one needs a person', () => {
    const text = `${withStep('run: make')}  b:\n    timeout-minutes: 1\n    runs-on: x\n    environment: production\n    steps:\n      - run: make\n`;
    const outcome = fix(text);
    expect(outcome.text).toBe(
      text.replace('    runs-on: x\n', '    runs-on: x\n    permissions:\n      contents: read\n'),
    );
    expect(outcome.refused).toEqual([
      { rule: 'missing-permissions', subject: `${path}#jobs.b`, reason: 'the job b deploys to an environment' },
    ]);
  });

  it('of a called workflow are not guessed', () => {
    expect(reasons('on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yaml\n')).toEqual([
      'missing-permissions: what the called workflow "./.github/workflows/b.yaml" needs is not in this file',
    ]);
  });
});

describe('concurrency', () => {
  const rest = 'permissions: {}\njobs:\n  a:\n    timeout-minutes: 1\n    runs-on: x\n    steps: [{ run: x }]\n';
  const groupOf = (on: string): string | undefined => /group: (.*)/.exec(fix(`${on}\n${rest}`).text)?.[1];

  it('of a pull_request_target workflow never groups by the ref, which is the base', () => {
    expect(groupOf('on: pull_request_target')).toBe(
      '${{ github.workflow }}-${{ github.event.pull_request.number || github.run_id }}',
    );
  });

  it('leaves runs of other events alone', () => {
    expect(groupOf('on: [pull_request, push]')).toBe(
      '${{ github.workflow }}-${{ github.event.pull_request.number || github.run_id }}',
    );
  });

  it('is not added where nothing runs for pull requests', () => expect(groupOf('on: push')).toBeUndefined());

  it.each([
    ['on: [pull_request, workflow_call]', '', 'it is also called by other workflows, whose group it would share'],
    [
      'on: { pull_request: { types: [labeled] } }',
      '',
      'it also runs for activities whose runs do not replace each other',
    ],
    [
      'on: pull_request',
      '    environment: staging\n',
      'the job a deploys to an environment, and a cancelled deployment stops half-way',
    ],
  ])('is left to a person for `%s`%s', (on, inJob, reason) => {
    expect(reasons(`${on}\n${rest}${inJob}`)).toEqual([`no-concurrency: ${reason}`]);
  });
});

describe('what a line can not add safely is refused', () => {
  const job = '    runs-on: x\n    steps: [{ run: x }]\n';

  it.each([
    ['jobs in flow style', 'jobs: { a: { runs-on: x, steps: [{ run: x }] } }\n', '`jobs` is written in flow style'],
    ['a job in flow style', 'jobs:\n  a: { runs-on: x, steps: [{ run: x }] }\n', 'the job is written in flow style'],
    [
      'an anchor on the job',
      `jobs:\n  a: &a\n${job}`,
      'the job has an anchor, so that an edit could change other parts too',
    ],
    [
      'explicit keys',
      'jobs:\n  ? a\n  : runs-on: x\n    steps: [{ run: x }]\n',
      'the job does not have its keys on lines of their own',
    ],
  ])('%s', (_name, jobs, reason) => {
    const text = `on: push\npermissions: {}\n${jobs}`;
    expect(reasons(text)).toEqual([`no-timeout: ${reason}`]);
    expect(fix(text).text).toBe(text);
  });

  it('a job that repeats another by an alias', () => {
    expect(reasons(`on: push\npermissions: {}\njobs:\n  a: &a\n${job}    timeout-minutes: 1\n`)).toEqual([]);
    expect(reasons(`on: push\npermissions: {}\njobs:\n  a: &a\n${job}  b: *a\n`)).toEqual([
      'no-timeout: the job has an anchor, so that an edit could change other parts too',
      'no-timeout: the job repeats another part of the file by an alias',
    ]);
  });

  it('a workflow in flow style', () => {
    expect(reasons('{ on: pull_request, permissions: {}, jobs: { a: { uses: ./a } } }\n')).toEqual([
      'no-concurrency: the workflow is written in flow style',
    ]);
  });
});
