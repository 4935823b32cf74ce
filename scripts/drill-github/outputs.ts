import { outputKeeper } from '../../src/entry/action/outputs.ts';
import { masterNames } from '../../src/protocol/words.ts';
import { runAction } from '../../test/support/action.ts';
import { openPipeline } from '../../test/support/pipeline.ts';
import { scratchRepository } from '../../test/support/scratch-repository.ts';
import { claim, count, outcomeOf } from './claim.ts';

const most = 1_000_000;

/** The widest plan that there can be, through the step that hands on the most; and the room itself, to the byte. */
export async function drillOutputs(): Promise<readonly string[]> {
  const path = `plans/${'deep/'.repeat(40)}widest.yaml`;
  const files = { [path]: widestPlan() };
  const repository = scratchRepository(files);
  const pipeline = await openPipeline({ repository: { files } });
  try {
    const inputs = { command: 'plan', plan: path, mode: 'preview' };
    const env = { ...pipeline.environment, CORTEX_STORE: 'redis://127.0.0.1:1' };
    const step = await runAction(inputs, { cwd: repository.directory, env });
    claim(step.code === 0, 'the plan is proven', step.log.slice(-2000));
    const bytes = Object.entries(step.outputs).reduce(
      (sum, [name, value]) => sum + 2 * (name.length + value.length),
      0,
    );
    const { include } = JSON.parse(step.outputs['matrix'] ?? '{}') as { readonly include: readonly unknown[] };
    claim(include.length === masterNames.length, 'there is a leg for each master', include.length);
    claim(bytes < most / 10, 'the outputs of the widest plan are far below the limit', bytes);
    return [`outputs of the widest plan: ${count(bytes)} of ${count(most)} bytes`, await edge()];
  } finally {
    repository.remove();
    await pipeline.close();
  }
}

async function edge(): Promise<string> {
  const set = async (bytes: number): Promise<void> => {
    await Promise.resolve();
    outputKeeper(() => undefined)('x', 'x'.repeat(bytes / 2 - 1));
  };
  const sizes = [most - 2, most, most + 2];
  const outcomes = [];
  for (const size of sizes) outcomes.push(await outcomeOf(set(size)));
  claim(outcomes.join(' ') === 'done done outputs-too-large', 'one character more is refused', outcomes);
  return `outputs of ${sizes.map(count).join(', ')} bytes: ${outcomes.join(', ')}`;
}

function widestPlan(): string {
  const runner = 'r'.repeat(100);
  return `apiVersion: cortex/v1
kind: Plan
metadata: { name: widest }
spec:
  workflow: { runner: ${runner} }
  masters:
${masterNames.map((name) => `    - { name: ${name}, runner: ${runner} }`).join('\n')}
`;
}
