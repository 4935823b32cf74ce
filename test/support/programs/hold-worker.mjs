// Launches one worker with the options and the request given as JSON, says `ready`, and waits to be killed.
import { childProcessLauncher } from '../../../src/cluster/child-process/child-process-launcher.ts';

const [options, request] = process.argv.slice(2).map((text) => JSON.parse(text));
await childProcessLauncher({ ...options, mask: (text) => text }).launch(request);
process.stdout.write('ready\n');
