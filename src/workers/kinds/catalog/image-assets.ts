import { imageName, parseImageReference, type ImageReference } from '../../../checks/kubernetes/image-reference.ts';
import { nameAt, refOf } from './assets.ts';
import type { CatalogSource } from './source.ts';

/** Which image a container's text names: one of a registry, or one that this repository builds. */
export interface ImageIdentity {
  readonly ref: string;
  readonly namespace: string;
  readonly name: string;
  readonly reference: ImageReference;
  /** Folder it is built from. */
  readonly builtFrom: string | undefined;
}

/**
 * Undefined for text that names no image. The bare name of a build artifact (`image: cart`) is no image of Docker Hub:
 * skaffold replaces it, so it belongs to the repository.
 */
export function identifyImage(source: CatalogSource, text: string): ImageIdentity | undefined {
  const reference = parseImageReference(text);
  if (reference === undefined) return undefined;
  const artifact = source.artifacts.get(text);
  const isBuilt = artifact !== undefined && reference.registry === 'docker.io';
  const namespace = isBuilt ? source.repository.namespace : reference.registry;
  const name = isBuilt ? nameAt(source.repository, text) : reference.repository;
  return {
    ref: refOf('image', namespace, name),
    namespace,
    name,
    reference,
    builtFrom: isBuilt ? artifact.context : undefined,
  };
}

/** The text of a reference in full, for comparing what two files ask for. */
export function fullImageText({ ref, reference, builtFrom }: ImageIdentity): string {
  const name = builtFrom === undefined ? imageName(reference) : ref.slice('image:'.length);
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  return `${name}${tag}${reference.digest === undefined ? '' : `@${reference.digest}`}`;
}
