import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryWorkspace } from '../../../../src/checks/workspace.ts';
import { findIn, type DriftFiles } from '../../../support/drift-world.ts';

describe('findDrift', () => {
  it('measures what it looked at', async () => {
    const { values, summary } = await findIn(
      memoryWorkspace({ 'a.md': '[a](b.md) [b](gone.md) [c](https://example.com)', 'b.md': '' }),
    );
    expect(values).toEqual({ 'docs.files': 2, 'docs.links': 2, 'docs.external-links': 1, 'docs.dead': 1 });
    expect(summary).toContain('1 links that lead out of it were not checked');
  });

  it('names a document that it could not read', async () => {
    const { unread } = await findIn(memoryWorkspace({ 'a.md': new Uint8Array([0xff, 0x41]), 'b.md': '>'.repeat(500) }));
    expect(unread).toEqual([
      { path: 'a.md', reason: 'not UTF-8 text' },
      { path: 'b.md', reason: expect.stringContaining('line 1 is nested') },
    ]);
  });
});

const corpora = process.env['CORTEX_CORPORA'];
const shop = join(corpora ?? '', 'microservices-demo');
const absent = corpora === undefined || !existsSync(shop);

describe.skipIf(absent)(
  `findDrift on microservices-demo${absent ? ' (skipped: CORTEX_CORPORA is not set)' : ''}`,
  () => {
    it('finds what its documents name and the given tree lacks, and nothing else', async () => {
      const { findings } = await findIn({ ...memoryWorkspace(filesBelow(shop)), repository: 'o/microservices-demo' });
      const lacking = findings.map(({ subject }) => subject);
      // Each checked by hand: a renamed heading, a renamed workflow, a component that is gone; the rest was left out of the corpus.
      expect(lacking).toContain('README.md##deploy-online-boutique-variations-with-kustomize');
      expect(lacking).toContain('.github/workflows/README.md#push-deploy.yml');
      expect(lacking).toContain('kustomize/components/service-mesh-istio/README.md#../service-accounts');
      const leftOutOfCorpus = /#\/docs\/|#\/protos$|\.png$|scripts\/\w+\.(?:sh|py)$|products\.json$/;
      expect(lacking.filter((subject) => !leftOutOfCorpus.test(subject))).toHaveLength(3);
    });
  },
);

function filesBelow(root: string): DriftFiles {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path.slice(root.length + 1), readFileSync(path)]));
}
