import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** What a pod runs first: unpacks the worker program that lies beside it, checks its hash, and becomes it. */
// The first process of a container gets no signal that it has no handler for.
process.on('SIGTERM', () => process.exit(75));

const program = gunzipSync(readFileSync(new URL('worker.mjs.gz', import.meta.url)));
const found = createHash('sha256').update(program).digest('hex');
const wanted = process.env['CORTEX_PROGRAM'];
if (found !== wanted) {
  process.stderr.write(`cortex worker: the program beside this one is ${found}, not ${wanted ?? 'named'}\n`);
  process.exit(64);
}
const path = `${process.env['TMPDIR'] ?? '/tmp'}/worker.mjs`;
writeFileSync(path, program);
await import(path);
