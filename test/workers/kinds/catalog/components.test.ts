import { describe, expect, it } from 'vitest';
import { assetsOf, catalog } from './catalog-world.ts';

describe('components', () => {
  it.each([
    ['a Dockerfile', { 'svc/Dockerfile': 'FROM scratch\n' }],
    ['a package that can be started', { 'svc/package.json': '{"scripts":{"start":"node ."}}' }],
    ['a package that can be imported', { 'svc/package.json': '{"exports":"./a.js"}' }],
    ['a Go module with a main package', { 'svc/go.mod': 'module x\n', 'svc/run.go': 'package main\n' }],
    ['a Go module with a command', { 'svc/go.mod': 'module x\n', 'svc/cmd/tool/main.go': 'package main\n' }],
    ['Python with a main module', { 'svc/requirements.txt': 'flask\n', 'svc/main.py': '' }],
    ['Python with a script', { 'svc/pyproject.toml': '[project.scripts]\nrun = "a:b"\n' }],
    ['a Rust crate', { 'svc/Cargo.toml': '', 'svc/src/lib.rs': '' }],
    ['a Java build', { 'svc/pom.xml': '', 'svc/src/main/java/a/B.java': '' }],
    ['a .NET web project', { 'svc/svc.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web">' }],
    [
      'a skaffold artifact',
      { 'skaffold.yaml': 'apiVersion: skaffold/v3\nbuild: { artifacts: [{ image: svc, context: svc }] }\n' },
    ],
  ])('%s is one', async (_name, files) => {
    const components = await assetsOf(files, 'components');
    expect(components.map(({ ref }) => ref)).toEqual(['component:example/repository/svc']);
  });

  it.each([
    ['a workspace root', { 'package.json': '{"private":true,"workspaces":["a"]}' }],
    ['a Go module without commands', { 'go.mod': 'module x\n', 'lib.go': 'package lib\n' }],
    ['requirements alone', { 'requirements.txt': 'flask\n' }],
    ['a .NET test project', { 'tests/t.csproj': '<Project Sdk="Microsoft.NET.Sdk">' }],
  ])('%s is none', async (_name, files) => {
    expect(await assetsOf(files, 'components')).toEqual([]);
  });

  it('of one folder are one, with every language and place', async () => {
    const files = { 'svc/package.json': '{"main":"a.js"}', 'svc/Dockerfile': '', 'svc/requirements.txt': '' };
    const [component, ...others] = await assetsOf(files, 'components');
    expect(others).toEqual([]);
    expect(component?.locators).toEqual(['svc/Dockerfile', 'svc/package.json']);
    expect(component?.spec['languages']).toEqual(['JavaScript', 'Python']);
    expect(component?.relations).toContainEqual({ type: 'partOf', target: 'repository:example/repository' });
  });

  it('belong to whom CODEOWNERS says', async () => {
    const files = { CODEOWNERS: '* @all\n/svc/ @Org/Team\n*.md @docs\n', 'svc/Dockerfile': '' };
    const { assets = [] } = await catalog(files, ['components', 'owners']);
    const component = assets.find(({ kind }) => kind === 'Component');
    expect(component?.owner).toEqual({ name: '@Org/Team', source: 'CODEOWNERS' });
    expect(component?.relations).toContainEqual({ type: 'ownedBy', target: 'owner:org/team' });
  });

  it('take name and owner from catalog-info.yaml', async () => {
    const files = {
      CODEOWNERS: '* @all\n',
      'svc/Dockerfile': '',
      'svc/catalog-info.yaml':
        'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: cart }\nspec: { owner: team-cart, type: service, providesApis: [cart-api] }\n',
    };
    const { assets = [] } = await catalog(files, ['components', 'owners']);
    expect(assets.filter(({ kind }) => kind === 'Component')).toMatchObject([
      {
        ref: 'component:default/cart',
        locators: ['svc/Dockerfile', 'svc/catalog-info.yaml#/0'],
        owner: { name: 'team-cart', source: 'svc/catalog-info.yaml' },
        spec: { type: 'service' },
        relations: [
          { target: 'api:default/cart-api', type: 'providesApi' },
          { target: 'group:default/team-cart', type: 'ownedBy' },
          { target: 'repository:example/repository', type: 'partOf' },
        ],
      },
    ]);
  });
});

describe('owners', () => {
  it('are those whom CODEOWNERS names, with their patterns', async () => {
    const owners = await assetsOf({ '.github/CODEOWNERS': '* @Org/All\n/a @Org/All @me\n' }, 'owners');
    expect(owners.map(({ ref, spec }) => [ref, spec['patterns']])).toEqual([
      ['owner:org/all', ['*', '/a']],
      ['owner:user/me', ['/a']],
    ]);
  });
});
