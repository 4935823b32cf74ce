// Appends events to the file store in the folder given until one is refused, then tries two more. Prints what it saw.
import { openFileStore } from '../../../src/coordination/file/file-store.ts';

const store = openFileStore({ directory: process.argv[2], clock: { now: () => Date.now() } });
const append = async (key) => {
  const data = { phase: 'report', limitMs: 1 };
  await store.append([{ id: `fill:${key}`, actor: 'x'.repeat(500), fence: 0, type: 'phase.started', data }]);
};
const codes = [];
let acknowledged = 0;
while (codes.length === 0)
  await append(acknowledged).then(
    () => acknowledged++,
    (error) => codes.push(error.code),
  );
for (const key of [acknowledged, 'another']) await append(key).catch((error) => codes.push(error.code));
process.stdout.write(JSON.stringify({ acknowledged, codes }));
