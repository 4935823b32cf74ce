import { openTransport } from '../../cluster/kubernetes/api/transport.ts';
import { typedClients } from '../../cluster/kubernetes/api/typed-clients.ts';
import { openTunnel } from '../../cluster/kubernetes/tunnel/tunnel.ts';
import { parseTunnelAddress, type StoreAddress } from '../../coordination/redis/address.ts';
import type { CommandLine } from '../arguments.ts';
import type { Environment } from '../environment.ts';
import { clusterAccess } from './access.ts';

/** A store inside a cluster, reached from outside through its API server. */
export interface TunnelStore {
  /** As this process reaches it: a port of this machine. */
  readonly address: StoreAddress;
  /** As pods of the cluster reach it. */
  readonly inside: StoreAddress;
  /** Why the tunnel carries nothing, where it does not. */
  readonly trouble: () => unknown;
  readonly close: () => void;
}

/**
 * Opens the tunnel that an address such as `redis+tunnel://user:password@redis.cortex-system:6379/0` asks for. Throws
 * `bad-store-url`, `tunnel-service`, `tunnel-no-pod` and what the way in throws.
 */
export async function openTunnelStore(text: string, args: CommandLine, environment: Environment): Promise<TunnelStore> {
  const { service, namespace, port, written } = parseTunnelAddress(text);
  const access = await clusterAccess(args, environment);
  const transport = openTransport(access, { patienceMs: 20_000 });
  const clients = typedClients(transport);
  const tunnel = await openTunnel({ access, clients, namespace, service, port }).catch((error: unknown) => {
    transport.close();
    throw error;
  });
  const name = `${service}.${namespace}.svc`;
  return {
    address: {
      ...written,
      hosts: [{ host: '127.0.0.1', port: tunnel.port }],
      // The certificate is the service's, whatever port of this machine leads to it.
      ...(written.tls ? { tls: { ...written.tls, serverName: written.tls.serverName ?? name } } : {}),
    },
    inside: { ...written, hosts: [{ host: name, port }] },
    trouble: tunnel.trouble,
    close: () => {
      tunnel.close();
      transport.close();
    },
  };
}
