import { describe, expect, it } from 'vitest';
import { scanWorkflows } from '../../../../src/workers/kinds/scan/workflows.ts';
import type { Work } from '../../../../src/workers/work.ts';
import { testWork } from '../../../support/work-context.ts';

/** Unsafe: an action by tag. Slow: no time limit. */
const workflow = 'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: me/tool@v1\n';

async function scan(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<{ work: Work; artefacts: readonly string[] }> {
  const { context, evidence } = testWork({
    kind: 'scan-worker',
    capability: 'workflows',
    inputs: { paths: ['**'] },
    files,
  });
  const work = await scanWorkflows(context);
  return { work, artefacts: [...evidence.keys()] };
}

describe('the workflow scan', () => {
  it('reports what is unsafe, and not what is slow', async () => {
    const { work } = await scan({ '.github/workflows/a.yaml': workflow });
    expect(work.findings?.map((finding) => finding.ruleId)).toEqual(['workflows/unpinned-uses']);
  });

  it('reports a file that GitHub would not run', async () => {
    const { work } = await scan({ '.github/workflows/a.yaml': 'on: push\n' });
    expect(work.findings?.map((finding) => finding.ruleId)).toEqual(['workflows/syntax']);
  });

  it('proves each number by the one artefact', async () => {
    const { work, artefacts } = await scan({
      '.github/workflows/a.yaml': workflow,
      '.github/workflows/b.yaml': new Uint8Array([0]),
    });
    expect(work.measurements?.map(({ name, value, evidence }) => ({ name, value, evidence }))).toEqual([
      { name: 'workflows.files-scanned', value: 1, evidence: artefacts[0] },
      { name: 'workflows.unsafe-places', value: 1, evidence: artefacts[0] },
    ]);
    expect(work.unread?.map(({ path }) => path)).toEqual(['.github/workflows/b.yaml']);
  });

  it('of a tree without workflows says so, with evidence', async () => {
    const { work, artefacts } = await scan({ 'README.md': '# x\n' });
    expect(work).toMatchObject({
      findings: [],
      unread: [],
      summary: 'Workflow files: 0; unsafe places: 0; files not read: 0',
    });
    expect(artefacts).toHaveLength(1);
  });
});
