import { describe, expect, it } from 'vitest';
import { catalogSections } from '../../../../src/protocol/capabilities.ts';
import { canonicalJson } from '../../../../src/shared/canonical.ts';
import { catalogRepository } from '../../../../src/workers/kinds/catalog/repository.ts';
import { folderWorkspace } from '../../../support/folder-workspace.ts';
import { testWork } from '../../../support/work-context.ts';

const corpora = process.env['CORTEX_CORPORA'];

async function counts(paths: string[]): Promise<{ kinds: Record<string, number>; text: string; conflicts: number }> {
  const inputs = { paths, sections: [...catalogSections] };
  const workspace = folderWorkspace(`${corpora}/microservices-demo`);
  const { context } = testWork({ kind: 'catalog-worker', capability: 'repository', inputs, workspace });
  const work = await catalogRepository(context);
  const kinds = Object.fromEntries(
    (work.measurements ?? []).map(({ name, value }) => [name.replace('assets.', ''), value]),
  );
  return { kinds, text: canonicalJson(work), conflicts: work.findings?.length ?? 0 };
}

describe.skipIf(corpora === undefined)('microservices-demo (skipped where CORTEX_CORPORA names no folder)', () => {
  it('releases 12 Deployments, 12 Services, 11 ServiceAccounts and 13 images', async () => {
    const { kinds } = await counts(['release/kubernetes-manifests.yaml']);
    expect(kinds).toEqual({ total: 49, repository: 1, workload: 12, service: 12, 'service-account': 11, image: 13 });
  });

  /*
   * Counted by hand. Workloads: the 12 of the release, the collector, the shopping assistant; the same 14 as Services
   * (frontend has two, loadgenerator none). Images: 13 of the release, the collector's, and 12 that skaffold builds.
   * Routes: 2 Gateways, 2 VirtualServices, an HTTPRoute, an Ingress. Other objects: 13 NetworkPolicies, 2 ServiceEntries,
   * BackendConfig, FrontendConfig, ManagedCertificate. Components: the 12 artifacts of skaffold.yaml.
   */
  it('declares 137 things in all, each once', async () => {
    const { kinds } = await counts(['**']);
    expect(kinds).toEqual({
      total: 137,
      repository: 1,
      component: 12,
      workload: 14,
      service: 14,
      'service-account': 12,
      'config-map': 1,
      route: 6,
      'kubernetes-object': 18,
      image: 26,
      workflow: 9,
      kustomization: 21,
      'helm-chart': 1,
      owner: 2,
    });
  });

  it('names other images in kubernetes-manifests/ than in its release, for the 11 services it builds', async () => {
    expect((await counts(['**'])).conflicts).toBe(11);
  });

  it('gives the same bytes twice', async () => {
    expect((await counts(['**'])).text).toBe((await counts(['**'])).text);
  });
});
