// Launches one worker over the API server at the address, with its files in the folder, and waits to be killed.
import { openTransport } from '../../../src/cluster/kubernetes/api/transport.ts';
import { kubernetesLauncher } from '../../../src/cluster/kubernetes/kubernetes-launcher.ts';
import { launcherOptions, plainAccess } from '../kubernetes/fake-world.ts';

const [server, folder, request] = process.argv.slice(2);
const transport = openTransport(plainAccess(server));
await kubernetesLauncher({ ...launcherOptions(folder), transport }).launch(JSON.parse(request));
process.stdout.write('ready\n');
