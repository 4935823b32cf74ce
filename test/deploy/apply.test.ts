import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clusterGate, type Cluster } from '../support/clusters.ts';
import { deployFolder, eventually, startDeployed } from './deployed.ts';

const { skip, note } = clusterGate();
const overlays = ['', 'overlays/tls', 'overlays/test'];

const appliedSchema = z.object({
  items: z.array(
    z.object({
      kind: z.string(),
      metadata: z.object({ name: z.string(), generation: z.int().optional(), resourceVersion: z.string() }),
    }),
  ),
});

describe.skipIf(skip)(`deploy/ on a real API server${note}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startDeployed({ name: 'apply' });
  });
  afterAll(() => cluster?.down());

  const apply = async (
    overlay: string,
    ...flags: readonly string[]
  ): Promise<z.infer<typeof appliedSchema>['items']> => {
    const args = ['apply', '-k', join(deployFolder, overlay), '-o', 'json', ...flags];
    return appliedSchema.parse(JSON.parse(await cluster.kubectl(args))).items;
  };

  it.each(overlays)('is valid there, with the policies in force: "%s"', async (overlay) => {
    const { code, stderr } = await cluster.tryKubectl(['apply', '-k', join(deployFolder, overlay), '--dry-run=server']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('takes the overlay that the documentation shows', async () => {
    const page = readFileSync(join(deployFolder, '..', 'docs', 'kubernetes.md'), 'utf8');
    const shown = /```yaml\n([^`]*kind: Kustomization[^`]*)```/.exec(page)?.[1] ?? '';
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-overlay-')));
    const text = shown.replace('../cortex/deploy', relative(folder, deployFolder));
    writeFileSync(join(folder, 'kustomization.yaml'), text);
    const made = await cluster.kubectl(['apply', '-k', folder, '--dry-run=server', '-o', 'yaml']);
    rmSync(folder, { recursive: true });
    expect(made).toContain("expression: '[''node:'', ''registry.example/platform/'']'");
    expect(made).toContain('pods: "60"');
  });

  it('changes no object when it is applied again', async () => {
    const [first, second] = [await apply(''), await apply('')];
    const generations = (items: typeof first): readonly unknown[] =>
      items.map(({ kind, metadata }) => [kind, metadata.name, metadata.generation]);
    expect(first.length).toBeGreaterThan(30);
    expect(generations(second)).toEqual(generations(first));
  });

  it('has the pod of Redis made, under restricted Pod Security', async () => {
    const pods = await eventually(
      () => cluster.kubectl(['get', 'pods', '-n', 'cortex-system', '-o', 'name']),
      (names) => names !== '',
    );
    expect(pods).toBe('pod/redis-0\n');
  });

  it('has the pod of the reaper made', async () => {
    const where = ['-n', 'cortex-system'];
    await cluster.kubectl(['create', 'job', 'reap-now', '--from=cronjob/cortex-reaper', ...where]);
    const pods = await eventually(
      () => cluster.kubectl(['get', 'pods', '-l', 'job-name=reap-now', ...where, '-o', 'name']),
      (names) => names !== '',
    );
    expect(pods).toMatch(/^pod\/reap-now-/);
  });

  it('leaves what the controllers need in the namespace of workers', async () => {
    const names = await eventually(
      () => cluster.kubectl(['get', 'configmap,serviceaccount', '-n', 'cortex-workers', '-o', 'name']),
      (found) => found.includes('kube-root-ca.crt'),
    );
    expect(names).toContain('serviceaccount/default');
  });
});
