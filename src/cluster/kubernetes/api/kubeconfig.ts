import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { messageOf, outside, problem } from '../../../shared/errors.ts';
import { readTextIfPresent } from '../../../shared/files.ts';
import type { Access, Credentials } from './access.ts';

/**
 * The way in that a kubeconfig describes: token, token file, client certificate, password or a command that gives one
 * (client-node's own `KubeConfig` reads and runs all of these). Throws `kubeconfig-missing`, `kubeconfig-invalid`.
 */
export async function kubeconfigAccess(file: string, context: string | undefined): Promise<Access> {
  let config = loadConfig(file, context);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw invalid(file, `the context ${config.getCurrentContext() || '(none)'} names no cluster of it`);
  const { ca, servername } = await optionsOf(config, file);
  const secrets: string[] = [];
  return {
    server: cluster.server.replace(/\/+$/, ''),
    ...(ca === undefined ? {} : { ca: ca as string | Buffer }),
    ...(servername === undefined ? {} : { serverName: servername }),
    ...(cluster.skipTLSVerify ? { isUnverified: true } : {}),
    ...(cluster.proxyUrl ? { proxy: cluster.proxyUrl } : {}),
    about: `kubeconfig ${file}, context ${config.getCurrentContext()}, ${cluster.server}`,
    credentials: async (renew) => {
      // What the server has refused must not come out of a cache again.
      if (renew) config = loadConfig(file, context);
      const credentials = credentialsOf(await optionsOf(config, file));
      const token = tokenOf(credentials);
      if (token && !secrets.includes(token)) secrets.push(token);
      return credentials;
    },
    secrets,
  };
}

function loadConfig(file: string, context: string | undefined): KubeConfig {
  const text = readTextIfPresent(file);
  if (text === undefined) {
    throw problem('kubeconfig-missing', `There is no kubeconfig at ${file}`, {
      hint: 'Name one with --kubeconfig or KUBECONFIG, or use --cluster-auth github or in-cluster.',
    });
  }
  const config = new KubeConfig();
  try {
    // From the file, not from its text: paths in it are relative to it.
    config.loadFromFile(file);
  } catch (error) {
    throw invalid(file, messageOf(error));
  }
  if (context === undefined) return config;
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context)) throw invalid(file, `it has no context ${context}, but ${known.join(', ') || 'none'}`);
  config.setCurrentContext(context);
  return config;
}

async function optionsOf(config: KubeConfig, file: string): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
    return options;
  } catch (error) {
    throw outside('kubeconfig-login', `The login that ${file} describes failed: ${messageOf(error)}`, {
      hint: 'Run the same with kubectl; if it fails too, log in anew.',
      cause: error,
    });
  }
}

function credentialsOf({ headers, auth, cert, key }: RequestOptions): Credentials {
  const given = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));
  const basic = auth ? { authorization: `Basic ${Buffer.from(auth, 'utf8').toString('base64')}` } : {};
  return {
    headers: { ...given, ...basic },
    ...(cert ? { cert: cert as string | Buffer } : {}),
    ...(key ? { key: key as string | Buffer } : {}),
  };
}

function tokenOf({ headers }: Credentials): string | undefined {
  const value = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return value?.split(' ')[1];
}

function invalid(file: string, seen: string): Error {
  return problem('kubeconfig-invalid', `The kubeconfig ${file} can't be used: ${seen}`, {
    hint: 'Check it with `kubectl config view`; choose a context with --kube-context.',
  });
}
