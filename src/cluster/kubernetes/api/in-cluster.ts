import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../../../shared/errors.ts';
import { readTextIfPresent } from '../../../shared/files.ts';
import type { Access } from './access.ts';

/** Where a pod finds its service account. */
const mountedAt = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface PodSurroundings {
  /** `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`, which each pod gets. */
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly mountedAt?: string;
}

/**
 * The way in of a pod that has a service account. The token is read anew for each request: the kubelet replaces the
 * file long before a token expires. Throws `not-in-cluster`.
 */
export function inClusterAccess({ host, port = '443', ...given }: PodSurroundings): Access {
  const at = given.mountedAt ?? mountedAt;
  const ca = readTextIfPresent(join(at, 'ca.crt'));
  if (!host || ca === undefined) {
    throw problem('not-in-cluster', 'This process is not in a pod with a service account', {
      hint: 'Name a kubeconfig with --kubeconfig, or KUBECONFIG.',
    });
  }
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    server,
    ca,
    about: `service account of this pod at ${server}`,
    credentials: () => {
      const token = readFileSync(join(at, 'token'), 'utf8').trim();
      return Promise.resolve({ headers: { authorization: `Bearer ${token}` } });
    },
    secrets: [],
  };
}
