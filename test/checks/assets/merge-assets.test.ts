import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeAssets } from '../../../src/checks/assets/merge-assets.ts';
import type { Asset } from '../../../src/protocol/asset.ts';

function asset(differences: Partial<Asset> = {}): Asset {
  return {
    ref: 'deployment:shop/cart',
    kind: 'Workload',
    namespace: 'shop',
    name: 'cart',
    locators: ['a.yaml'],
    spec: {},
    relations: [],
    ...differences,
  };
}

describe('merging assets', () => {
  it('keeps different things apart, sorted by ref', () => {
    const { assets } = mergeAssets([[asset({ ref: 'service:shop/cart' })], [asset()]]);
    expect(assets.map(({ ref }) => ref)).toEqual(['deployment:shop/cart', 'service:shop/cart']);
  });

  it('joins locators, relations and lists as sets', () => {
    const uses = (target: string): Asset['relations'] => [{ type: 'uses', target }];
    const { assets, conflicts } = mergeAssets([
      [asset({ locators: ['b.yaml'], spec: { tags: ['v2', 'v1'] }, relations: uses('image:x/b') })],
      [asset({ locators: ['a.yaml'], spec: { tags: ['v1'] }, relations: uses('image:x/a') })],
      [asset({ locators: ['a.yaml'], relations: uses('image:x/b') })],
    ]);
    expect(conflicts).toEqual([]);
    expect(assets).toEqual([
      asset({
        locators: ['a.yaml', 'b.yaml'],
        spec: { tags: ['v1', 'v2'] },
        relations: [...uses('image:x/a'), ...uses('image:x/b')],
      }),
    ]);
  });

  it('joins facts that only one source knows', () => {
    const { assets, conflicts } = mergeAssets([[asset({ spec: { replicas: 2 } })], [asset({ spec: { type: 'web' } })]]);
    expect([assets[0]?.spec, conflicts]).toEqual([{ replicas: 2, type: 'web' }, []]);
  });

  it('believes the first file in path order and reports the difference with all places', () => {
    const { assets, conflicts } = mergeAssets([
      [asset({ locators: ['b.yaml'], spec: { images: { main: 'cart:2' } } })],
      [asset({ locators: ['c.yaml'], spec: { images: { main: 'cart:1' } } })],
      [asset({ locators: ['a.yaml'], spec: { images: { main: 'cart:1' } } })],
    ]);
    expect(assets[0]?.spec).toEqual({ images: { main: 'cart:1' } });
    expect(conflicts).toEqual([
      {
        ref: 'deployment:shop/cart',
        field: 'spec.images.main',
        values: [
          { value: 'cart:1', locators: ['a.yaml', 'c.yaml'] },
          { value: 'cart:2', locators: ['b.yaml'] },
        ],
      },
    ]);
  });

  it('believes catalog-info.yaml before any other file', () => {
    const { assets } = mergeAssets([
      [asset({ locators: ['a.yaml'], spec: { lifecycle: 'test' } })],
      [asset({ locators: ['z/catalog-info.yaml#/0'], spec: { lifecycle: 'production' } })],
    ]);
    expect(assets[0]?.spec).toEqual({ lifecycle: 'production' });
  });

  it('believes an owner of catalog-info.yaml before one of CODEOWNERS', () => {
    const { assets, conflicts } = mergeAssets([
      [asset({ owner: { name: '@all', source: 'CODEOWNERS' } })],
      [asset({ owner: { name: 'team-cart', source: 'cart/catalog-info.yaml' } })],
    ]);
    expect(assets[0]?.owner?.name).toBe('team-cart');
    expect(conflicts.map(({ field }) => field)).toEqual(['owner']);
  });

  const value = fc.oneof(
    fc.integer({ min: 0, max: 2 }),
    fc.constantFrom('x', 'y'),
    fc.array(fc.constantFrom('p', 'q', 'r'), { maxLength: 3 }),
  );
  const anyAsset: fc.Arbitrary<Asset> = fc.record({
    ref: fc.constantFrom('deployment:shop/cart', 'deployment:shop/till'),
    kind: fc.constantFrom('Workload' as const, 'Component' as const),
    namespace: fc.constant('shop'),
    name: fc.constantFrom('cart', 'Cart'),
    locators: fc.uniqueArray(fc.constantFrom('a.yaml', 'b.yaml', 'catalog-info.yaml'), { minLength: 1 }),
    spec: fc.oneof(
      fc.dictionary(fc.constantFrom('k', 'l', '__proto__'), value),
      fc.record({ k: fc.dictionary(fc.constantFrom('m', 'n'), value) }),
    ),
    relations: fc.array(fc.record({ type: fc.constant('uses'), target: fc.constantFrom('image:x/a', 'image:x/b') }), {
      maxLength: 3,
    }),
  });

  it('does not depend on the order of sources or on how they are bundled', () => {
    const shuffled = fc
      .array(anyAsset, { maxLength: 6 })
      .chain((assets) =>
        fc.tuple(fc.constant(assets), fc.shuffledSubarray(assets, { minLength: assets.length }), fc.nat(6)),
      );
    fc.assert(
      fc.property(shuffled, ([assets, others, cut]) => {
        expect(mergeAssets([others.slice(0, cut), others.slice(cut)])).toEqual(mergeAssets([assets]));
      }),
    );
  });

  it('changes nothing when done again', () => {
    fc.assert(
      fc.property(fc.array(anyAsset, { maxLength: 6 }), (assets) => {
        const once = mergeAssets([assets]).assets;
        expect(mergeAssets([once])).toEqual({ assets: once, conflicts: [] });
      }),
    );
  });
});
