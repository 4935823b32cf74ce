import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAction } from '../../test/support/action.ts';
import { openPipeline, sevenPlan, type Pipeline } from '../../test/support/pipeline.ts';
import { scratchRepository } from '../../test/support/scratch-repository.ts';
import { claim, count } from './claim.ts';
import { pathsOf } from './paths.ts';

const most = 40 * 1024 * 1024;
const id = 'CORTEX-EXEC-2026-01-02-030405';

/** An execution with evidence of 40 MiB, of one byte less and of one more, through the built report job. */
export async function drillLargeFile(): Promise<readonly string[]> {
  const repository = scratchRepository({ 'plans/seven.yaml': sevenPlan });
  const out = mkdtempSync(join(tmpdir(), 'cortex-drill-'));
  try {
    const inputs = { plan: 'plans/seven.yaml', out, 'execution-id': id };
    const { code, log } = await runAction(inputs, { cwd: repository.directory });
    claim(code === 0, 'the execution comes to its end', log.slice(-2000));
    const evidence = join(out, 'archives', id, 'evidence');
    for (const bytes of [most - 1, most, most + 1])
      writeFileSync(join(evidence, `${bytes}.bin`), Buffer.alloc(bytes, 7));
    const pipeline = await openPipeline({ repository: { from: repository.directory } });
    try {
      return [await publish(pipeline, out)];
    } finally {
      await pipeline.close();
    }
  } finally {
    repository.remove();
    rmSync(out, { recursive: true, force: true });
  }
}

async function publish(pipeline: Pipeline, out: string): Promise<string> {
  const { shop, fake } = pipeline;
  const step = await pipeline.report(id, out);
  claim(step.code === 0, 'the report job succeeds', step.log.slice(-2000));
  const there = pathsOf(shop.directory, 'cortex/results').filter((path) => path.endsWith('.bin'));
  const names = there.map((path) => path.split('/').at(-1));
  claim(names.join() === `${most - 1}.bin,${most}.bin`, 'what GitHub takes is there, and nothing else', names);
  const isNamed = step.summary.includes(`${most + 1}.bin`) && step.summary.includes(`it has ${most + 1} bytes`);
  claim(isNamed, 'the file that is too large is refused by name');
  claim(fake.violations.length === 0, "all is as GitHub's description has it", fake.violations);
  return `evidence of ${[most - 1, most, most + 1].map(count).join(', ')} bytes: two committed, the last refused by name`;
}
