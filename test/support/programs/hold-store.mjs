// Opens the file store in the folder given, appends the events given as JSON, says `ready`, and waits for its end of input.
import { openFileStore } from '../../../src/coordination/file/file-store.ts';

const [directory, events = '[]'] = process.argv.slice(2);
const store = openFileStore({ directory, clock: { now: () => Date.now() } });
await store.append(JSON.parse(events));
process.stdout.write('ready\n');
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
