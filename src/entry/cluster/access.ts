import { delimiter, join } from 'node:path';
import type { Access } from '../../cluster/kubernetes/api/access.ts';
import { identityAccess } from '../../cluster/kubernetes/api/identity.ts';
import { inClusterAccess } from '../../cluster/kubernetes/api/in-cluster.ts';
import { kubeconfigAccess } from '../../cluster/kubernetes/api/kubeconfig.ts';
import { systemClock } from '../../shared/clock.ts';
import { problem } from '../../shared/errors.ts';
import { readTextIfPresent } from '../../shared/files.ts';
import type { CommandLine } from '../arguments.ts';
import type { Environment } from '../environment.ts';
import { mintIdentity } from './github-identity.ts';

/**
 * The way in to the cluster that flags and environment name. Throws `bad-cluster-auth`, `cluster-server-missing`,
 * `kubeconfig-missing`, `kubeconfig-invalid`, `not-in-cluster`, `identity-missing`.
 */
export async function clusterAccess(args: CommandLine, environment: Environment): Promise<Access> {
  const way = args.text('cluster-auth');
  if (way === 'github') return githubAccess(args, environment);
  if (way === 'in-cluster') return inClusterAccess(environment.pod);
  if (way !== undefined && way !== 'kubeconfig') {
    throw problem('bad-cluster-auth', `--cluster-auth ${way} is no way in`, {
      hint: 'Write kubeconfig, in-cluster or github.',
    });
  }
  const file = kubeconfigFile(args, environment);
  const isNamed = way !== undefined || args.text('kubeconfig') !== undefined || environment.kubeconfig !== undefined;
  if (!isNamed && environment.pod.host && readTextIfPresent(file) === undefined)
    return inClusterAccess(environment.pod);
  return kubeconfigAccess(file, args.text('kube-context'));
}

/** kubectl merges several files of KUBECONFIG; the first is taken here. */
function kubeconfigFile(args: CommandLine, { kubeconfig, home }: Environment): string {
  return args.text('kubeconfig') ?? kubeconfig?.split(delimiter).find(Boolean) ?? join(home, '.kube', 'config');
}

function githubAccess(args: CommandLine, { identity }: Environment): Access {
  const server = args.text('cluster-server');
  if (server === undefined || !/^https:\/\/[^/\s]+\/?$/.test(server)) {
    throw problem('cluster-server-missing', `--cluster-auth github needs the API server, found ${server ?? 'none'}`, {
      hint: 'Write --cluster-server https://k3s.example.com:6443, and --cluster-ca <file> where its certificate is its own.',
    });
  }
  const ca = caOf(args);
  const audience = args.text('cluster-audience') ?? 'cortex';
  return identityAccess({
    server,
    ...(ca === undefined ? {} : { ca }),
    mint: () => mintIdentity(identity, audience),
    about: `identity token of this workflow run (audience ${audience}) at ${server}`,
    now: systemClock.now,
  });
}

function caOf(args: CommandLine): string | undefined {
  const file = args.text('cluster-ca');
  if (file === undefined) return undefined;
  const ca = readTextIfPresent(file);
  if (ca?.includes('-----BEGIN CERTIFICATE-----')) return ca;
  throw problem('cluster-ca-invalid', `${file} ${ca === undefined ? 'does not exist' : 'holds no certificate (PEM)'}`, {
    hint: 'Name the file with the certificates of the API server: on K3s /var/lib/rancher/k3s/server/tls/server-ca.crt.',
  });
}
