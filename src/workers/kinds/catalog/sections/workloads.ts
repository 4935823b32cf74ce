import { fieldsOf, listOf, textOf, valueAt } from '../../../../checks/kubernetes/fields.ts';
import type { KubernetesObject } from '../../../../checks/kubernetes/objects.ts';
import { hasController, podTemplateOf, runsPods } from '../../../../checks/kubernetes/pods.ts';
import type { Asset, AssetKind } from '../../../../protocol/asset.ts';
import { sortedSet } from '../../../../shared/canonical.ts';
import { objectAsset } from '../assets.ts';
import { fullImageText, identifyImage } from '../image-assets.ts';
import { isInfrastructureObject } from './infrastructure.ts';
import { isMonitoringObject } from './monitoring.ts';
import type { CatalogSource, SectionYield } from '../source.ts';

type Spec = Readonly<Record<string, Asset['spec'][string] | undefined>>;

/** Everything that runs on Kubernetes or serves what runs there; monitoring and releases have sections of their own. */
export function readWorkloads(source: CatalogSource): SectionYield {
  const own = source.kubernetes.objects.filter(
    (object) =>
      !isMonitoringObject(object) && !isInfrastructureObject(object) && !(runsPods(object) && hasController(object)),
  );
  return { assets: own.map((object) => readObjectAsset(source, object)) };
}

function readObjectAsset(source: CatalogSource, object: KubernetesObject): Asset {
  if (runsPods(object)) return workloadAsset(source, object);
  const kind = assetKindOf(object);
  return objectAsset(object, { kind, spec: specReaders[kind]?.(object) ?? {} });
}

/** Facts beyond existence; a Secret has none but its type, a ConfigMap only the names of its entries. */
const specReaders: Readonly<Partial<Record<AssetKind, (object: KubernetesObject) => Spec>>> = {
  Service: ({ body }) => ({ type: textOf(valueAt(body, 'spec', 'type')) ?? 'ClusterIP', ports: portsOf(body) }),
  ConfigMap: ({ body }) => ({ entries: keysOf(body, 'data', 'binaryData') }),
  Secret: ({ body }) => ({ type: textOf(body['type']), entries: keysOf(body, 'data', 'stringData') }),
  CustomResourceDefinition: ({ body }) => ({
    group: textOf(valueAt(body, 'spec', 'group')),
    definesKind: textOf(valueAt(body, 'spec', 'names', 'kind')),
  }),
  Route: ({ body }) => ({ hosts: hostsOf(body) }),
};

function workloadAsset(source: CatalogSource, object: KubernetesObject): Asset {
  const containers = podTemplateOf(object)?.containers ?? [];
  const images = containers.flatMap(({ name, image }) => {
    const identity = image === undefined ? undefined : identifyImage(source, image);
    return identity ? [{ container: name, identity }] : [];
  });
  const replicas = valueAt(object.body, 'spec', 'replicas');
  return objectAsset(object, {
    kind: 'Workload',
    spec: {
      images: Object.fromEntries(images.map(({ container, identity }) => [container, fullImageText(identity)])),
      replicas: typeof replicas === 'number' ? replicas : undefined,
    },
    relations: sortedSet(images.map(({ identity }) => identity.ref)).map((target) => ({ type: 'uses', target })),
  });
}

const kindTable: Readonly<Record<string, AssetKind>> = {
  '/Service': 'Service',
  '/Namespace': 'Namespace',
  '/PersistentVolume': 'Storage',
  '/PersistentVolumeClaim': 'Storage',
  'storage.k8s.io/StorageClass': 'Storage',
  'apiextensions.k8s.io/CustomResourceDefinition': 'CustomResourceDefinition',
  '/ServiceAccount': 'ServiceAccount',
  '/ConfigMap': 'ConfigMap',
  '/Secret': 'Secret',
  'bitnami.com/SealedSecret': 'Secret',
  'external-secrets.io/ExternalSecret': 'Secret',
  'networking.k8s.io/Ingress': 'Route',
  'extensions/Ingress': 'Route',
  'gateway.networking.k8s.io/Gateway': 'Route',
  'gateway.networking.k8s.io/HTTPRoute': 'Route',
  'gateway.networking.k8s.io/GRPCRoute': 'Route',
  'gateway.networking.k8s.io/TCPRoute': 'Route',
  'gateway.networking.k8s.io/TLSRoute': 'Route',
  'gateway.networking.k8s.io/UDPRoute': 'Route',
  'networking.istio.io/Gateway': 'Route',
  'networking.istio.io/VirtualService': 'Route',
  'traefik.io/IngressRoute': 'Route',
  'traefik.containo.us/IngressRoute': 'Route',
  'route.openshift.io/Route': 'Route',
};

function assetKindOf({ group, kind }: KubernetesObject): AssetKind {
  const key = `${group}/${kind}`;
  return (Object.hasOwn(kindTable, key) ? kindTable[key] : undefined) ?? 'KubernetesObject';
}

function portsOf(body: unknown): number[] {
  const ports = listOf(valueAt(body, 'spec', 'ports')).map((port) => fieldsOf(port)['port']);
  return ports.filter((port) => typeof port === 'number');
}

function keysOf(body: unknown, ...members: readonly string[]): string[] {
  return sortedSet(members.flatMap((member) => Object.keys(fieldsOf(valueAt(body, member)))));
}

/** Host names of Ingress rules, Gateway listeners and routes. */
function hostsOf(body: unknown): string[] {
  const spec = fieldsOf(valueAt(body, 'spec'));
  const listed = [...listOf(spec['hosts']), ...listOf(spec['hostnames']), spec['host']];
  const ruled = listOf(spec['rules']).map((rule) => fieldsOf(rule)['host']);
  const listening = listOf(spec['listeners']).map((listener) => fieldsOf(listener)['hostname']);
  const served = listOf(spec['servers']).flatMap((server) => listOf(fieldsOf(server)['hosts']));
  return sortedSet([...listed, ...ruled, ...listening, ...served].flatMap((host) => textOf(host, 253) ?? []));
}
