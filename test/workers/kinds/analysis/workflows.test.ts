import { describe, expect, it } from 'vitest';
import { analyseWorkflows } from '../../../../src/workers/kinds/analysis/workflows.ts';
import type { Work } from '../../../../src/workers/work.ts';
import { corpora, corpusWorkflows, demoFolder, skipNote } from '../../../checks/workflows/corpora.ts';
import { testWork } from '../../../support/work-context.ts';

/** Unsafe: an action by tag. Slow: no time limit, no cache. */
const workflow =
  'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x\n      - uses: actions/setup-python@v6\n';

async function analyse(
  files: Readonly<Record<string, string>>,
): Promise<{ work: Work; artefacts: ReadonlyMap<string, { readonly text: string }> }> {
  const { context, evidence } = testWork({
    kind: 'analysis-worker',
    capability: 'workflows',
    inputs: { paths: ['**'] },
    files,
  });
  const work = await analyseWorkflows(context);
  return { work, artefacts: evidence };
}

function valuesOf(work: Work): Readonly<Record<string, number>> {
  return Object.fromEntries((work.measurements ?? []).map(({ name, value }) => [name, value]));
}

describe('the workflow analysis', () => {
  it('reports what is slow or costly, and not what is unsafe', async () => {
    const { work } = await analyse({ '.github/workflows/a.yaml': workflow });
    expect(work.findings?.map(({ ruleId, basis }) => [ruleId, basis])).toEqual([
      ['workflows/no-timeout', 'measured'],
      ['workflows/setup-without-cache', 'estimated'],
    ]);
  });

  it('counts what it saw, each number with its artefact', async () => {
    const { work, artefacts } = await analyse({ '.github/workflows/a.yaml': workflow });
    expect(valuesOf(work)).toEqual({
      'workflows.files': 1,
      'workflows.jobs': 1,
      'workflows.steps': 2,
      'workflows.jobs-without-timeout': 1,
      'workflows.setups-without-cache': 1,
      'workflows.pull-request-without-concurrency': 0,
      'workflows.full-history-checkouts': 0,
      'workflows.started-twice': 0,
    });
    expect(new Set(work.measurements?.map(({ evidence }) => evidence))).toEqual(new Set(artefacts.keys()));
  });

  it('promises no saving', async () => {
    const { work } = await analyse({ '.github/workflows/a.yaml': workflow });
    for (const finding of work.findings ?? [])
      expect(`${finding.message} ${finding.remedy}`).not.toMatch(/\d+ ?%|sav(?:e|ing)/);
  });

  it('names a file that GitHub would not run as unread', async () => {
    const { work } = await analyse({ '.github/workflows/a.yaml': 'on: push\n' });
    expect(work.findings).toEqual([]);
    expect(work.unread).toEqual([
      { path: '.github/workflows/a.yaml', reason: 'not a workflow that GitHub would run; see workflows/syntax' },
    ]);
  });
});

describe.skipIf(corpora === undefined)(`the workflows of a real shop${skipNote}`, () => {
  it('measure as known, twice to the same artefact', async () => {
    const [first, second] = [await analyse(corpusWorkflows(demoFolder)), await analyse(corpusWorkflows(demoFolder))];
    expect(valuesOf(first.work)).toMatchObject({
      'workflows.files': 9,
      'workflows.jobs': 10,
      'workflows.jobs-without-timeout': 9,
      'workflows.pull-request-without-concurrency': 5,
      'workflows.setups-without-cache': 2,
    });
    expect(first).toEqual(second);
  });
});
