import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pod, Volume } from './objects.ts';
import type { ObjectStore } from './object-store.ts';

/** Where the volumes of a pod lie on this machine. */
export interface Mounts {
  /** An empty folder: what stands for the root of the container. */
  readonly root: string;
  /** The file of the termination message. */
  readonly termination: string;
  /** A path inside the container as a path here; anything else stays as it is. */
  readonly translate: (value: string) => string;
}

export function mountVolumes(store: ObjectStore, { metadata, spec }: Pod, folder: string): Mounts {
  const root = join(folder, 'root');
  mkdirSync(root);
  const places = new Map<string, string>();
  for (const volume of spec.volumes ?? []) {
    const at = join(folder, 'volumes', volume.name);
    mkdirSync(at, { recursive: true });
    for (const [name, bytes] of filesOf(store, metadata.namespace ?? '', volume)) writeFileSync(join(at, name), bytes);
    const mount = spec.containers[0]?.volumeMounts?.find(({ name }) => name === volume.name);
    if (mount) places.set(mount.mountPath, at);
  }
  const [container] = spec.containers;
  const told = container?.terminationMessagePath ?? '/dev/termination-log';
  const mounted = translate(places, told);
  const termination = mounted === told ? join(folder, 'termination-log') : mounted;
  writeFileSync(termination, '');
  places.set(told, termination);
  return { root, termination, translate: (value) => translate(places, value) };
}

function translate(places: ReadonlyMap<string, string>, value: string): string {
  const mount = [...places.keys()]
    .toSorted((a, b) => b.length - a.length)
    .find((path) => value === path || (value.startsWith(`${path}/`) && !existsSync(value)));
  return mount === undefined ? value : `${places.get(mount)}${value.slice(mount.length)}`;
}

function filesOf(store: ObjectStore, namespace: string, volume: Volume): readonly (readonly [string, Buffer])[] {
  const config = volume.configMap && store.get('configmaps', { namespace, name: volume.configMap.name });
  const secret = volume.secret && store.get('secrets', { namespace, name: volume.secret.secretName });
  const encoded = { ...config?.binaryData, ...secret?.data };
  return [
    ...Object.entries(config?.data ?? {}).map(([name, text]) => [name, Buffer.from(text)] as const),
    ...Object.entries(encoded).map(([name, text]) => [name, Buffer.from(text, 'base64')] as const),
  ];
}

/** The first object that a pod needs and that is not there, in the kubelet's words. */
export function missingObject(
  store: ObjectStore,
  { metadata, spec }: Pod,
): { kind: 'volume' | 'env'; message: string } | undefined {
  const namespace = metadata.namespace ?? '';
  for (const { name, configMap, secret } of spec.volumes ?? []) {
    const missing =
      (configMap &&
        !configMap.optional &&
        !store.get('configmaps', { namespace, name: configMap.name }) &&
        `configmap "${configMap.name}"`) ||
      (secret &&
        !secret.optional &&
        !store.get('secrets', { namespace, name: secret.secretName }) &&
        `secret "${secret.secretName}"`);
    if (missing)
      return { kind: 'volume', message: `MountVolume.SetUp failed for volume "${name}" : ${missing} not found` };
  }
  for (const { valueFrom } of spec.containers.flatMap(({ env = [] }) => env)) {
    const { secretKeyRef: secret, configMapKeyRef: config } = valueFrom ?? {};
    const found = secret
      ? store.get('secrets', { namespace, name: secret.name })
      : config && store.get('configmaps', { namespace, name: config.name });
    const asked = secret ?? config;
    if (!asked || asked.optional) continue;
    const kind = secret ? 'secret' : 'configmap';
    if (!found) return { kind: 'env', message: `${kind} "${asked.name}" not found` };
    if (!(asked.key in (found.data ?? {}))) {
      const where = `${secret ? 'Secret' : 'ConfigMap'} ${namespace}/${asked.name}`;
      return { kind: 'env', message: `couldn't find key ${asked.key} in ${where}` };
    }
  }
  return undefined;
}
