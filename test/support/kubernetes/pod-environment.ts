import type { Mounts } from './mounts.ts';
import type { Container, EnvVar, Pod } from './objects.ts';
import type { ObjectStore } from './object-store.ts';

/** The environment of a container: what its image and the kubelet give, and what the pod says. */
export function podEnvironment(
  store: ObjectStore,
  { pod, container, mounts }: { readonly pod: Pod; readonly container: Container; readonly mounts: Mounts },
): Record<string, string> {
  const told = (container.env ?? []).map((variable) => [variable.name, valueOf(store, pod, variable)] as const);
  const isTold = (name: string): boolean => container.env?.find((each) => each.name === name)?.value !== undefined;
  return {
    PATH: process.env['PATH'] ?? '',
    HOSTNAME: pod.metadata.name,
    KUBERNETES_SERVICE_HOST: '10.43.0.1',
    KUBERNETES_SERVICE_PORT: '443',
    ...Object.fromEntries(told.map(([name, value]) => [name, isTold(name) ? mounts.translate(value) : value])),
  };
}

function valueOf(store: ObjectStore, pod: Pod, { value, valueFrom }: EnvVar): string {
  const namespace = pod.metadata.namespace ?? '';
  const { secretKeyRef: secret, configMapKeyRef: config, fieldRef } = valueFrom ?? {};
  if (secret) {
    const data = store.get('secrets', { namespace, name: secret.name })?.data?.[secret.key] ?? '';
    return Buffer.from(data, 'base64').toString('utf8');
  }
  if (config) return store.get('configmaps', { namespace, name: config.name })?.data?.[config.key] ?? '';
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': namespace,
    'metadata.uid': pod.metadata.uid,
    'spec.nodeName': pod.spec.nodeName,
  };
  return fieldRef ? (fields[fieldRef.fieldPath] ?? '') : (value ?? '');
}
