import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anchorObject } from '../../src/cluster/kubernetes/spec/anchor.ts';
import { anchorName } from '../../src/cluster/kubernetes/spec/names.ts';
import { runCli, type CliOutcome } from '../support/cli.ts';
import { selfSigned } from '../support/kubernetes/certificate.ts';
import { startFakeApi, type FakeApi } from '../support/kubernetes/fake-api.ts';
import { writeKubeconfig } from '../support/kubernetes/kubeconfig.ts';

/** A fake cluster, and the built command line with a kubeconfig that leads there. */
export interface ClusterWorld {
  readonly api: FakeApi;
  readonly folder: string;
  readonly kubeconfig: string;
  /** PEM of the certificate that the cluster shows. */
  readonly ca: string;
  readonly cortex: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<CliOutcome>;
  /** Makes the anchor of an execution; returns its name. */
  readonly anchor: (execution: string, how?: { readonly namespace?: string; readonly endsAt?: number }) => string;
  /** Names of the anchors that a namespace has. */
  readonly anchors: (namespace?: string) => readonly string[];
  readonly remove: () => Promise<void>;
}

export async function clusterWorld(): Promise<ClusterWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-cluster-world-'));
  const tls = await selfSigned();
  const api = await startFakeApi({ manner: 'simulated', tls });
  const kubeconfig = writeKubeconfig(folder, { url: api.url, cert: tls.cert });
  return {
    api,
    folder,
    kubeconfig,
    ca: tls.cert,
    cortex: (args, env = {}) => runCli(args, { cwd: folder, env: { KUBECONFIG: kubeconfig, ...env } }),
    anchor: (execution, { namespace = 'cortex-workers', endsAt = Date.now() + 3_600_000 } = {}) => {
      const { labels, annotations } =
        anchorObject({ execution, namespace, repository: 'example/shop', endsAt }).metadata ?? {};
      const name = anchorName(execution);
      const metadata = { name, namespace, labels: { ...labels }, annotations: { ...annotations } };
      api.verbs.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
      return name;
    },
    anchors: (namespace = 'cortex-workers') =>
      api.verbs.list('configmaps', namespace).map(({ metadata }) => metadata.name),
    remove: async () => {
      await api.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
