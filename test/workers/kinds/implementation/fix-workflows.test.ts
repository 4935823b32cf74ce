import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkWorkflows } from '../../../../src/checks/workflows/check-workflows.ts';
import { memoryWorkspace } from '../../../../src/checks/workspace.ts';
import type { FixableWorkflowRule } from '../../../../src/protocol/capabilities.ts';
import { changeSchema, type Change } from '../../../../src/protocol/change.ts';
import { canonicalJson, sha256 } from '../../../../src/shared/canonical.ts';
import { fixWorkflows } from '../../../../src/workers/kinds/implementation/fix-workflows.ts';
import type { Work } from '../../../../src/workers/work.ts';
import { corpora, corpusWorkflows, demoFolder, skipNote } from '../../../checks/workflows/corpora.ts';
import { testWork } from '../../../support/work-context.ts';

type Files = Readonly<Record<string, string>>;

const path = '.github/workflows/a.yaml';
const workflow = 'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: me/tool@v1\n';
const inputs = {
  paths: ['**'],
  shard: { index: 1, of: 1 },
  rules: ['no-timeout', 'missing-permissions', 'no-concurrency'] as FixableWorkflowRule[],
  timeoutMinutes: 20,
};

interface Ran {
  readonly work: Work;
  readonly changes: readonly Change[];
  readonly artefacts: ReadonlyMap<string, { readonly title: string; readonly text: string }>;
}

async function run(files: Files, options: Partial<typeof inputs> = {}): Promise<Ran> {
  const { context, evidence } = testWork({
    kind: 'implementation-worker',
    capability: 'fix-workflows',
    inputs: { ...inputs, ...options },
    files,
  });
  const work = await fixWorkflows(context);
  return { work, changes: work.changes ?? [], artefacts: evidence };
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The tree after `git apply` of one patch in a scratch repository. */
function gitApply(files: Files, patch: string): Files {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-fix-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  execFileSync('git', ['init', '--quiet'], { cwd: folder });
  execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, input: patch });
  return Object.fromEntries(Object.keys(files).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function fingerprints(files: Files): readonly string[] {
  return checkWorkflows(memoryWorkspace(files), ['**']).findings.map((finding) => finding.fingerprint);
}

describe('a fix', () => {
  it('is one valid change with the lines it adds', async () => {
    const { changes } = await run({ [path]: workflow });
    expect(changes.map((change) => changeSchema.parse(change))).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      title: 'ci: add time limits to a.yaml',
      capability: 'fix-workflows',
      engine: 'deterministic',
      baseCommit: '0'.repeat(40),
      files: [{ path, mode: '100644', before: sha256(workflow), addedLines: 1, removedLines: 0 }],
      pullRequest: { branchSlug: 'workflows-a', title: 'ci: add time limits to a.yaml' },
    });
    expect(changes[0]?.patch).toContain('\n+    timeout-minutes: 20\n');
  });

  it('is proven by all that the tool says of the file, before and after', async () => {
    const { changes, artefacts } = await run({ [path]: workflow });
    const proof = changes[0]?.proof;
    const before = checkWorkflows(memoryWorkspace({ [path]: workflow }), ['**']).findings;
    expect(proof).toMatchObject({ before: { findings: 2 }, after: { findings: 1 }, introduced: [] });
    expect(proof?.gone).toEqual(
      before.filter(({ ruleId }) => ruleId === 'workflows/no-timeout').map(({ fingerprint }) => fingerprint),
    );
    const kept = JSON.parse(artefacts.get(proof?.before.evidence ?? '')?.text ?? '') as unknown;
    expect(kept).toMatchObject({ path, sha256: sha256(workflow), findings: JSON.parse(canonicalJson(before)) });
    expect(changes[0]?.fingerprint).toBe(sha256(['fix-workflows', ...(proof?.gone ?? [])].join('\n')));
  });

  it('tells its reader everything that a review needs', async () => {
    const body = (await run({ [path]: workflow })).changes[0]?.pullRequest.body ?? '';
    const headings = body.split('\n').filter((line) => line.startsWith('## '));
    expect(headings).toEqual(
      ['Problem', 'What changes', 'Evidence', 'How it was tested', 'Risk', 'Left to a person', 'Undo', 'Engine'].map(
        (heading) => `## ${heading}`,
      ),
    );
    expect(body).toContain('| before | 2 |');
    expect(body).toContain('    timeout-minutes: 20');
  });

  it('keeps a byte order mark, carriage returns and a missing final newline through git apply', async () => {
    const files = { [path]: `\ufeff${workflow.trimEnd().replaceAll('\n', '\r\n')}` };
    const { changes } = await run(files);
    const after = gitApply(files, changes[0]?.patch ?? '')[path] ?? '';
    expect(after).toBe(files[path]?.replace('    steps', '    timeout-minutes: 20\r\n    steps'));
    expect(changes[0]?.files[0]?.after).toBe(sha256(after));
  });
});

describe('the fixing worker', () => {
  it('takes its shard of the files in path order, so that shards share nothing and miss nothing', async () => {
    const files = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e'].map((name) => [`.github/workflows/${name}.yml`, workflow]),
    );
    const shards = await Promise.all([1, 2].map((index) => run(files, { shard: { index, of: 2 } })));
    const paths = shards.map(({ changes }) => changes.map((change) => change.files[0]?.path.at(-5)));
    expect(paths).toEqual([
      ['a', 'c', 'e'],
      ['b', 'd'],
    ]);
  });

  it('follows only the rules asked for', async () => {
    expect((await run({ [path]: workflow }, { rules: ['no-concurrency'] })).changes).toEqual([]);
  });

  it('leaves alone what a person has silenced', async () => {
    const silent = workflow.replace('  a:', '  a: # cortex-ignore: workflows/no-timeout it stops by itself');
    const { changes, work } = await run({ [path]: silent });
    expect(changes).toEqual([]);
    expect(work.summary).toBe('Workflow files: 1; changes: 0; findings that go away: 0; left to a person: 0');
  });

  it('with nothing to fix keeps what it looked at', async () => {
    const sound = workflow.replace('    steps', '    timeout-minutes: 5\n    steps');
    const { changes, artefacts } = await run({ [path]: sound });
    expect(changes).toEqual([]);
    const [kept] = [...artefacts.values()];
    expect(JSON.parse(kept?.text ?? '')).toMatchObject({
      files: [{ path, sha256: sha256(sound), applied: [], leftToAPerson: [], change: null }],
    });
  });

  it('keeps the reason for what it leaves to a person', async () => {
    const { changes, artefacts } = await run({
      [path]: 'on: push\npermissions: {}\njobs: { a: { runs-on: x, steps: [{ run: x }] } }\n',
    });
    expect(changes).toEqual([]);
    expect([...artefacts.values()][0]?.text).toContain('`jobs` is written in flow style');
  });

  it('names files that it could not read or could not patch', async () => {
    const { work } = await run({ '.github/workflows/a b.yaml': workflow, '.github/workflows/c.yaml': '\0' });
    expect(work.changes).toEqual([]);
    expect(work.unread).toEqual([
      { path: '.github/workflows/c.yaml', reason: 'not UTF-8 text; save it as UTF-8' },
      { path: '.github/workflows/a b.yaml', reason: 'its name can not stand in a patch; rename the file' },
    ]);
  });
});

describe.skipIf(corpora === undefined)(`the workflows of a real shop${skipNote}`, () => {
  it('get patches that git applies, after which their findings are gone and nothing is new', async () => {
    const files = corpusWorkflows(demoFolder);
    const before = fingerprints(files);
    const { changes, work } = await run(files);
    expect(work.unread).toEqual([]);
    expect(changes.map((change) => change.files[0]?.path)).toEqual(Object.keys(files).toSorted());
    for (const change of changes) {
      const after = gitApply(files, change.patch);
      expect(sha256(after[change.files[0]?.path ?? ''] ?? '')).toBe(change.files[0]?.after);
      const left = fingerprints(after);
      expect(before.filter((fingerprint) => !left.includes(fingerprint)).toSorted()).toEqual(change.proof.gone);
      expect(left.filter((fingerprint) => !before.includes(fingerprint))).toEqual([]);
    }
  });

  it('have 9 time limits, 4 permissions and 4 groups added, and one finding left to a person', async () => {
    const { changes, work } = await run(corpusWorkflows(demoFolder));
    expect(changes.reduce((sum, change) => sum + change.proof.gone.length, 0)).toBe(9 + 4 + 4);
    expect(work.summary).toBe('Workflow files: 9; changes: 9; findings that go away: 17; left to a person: 1');
  });

  it('give the same bytes twice', async () => {
    const [first, second] = [await run(corpusWorkflows(demoFolder)), await run(corpusWorkflows(demoFolder))];
    expect(canonicalJson(first.work)).toBe(canonicalJson(second.work));
  });
});
