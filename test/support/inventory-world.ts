import { testInputs } from '../../src/protocol/capabilities.ts';
import { inventoryTests } from '../../src/workers/kinds/test/inventory.ts';
import { testWork } from './work-context.ts';

/** The inventory of a repository that holds the given files. */
export async function take(files: Readonly<Record<string, string | Uint8Array>>) {
  const inputs = testInputs.inventory.parse({});
  const world = testWork({ kind: 'test-worker', capability: 'inventory', inputs, files });
  const work = await inventoryTests(world.context);
  const values = Object.fromEntries((work.measurements ?? []).map(({ name, value }) => [name, value]));
  const untested = (work.findings ?? []).filter(({ ruleId }) => ruleId === 'inventory/untested-module');
  const evidence = JSON.parse([...world.evidence.values()][0]?.text ?? '') as { suites: unknown; counting: unknown };
  return { ...work, values, untested: untested.map(({ subject }) => subject), evidence };
}
