/** An image reference in full: two texts that name the same repository give the same `registry` and `repository`. */
export interface ImageReference {
  /** Host, with a port where one is written: `docker.io`, `localhost:5000`. */
  readonly registry: string;
  /** Path inside the registry: `library/redis`. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:…` */
  readonly digest: string | undefined;
}

const maxNameLength = 255;
const segment = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const host = /^(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]{2,45}\])(?::\d{1,5})?$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[a-z][a-z0-9+._-]{0,31}:[0-9a-fA-F]{32,128}$/;

/**
 * Reads an image reference as container runtimes do: `redis:alpine` is `docker.io/library/redis` with tag `alpine`.
 * Undefined for text that is none: a placeholder, a template, an upper-case repository. The grammar is that of the
 * distribution project's `reference` package.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  if (text.length > maxNameLength + 300) return undefined;
  const [named = '', digest, ...rest] = text.split('@');
  if (rest.length > 0 || (digest !== undefined && !digestPattern.test(digest))) return undefined;
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const tag = colon === -1 ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  const name = splitRegistry(colon === -1 ? named : named.slice(0, colon));
  return name && { ...name, tag, digest: digest?.toLowerCase() };
}

/** `registry/repository`: the identity of an image, whatever its tag. */
export function imageName(image: ImageReference): string {
  return `${image.registry}/${image.repository}`;
}

function splitRegistry(name: string): Pick<ImageReference, 'registry' | 'repository'> | undefined {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const written = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const registry = written ? first : 'docker.io';
  const path = written ? name.slice(slash + 1) : name;
  if (!host.test(registry) || path.length > maxNameLength || !path.split('/').every((part) => segment.test(part))) {
    return undefined;
  }
  if (registry !== 'docker.io' && registry !== 'index.docker.io')
    return { registry: registry.toLowerCase(), repository: path };
  return { registry: 'docker.io', repository: path.includes('/') ? path : `library/${path}` };
}
