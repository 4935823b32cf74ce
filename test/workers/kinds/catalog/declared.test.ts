import { describe, expect, it } from 'vitest';
import { assetsOf, catalog, object } from './catalog-world.ts';

describe('interfaces', () => {
  it.each([
    [
      'OpenAPI',
      'api.yaml',
      'openapi: 3.1.0\ninfo: { title: Cart, version: "2" }\npaths: { /a: {} }\n',
      'openapi',
      'api.yaml',
    ],
    ['Swagger in JSON', 'api.json', '{"swagger":"2.0","paths":{}}', 'openapi', 'api.json'],
    ['AsyncAPI', 'events.yml', 'asyncapi: 3.0.0\nchannels: {}\n', 'asyncapi', 'events.yml'],
    ['a GraphQL schema', 'a.graphql', 'type Query { a: Int }\n', 'graphql', 'a.graphql'],
    ['a gRPC service', 'p/a.proto', 'package shop.v1;\n// service No {}\nservice Cart { }\n', 'grpc', 'shop.v1.cart'],
  ])('%s is one', async (...[, path, text, type, name]) => {
    const apis = await assetsOf({ [path]: text }, 'interfaces');
    expect(apis.map(({ ref, spec }) => [ref, spec['type']])).toEqual([[`api:example/repository/${name}`, type]]);
  });

  it.each([
    ['a GraphQL query', 'a.graphql', 'query { a }\n'],
    ['messages without a service', 'a.proto', 'message A {}\n'],
    ['text that mentions openapi', 'a.yaml', 'tools:\n  - uses: openapi\n'],
  ])('%s is none', async (_name, path, text) => {
    expect(await assetsOf({ [path]: text }, 'interfaces')).toEqual([]);
  });

  it('described in copied proto files are one', async () => {
    const text = 'package shop;\nservice Cart {}\n';
    const apis = await assetsOf({ 'a/x.proto': text, 'b/x.proto': text }, 'interfaces');
    expect(apis.map(({ locators }) => locators)).toEqual([['a/x.proto', 'b/x.proto']]);
  });
});

describe('workflows', () => {
  it.each([
    ['on: push', ['push']],
    ['on: [push, pull_request]', ['pull_request', 'push']],
    ['on: { schedule: [], push: }', ['push', 'schedule']],
  ])('with `%s` tell their triggers and jobs', async (on, triggers) => {
    const files = { '.github/workflows/ci.yml': `name: CI\n${on}\njobs: { test: {}, build: {} }\n` };
    expect(await assetsOf(files, 'workflows')).toMatchObject([
      {
        ref: 'workflow:example/repository/.github/workflows/ci.yml',
        spec: { title: 'CI', triggers, jobs: ['build', 'test'] },
      },
    ]);
  });

  it('without jobs are named as unread', async () => {
    const { assets, unread } = await catalog({ '.github/workflows/ci.yml': 'on: push\n' }, ['workflows']);
    expect([assets, unread]).toEqual([[], [{ path: '.github/workflows/ci.yml', reason: 'a workflow without jobs' }]]);
  });
});

describe('infrastructure', () => {
  it.each([
    [
      'a Terraform module',
      'infra/main.tf',
      'module "net" { source = "./net" }\n',
      'terraformmodule:example/repository/infra/module.net',
    ],
    [
      'a Terraform resource',
      'main.tf',
      'resource "aws_s3_bucket" "logs" {}\n',
      'terraformresource:example/repository/aws_s3_bucket.logs',
    ],
    [
      'a Helm chart',
      'charts/shop/Chart.yaml',
      'name: shop\nversion: 1.0.0\n',
      'helmchart:example/repository/charts/shop',
    ],
    ['a kustomization', 'base/kustomization.yaml', 'resources: [a.yaml]\n', 'kustomization:example/repository/base'],
    [
      'a release of K3s',
      'a.yaml',
      object('helm.cattle.io/v1', 'HelmChart', 'spec: { chart: redis }\n'),
      'helmchart:default/thing',
    ],
    ['a release of Flux', 'a.yaml', object('helm.toolkit.fluxcd.io/v2', 'HelmRelease'), 'helmrelease:default/thing'],
  ])('%s is an asset', async (...[, path, text, ref]) => {
    expect((await assetsOf({ [path]: text }, 'infrastructure')).map((asset) => asset.ref)).toEqual([ref]);
  });

  it('leaves variables, outputs and data alone', async () => {
    expect(
      await assetsOf({ 'main.tf': 'variable "a" {}\noutput "b" {}\ndata "c" "d" {}\n' }, 'infrastructure'),
    ).toEqual([]);
  });
});
