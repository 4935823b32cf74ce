import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** What a pod runs first: unpacks the worker program that lies beside it, checks its hash, and becomes it. */
// The first process of a container gets no signal that it has no handler for: until the program has one of its own.
const breakOff = (): void => process.exit(75);
process.on('SIGTERM', breakOff);
process.on('newListener', function handOver(signal) {
  if (signal !== 'SIGTERM') return;
  process.off('newListener', handOver);
  // Once the other is there: without any, Node would stop to listen for the signal.
  queueMicrotask(() => process.off('SIGTERM', breakOff));
});

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
