import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a kubeconfig that leads to a server with that certificate. Returns its path. */
export function writeKubeconfig(folder: string, server: { readonly url: string; readonly cert: string }): string {
  const data = Buffer.from(server.cert).toString('base64');
  const file = join(folder, 'kubeconfig.json');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'fake', cluster: { server: server.url, 'certificate-authority-data': data } }],
    users: [{ name: 'fake', user: { token: 'of-the-test' } }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
    'current-context': 'fake',
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}
