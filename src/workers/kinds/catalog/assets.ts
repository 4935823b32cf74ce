import type { Asset, AssetKind } from '../../../protocol/asset.ts';
import { isClusterScoped } from '../../../checks/kubernetes/object-types.ts';
import type { KubernetesObject } from '../../../checks/kubernetes/objects.ts';

/** Whose and which: `owner/name` of a remote, else `local` and the folder's name. */
export interface RepositoryName {
  readonly namespace: string;
  readonly name: string;
}

type SpecValue = Asset['spec'][string];

interface NewAsset {
  readonly kind: AssetKind;
  readonly namespace: string;
  readonly name: string;
  readonly locator: string;
  /** The kind inside the ref, where one asset kind holds several kinds of thing. */
  readonly refKind?: string;
  /** Undefined members are left out. */
  readonly spec?: Readonly<Record<string, SpecValue | undefined>>;
  readonly relations?: Asset['relations'];
  readonly owner?: Asset['owner'];
}

/** The namespace of what a manifest leaves open, as kubectl has it. */
const openNamespace = 'default';
/** Stands in the ref of an object that belongs to no namespace. */
const noNamespace = 'cluster';

/** An asset seen in one place; seen in several, `mergeAssets` joins them. */
export function newAsset(asset: NewAsset): Asset {
  const spec = Object.entries(asset.spec ?? {}).filter((entry): entry is [string, SpecValue] => entry[1] !== undefined);
  return {
    ref: refOf(asset.refKind ?? asset.kind, asset.namespace, asset.name),
    kind: asset.kind,
    namespace: asset.namespace,
    name: asset.name,
    locators: [asset.locator],
    ...(asset.owner && { owner: asset.owner }),
    spec: Object.fromEntries(spec),
    relations: [...(asset.relations ?? [])],
  };
}

/** `kind:namespace/name`, lower case, white space percent-encoded. */
export function refOf(kind: string, namespace: string, name: string): string {
  return `${kind}:${namespace}/${name}`.toLowerCase().replace(/\s/g, (space) => encodeURIComponent(space));
}

/**
 * The ref of a Kubernetes object names its own kind (`deployment:shop/cart`), so that a Deployment and a Job of one name
 * stay two things, and the same object in a file and on a cluster is one.
 */
export function objectRef(object: KubernetesObject): string {
  return refOf(object.kind, objectNamespace(object), object.name);
}

/** The namespace that a ref holds. */
export function objectNamespace(object: KubernetesObject): string {
  return isClusterScoped(object) ? noNamespace : (object.namespace ?? openNamespace);
}

/** The asset of a Kubernetes object, with its API group among the facts. */
export function objectAsset(object: KubernetesObject, facts: Pick<NewAsset, 'kind' | 'spec' | 'relations'>): Asset {
  return newAsset({
    ...facts,
    refKind: object.kind,
    namespace: objectNamespace(object),
    name: object.name,
    locator: `${object.path}#${object.pointer}`,
    spec: { objectKind: object.kind, apiGroup: object.group, ...facts.spec },
  });
}

/** Splits `owner/name`; a name without an owner is `local`. */
export function repositoryOf(repository: string): RepositoryName {
  const slash = repository.indexOf('/');
  const namespace = slash > 0 ? repository.slice(0, slash) : 'local';
  return { namespace, name: repository.slice(slash + 1) || 'repository' };
}

/** Name of a thing that lies at a path of the repository: `<repository>/<path>`; the root is the repository's own name. */
export function nameAt(repository: RepositoryName, path: string): string {
  return path === '' || path === '.' ? repository.name : `${repository.name}/${path}`;
}

/** The file of a locator `<path>` or `<path>#<pointer>`. */
export function pathOf(locator: string): string {
  return locator.split('#', 1)[0] ?? locator;
}
