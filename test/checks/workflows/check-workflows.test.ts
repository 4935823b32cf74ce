import { describe, expect, it } from 'vitest';
import { checkWorkflows } from '../../../src/checks/workflows/check-workflows.ts';
import { memoryWorkspace } from '../../../src/checks/workspace.ts';
import { findingSchema } from '../../../src/protocol/finding.ts';
import { check, digest, path, seen, sha, soundBut, soundWorkflow } from './builder.ts';

const step = '      - run: make test\n';
const build = '    timeout-minutes: 10\n';
const triggers = 'on:\n  push:\n    branches: [main]\n  pull_request:\n';
const limits = `concurrency:\n  group: ci-\${{ github.ref }}\n  cancel-in-progress: true\n`;
const permissions = 'permissions:\n  contents: read\n';
const wholeJob = soundWorkflow.slice(soundWorkflow.indexOf('  build:'));

describe('a sound workflow', () => {
  it('has no finding', () => expect(seen(soundWorkflow)).toEqual([]));

  it.each([
    ['a pinned image', build, `${build}    container: node:24@${digest}\n`],
    ['an image that an expression names', build, `${build}    container: \${{ matrix.image }}\n`],
    ['a local action', step, '      - uses: ./tools/build\n'],
    ['an action of the running commit', step, '      - uses: $/tools/build\n'],
    ['a container action by digest', step, `      - uses: docker://alpine@${digest}\n`],
    ['concurrency in the job alone', limits, ''],
    ['permissions in the job alone', permissions, ''],
    ['a number of the event in a script', 'make test', 'echo ${{ github.event.pull_request.number }}'],
    ['a title that is only compared', 'make test', "echo ${{ github.event.issue.title == 'x' && 'yes' || 'no' }}"],
    [
      'a title in the environment',
      step,
      '      - run: echo "$T"\n        env: { T: "${{ github.event.issue.title }}" }\n',
    ],
    [
      'history that a step uses',
      'persist-credentials: false\n',
      'persist-credentials: false\n          fetch-depth: 0\n      - run: git describe\n',
    ],
    ['tags pushed besides pull requests', 'branches: [main]', 'tags: [v*]'],
    ['a called workflow without a limit', wholeJob, `  call:\n    uses: me/flows/.github/workflows/x.yaml@${sha}\n`],
  ])('stays sound with %s', (_name, from, to) => {
    const inJob = to === '' ? build + from.replace(/^/gm, '    ').trimEnd() + '\n' : undefined;
    const text = inJob === undefined ? soundBut(from, to) : soundBut(from, '').replace(build, () => inJob);
    expect(seen(text)).toEqual([]);
  });
});

describe('each rule finds its one difference, in its place', () => {
  it.each([
    ['no-timeout 12:3 #jobs.build', build, ''],
    ['no-concurrency 2:1', limits, ''],
    ['duplicate-triggers 3:3', '  push:\n    branches: [main]\n', '  push:\n'],
    ['setup-without-cache 19:15 #jobs.build.steps[1]', step, `      - uses: actions/setup-python@${sha}\n`],
    ['setup-without-cache 19:15 #jobs.build.steps[1]', step, `      - uses: ruby/setup-ruby@${sha}\n`],
    [
      'full-fetch-depth 19:24 #jobs.build.steps[0]',
      'persist-credentials: false\n',
      'persist-credentials: false\n          fetch-depth: 0\n',
    ],
    ['unpinned-uses 16:15 #jobs.build.steps[0]', `@${sha} # v5`, '@v5'],
    ['unpinned-uses 19:15 #jobs.build.steps[1]', step, '      - uses: docker://alpine:3.22\n'],
    ['unpinned-uses 13:11 #jobs.build', wholeJob, '  build:\n    uses: me/flows/.github/workflows/x.yaml@main\n'],
    ['unpinned-images 15:16 #jobs.build', build, `${build}    container: node:24\n`],
    ['unpinned-images 17:16 #jobs.build', build, `${build}    services:\n      db:\n        image: postgres\n`],
    ['missing-permissions 10:3 #jobs.build', permissions, ''],
    ['write-all 6:1', permissions, 'permissions: write-all\n'],
    ['write-all 15:5 #jobs.build', build, `${build}    permissions: write-all\n`],
    ['persist-credentials 16:15 #jobs.build.steps[0]', '        with:\n          persist-credentials: false\n', ''],
    ['persist-credentials 16:15 #jobs.build.steps[0]', 'persist-credentials: false', 'persist-credentials: true'],
    [
      'secrets-inherit 13:5 #jobs.build',
      wholeJob,
      `  build:\n    secrets: inherit\n    uses: me/flows/.github/workflows/x.yaml@${sha}\n`,
    ],
    ['template-injection 19:19 #jobs.build.steps[1]', 'make test', 'echo ${{ github.head_ref }}'],
    [
      'template-injection 20:16 #jobs.build.steps[1]',
      'run: make test',
      'run: |\n          echo ${{ github.event.issue.title }}',
    ],
    [
      'template-injection 21:30 #jobs.build.steps[1]',
      step,
      `      - uses: actions/github-script@${sha}\n        with:\n          script: core.info(\`\${{ github.event.comment.body }}\`)\n`,
    ],
  ])('%s', (expected, from, to) => expect(seen(soundBut(from, to))).toEqual([expected]));
});

describe('dangerous triggers', () => {
  const privileged = (event: string, added: string): string =>
    soundBut(triggers, `on: ${event}\n`).replace(
      'persist-credentials: false\n',
      () => `persist-credentials: false\n${added}`,
    );

  it.each([
    ['pull_request_target', '${{ github.event.pull_request.head.sha }}'],
    ['pull_request_target', '${{ github.head_ref }}'],
    ['workflow_run', '${{ github.event.workflow_run.head_sha }}'],
    ['issue_comment', 'refs/pull/${{ github.event.issue.number }}/head'],
  ])('under %s a checkout of %s is one', (event, ref) => {
    expect(seen(privileged(event, `          ref: ${ref}\n`))).toEqual([
      'dangerous-triggers 13:9 #jobs.build.steps[0]',
    ]);
  });

  it('a script that fetches the head is one', () => {
    expect(seen(privileged('pull_request_target', '      - run: gh pr checkout 1\n'))).toEqual([
      'dangerous-triggers 16:9 #jobs.build.steps[1]',
    ]);
  });

  it('the base branch is none, nor the head under pull_request', () => {
    expect(seen(privileged('pull_request_target', ''))).toEqual([]);
    expect(seen(privileged('pull_request', '          ref: ${{ github.head_ref }}\n'))).toEqual([]);
  });
});

describe('`on` is read in each of its forms', () => {
  const event = (on: string): readonly string[] => seen(soundBut(triggers, on).replace(limits, ''));

  it.each([
    'on: pull_request\n',
    'on: [push, pull_request]\n',
    'on:\n- pull_request\n',
    'on:\n  pull_request:\n',
    '"on": pull_request\n',
  ])('%j runs for pull requests', (on) => expect(event(on)).toContainEqual(expect.stringMatching(/^no-concurrency/)));

  it('a YAML 1.1 directive does not turn `on` into true', () => {
    expect(seen(`%YAML 1.1\n---\n${soundWorkflow}`)).toEqual([]);
  });

  it('push alone needs no concurrency', () => expect(event('on: { push: { branches: [main] } }\n')).toEqual([]));
});

describe('files that GitHub would not run', () => {
  it.each([
    ['nothing', '', '1:1'],
    ['a list', '- a\n', '1:1'],
    ['no jobs', 'on: push\n', '1:1'],
    ['no event', 'jobs: { a: { runs-on: x, steps: [{ run: x }] } }\n', '1:1'],
    ['an empty `on`', 'on:\njobs: { a: { runs-on: x, steps: [{ run: x }] } }\n', '1:1'],
    ['broken YAML', 'on: push\njobs: [\n', '3:1'],
    ['a tab as indentation', 'on: push\njobs:\n\ta: 1\n', '3:1'],
    ['a repeated key', 'on: push\non: push\njobs: { a: { runs-on: x, steps: [{ run: x }] } }\n', '2:1'],
    ['a merge key', 'on: push\njobs: { a: { <<: {}, runs-on: x, steps: [{ run: x }] } }\n', '2:14'],
    ['an unknown anchor', 'on: push\njobs: { a: *b }\n', '2:12'],
    ['a job id with a dot', 'on: push\njobs: { a.b: { runs-on: x, steps: [{ run: x }] } }\n', '2:9'],
    ['a job without a runner', 'on: push\njobs: { a: { steps: [{ run: x }] } }\n', '2:9'],
    ['a job without steps', 'on: push\njobs: { a: { runs-on: x } }\n', '2:9'],
    ['a step that is text', 'on: push\njobs: { a: { runs-on: x, steps: [x] } }\n', '2:34'],
  ])('%s is a located syntax finding', (_name, text, place) => {
    const { findings } = check(text);
    expect(
      findings.map((finding) => `${finding.ruleId} ${finding.location?.line}:${finding.location?.column}`),
    ).toEqual([`workflows/syntax ${place}`]);
  });

  it('text of the file reaches a message without its control characters', () => {
    const [finding] = check('on: push\njobs: { "a\\u001b[2J\\u202eb": {} }\n').findings;
    expect(finding?.message).toContain('"a�[2J�b"');
  });
});

describe('which files are looked at', () => {
  const files = {
    '.github/workflows/b.yml': soundWorkflow,
    '.github/workflows/a.yaml': soundWorkflow,
    '.github/workflows/nested/c.yaml': soundWorkflow,
    '.github/workflows/README.md': '# x',
    'workflows/d.yaml': soundWorkflow,
  };

  it('only YAML files right in .github/workflows, in path order', () => {
    expect(checkWorkflows(memoryWorkspace(files), ['**']).files).toEqual([
      '.github/workflows/a.yaml',
      '.github/workflows/b.yml',
    ]);
  });

  it('only those that match the globs', () => {
    expect(checkWorkflows(memoryWorkspace(files), ['**', '!**/a.yaml']).files).toEqual(['.github/workflows/b.yml']);
  });

  it('a symbolic link and a binary file are named as unread', () => {
    const workspace = memoryWorkspace({
      '.github/workflows/a.yaml': 'b.yml',
      '.github/workflows/b.yml': new Uint8Array([0, 1]),
    });
    const linked = workspace.files.map((file) =>
      file.path.endsWith('a.yaml') ? { ...file, mode: '120000' as const } : file,
    );
    const result = checkWorkflows({ ...workspace, files: linked }, ['**']);
    expect(result.findings).toEqual([]);
    expect(result.unread).toEqual([
      { path: '.github/workflows/a.yaml', reason: 'a symbolic link; check the file that it names' },
      { path: '.github/workflows/b.yml', reason: 'not UTF-8 text; save it as UTF-8' },
    ]);
  });
});

describe('findings', () => {
  const rough = `on: pull_request\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v5\n      - uses: actions/checkout@v5\n`;

  it('fit the schema and each has a fingerprint of its own', () => {
    const { findings } = check(rough);
    for (const finding of findings) expect(findingSchema.parse(finding)).toEqual(finding);
    expect(new Set(findings.map((finding) => finding.fingerprint)).size).toBe(findings.length);
  });

  it('keep their fingerprints when lines and steps come in above', () => {
    const moved = rough.replace('on:', '# a comment\non:').replace('    steps:\n', '    steps:\n      - run: x\n');
    const fingerprints = (text: string): readonly string[] =>
      check(text)
        .findings.map((finding) => finding.fingerprint)
        .toSorted();
    expect(fingerprints(moved)).toEqual(fingerprints(rough));
  });

  it('say `fix` only where the fixer would act, and why not elsewhere', () => {
    const flow = check('on: push\npermissions: {}\njobs: { a: { runs-on: x, steps: [{ run: x }] } }\n').findings;
    expect(flow.map(({ ruleId, fix }) => [ruleId, fix])).toEqual([['workflows/no-timeout', undefined]]);
    expect(flow[0]?.remedy).toContain('This needs a person: `jobs` is written in flow style.');
    expect(check(soundBut(build, '')).findings.map(({ fix }) => fix)).toEqual(['fix-workflows']);
  });

  it('look through aliases', () => {
    const aliased = `${soundBut(build, '').replace('  build:', '  build: &build')}  again: *build\n`;
    expect(seen(aliased)).toEqual(['no-timeout 12:3 #jobs.build', 'no-timeout 19:3 #jobs.again']);
  });

  it('name the file that they are in', () => {
    expect(check('', path).findings[0]?.subject).toBe(path);
  });
});
