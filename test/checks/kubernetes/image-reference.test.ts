import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageName, parseImageReference } from '../../../src/checks/kubernetes/image-reference.ts';

const digest = `sha256:${'0a'.repeat(32)}`;

describe('an image reference', () => {
  it.each([
    ['redis', 'docker.io', 'library/redis', undefined, undefined],
    ['redis:alpine', 'docker.io', 'library/redis', 'alpine', undefined],
    ['docker.io/redis', 'docker.io', 'library/redis', undefined, undefined],
    ['index.docker.io/library/redis', 'docker.io', 'library/redis', undefined, undefined],
    ['otel/collector:0.157.0', 'docker.io', 'otel/collector', '0.157.0', undefined],
    ['localhost/cart', 'localhost', 'cart', undefined, undefined],
    ['localhost:5000/cart', 'localhost:5000', 'cart', undefined, undefined],
    ['registry.example.com:5000/team/cart:v1', 'registry.example.com:5000', 'team/cart', 'v1', undefined],
    ['GHCR.io/team/cart', 'ghcr.io', 'team/cart', undefined, undefined],
    [`busybox:1.38@${digest}`, 'docker.io', 'library/busybox', '1.38', digest],
    [`ghcr.io/team/cart@${digest}`, 'ghcr.io', 'team/cart', undefined, digest],
    ['[::1]:5000/cart', '[::1]:5000', 'cart', undefined, undefined],
  ])('%s is %s and %s', (...[text, registry, repository, tag, written]) => {
    expect(parseImageReference(text)).toEqual({ registry, repository, tag, digest: written });
  });

  it.each([
    '',
    'Redis',
    '${REGISTRY}/cart',
    '{{ .Values.image }}',
    'cart:',
    'a b',
    'cart@sha256:12',
    '/cart',
    'cart/',
    'a//b',
    `a@${digest}@${digest}`,
  ])('%j names no image', (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });

  it('has one name, whatever its tag', () => {
    const names = ['redis:7', 'docker.io/library/redis:alpine', `redis@${digest}`].map((text) => {
      const image = parseImageReference(text);
      return image && imageName(image);
    });
    expect(new Set(names)).toEqual(new Set(['docker.io/library/redis']));
  });

  it('never throws, and its full name reads as itself', () => {
    const fragment = fc.constantFrom(
      '/',
      ':',
      '@',
      '.',
      '-',
      '_',
      'a',
      'b0',
      'localhost',
      'sha256:',
      '5000',
      'ab'.repeat(16),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 6, arbitrary: fragment }, fc.string())), (parts) => {
        const image = parseImageReference(parts.join(''));
        if (image === undefined) return;
        const again = parseImageReference(imageName(image));
        expect(again).toEqual({ ...image, tag: undefined, digest: undefined });
      }),
    );
  });
});
