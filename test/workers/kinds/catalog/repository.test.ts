import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assetSchema } from '../../../../src/protocol/asset.ts';
import { catalogSections } from '../../../../src/protocol/capabilities.ts';
import { findingSchema } from '../../../../src/protocol/finding.ts';
import { catalogRepository } from '../../../../src/workers/kinds/catalog/repository.ts';
import { testWork } from '../../../support/work-context.ts';
import { catalog, deployment } from './catalog-world.ts';

describe('the same object in several files', () => {
  const files = {
    'base.yaml': deployment('cart', 'cart:1'),
    'release.yaml': `# release\n${deployment('cart', 'cart:2')}`,
  };

  it('is one asset with both places', async () => {
    const { assets } = await catalog(files, ['workloads']);
    expect(assets?.map(({ locators }) => locators)).toEqual([['base.yaml#/0', 'release.yaml#/0']]);
  });

  it('defined differently is a finding that names both', async () => {
    const { findings = [] } = await catalog(files, ['workloads']);
    expect(findings).toMatchObject([
      {
        ruleId: 'catalog/conflicting-definitions',
        severity: 'low',
        subject: 'deployment:default/cart',
        location: { path: 'base.yaml', line: 1 },
      },
    ]);
    expect(findings[0]?.message).toContain(
      '"docker.io/library/cart:1" in base.yaml but "docker.io/library/cart:2" in release.yaml',
    );
  });

  it('defined alike is no finding', async () => {
    const { findings } = await catalog({ ...files, 'release.yaml': files['base.yaml'] }, ['workloads']);
    expect(findings).toEqual([]);
  });
});

describe('the whole catalog', () => {
  it('counts what it lists, on the evidence of one artefact', async () => {
    const work = testWork({
      kind: 'catalog-worker',
      capability: 'repository',
      inputs: { paths: ['**'], sections: [...catalogSections] },
      files: { 'a.yaml': deployment('cart', 'redis:7'), 'svc/Dockerfile': '' },
    });
    const { measurements = [] } = await catalogRepository(work.context);
    expect(Object.fromEntries(measurements.map(({ name, value }) => [name, value]))).toEqual({
      'assets.total': 4,
      'assets.component': 1,
      'assets.image': 1,
      'assets.repository': 1,
      'assets.workload': 1,
    });
    const kept = work.evidence.get(measurements[0]?.evidence ?? '');
    expect(JSON.parse(kept?.text ?? '{}')).toMatchObject({
      kinds: { Component: 1, Image: 1, Repository: 1, Workload: 1 },
      kubernetesObjects: { 'a.yaml': { Deployment: 1 } },
    });
  });

  it('never takes packages for assets', async () => {
    const lock = '{"name":"a","lockfileVersion":3,"packages":{"node_modules/b":{"version":"1.0.0"}}}';
    const { assets } = await catalog({ 'package-lock.json': lock, 'requirements.txt': 'flask\n' });
    expect(assets?.map(({ kind }) => kind)).toEqual(['Repository']);
  });

  it('of an empty repository is the repository', async () => {
    const { assets } = await catalog({});
    expect(assets?.map(({ ref }) => ref)).toEqual(['repository:example/repository']);
  });

  it('keeps to its schemas, whatever the paths look like', async () => {
    const files = {
      'my charts/a b/Chart.yaml': 'name: shop\n',
      'my svc/Dockerfile': '',
      '.github/workflows/My CI.yml': 'on: push\njobs: { a: {} }\n',
      'a.yaml': deployment('cart', 'cart:1'),
      'b.yaml': deployment('cart', 'cart:2'),
    };
    const { assets = [], findings = [] } = await catalog(files);
    expect(assets.flatMap((asset) => assetSchema.safeParse(asset).error?.message ?? [])).toEqual([]);
    expect(findings.flatMap((finding) => findingSchema.safeParse(finding).error?.message ?? [])).toEqual([]);
    expect(assets.map(({ ref }) => ref)).toContain('component:example/repository/my%20svc');
  });

  it('survives any shape that a file can have, and keeps to its schemas', async () => {
    const word = fc.constantFrom('a', 'v1', 'name', 'x/y', '../z', '{{ a }}', '__proto__', 'constructor', '@me');
    const { shape } = fc.letrec((tie) => ({
      shape: fc.oneof(
        { maxDepth: 3 },
        word,
        fc.constant(null),
        fc.integer(),
        fc.array(tie('shape'), { maxLength: 3 }),
        tie('fields'),
      ),
      fields: fc.dictionary(
        fc.constantFrom(
          'spec',
          'template',
          'metadata',
          'containers',
          'image',
          'name',
          'groups',
          'rules',
          'jobs',
          '__proto__',
        ),
        tie('shape'),
      ),
    }));
    const kind = fc.constantFrom(
      'Deployment',
      'Pod',
      'Service',
      'Secret',
      'PrometheusRule',
      'ConfigMap',
      'List',
      'Component',
    );
    const apiVersion = fc.constantFrom(
      'v1',
      'apps/v1',
      'monitoring.coreos.com/v1',
      'backstage.io/v1alpha1',
      'skaffold/v3',
    );
    const members = fc.record(
      {
        apiVersion,
        kind,
        metadata: shape,
        spec: shape,
        items: shape,
        data: shape,
        build: shape,
        jobs: shape,
        resources: shape,
        name: shape,
        groups: shape,
      },
      { requiredKeys: ['apiVersion', 'kind'] },
    );
    const path = fc.constantFrom(
      'a.yaml',
      'a.json',
      'catalog-info.yaml',
      'skaffold.yaml',
      'kustomization.yaml',
      'Chart.yaml',
      '.github/workflows/a.yml',
      'package.json',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          path,
          members.map((value) => JSON.stringify(value)),
        ),
        async (files) => {
          const { assets = [] } = await catalog(files);
          expect(assets.flatMap((asset) => assetSchema.safeParse(asset).error?.message ?? [])).toEqual([]);
        },
      ),
    );
  });
});
