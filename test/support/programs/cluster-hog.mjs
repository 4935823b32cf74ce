// Stands before the worker program: workers of the task that is named here take memory until somebody ends them. Not of
// the heap, whose limit V8 itself watches.
if (process.env.CORTEX_WORKER?.startsWith('find-secrets-')) {
  const taken = [];
  for (;;) taken.push(Buffer.alloc(4 * 1024 * 1024, 1));
}
