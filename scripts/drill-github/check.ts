import { openPipeline, type Pipeline } from '../../test/support/pipeline.ts';
import type { Step } from '../../test/support/action.ts';
import { claim, count } from './claim.ts';

const plans = 30;
const tasks = 240;
const mostCharacters = 65_536;
const mostBytes = 1024 * 1024;

/** A pull request that changes so many large plans that neither the comment nor the summary has room for all of it. */
export async function drillCheck(): Promise<readonly string[]> {
  const pipeline = await openPipeline({ repository: { files: plansWith('5m') } });
  try {
    const { shop } = pipeline;
    shop.push('longer', { files: plansWith('6m'), parents: [shop.head('main') ?? ''] });
    const number = shop.openPull({ head: 'longer', by: 'ada' });
    const step = await pipeline.check(number);
    claim(step.code === 0, 'the check passes', step.log.slice(-2000));
    return [commentOf(pipeline, number, step), summaryOf(step)];
  } finally {
    await pipeline.close();
  }
}

function commentOf({ shop, fake }: Pipeline, number: number, { outputs }: Step): string {
  const bodies = shop.thread(number).comments.map(({ body }) => body);
  const [comment = ''] = bodies;
  claim(bodies.length === 1, 'there is one comment', bodies.length);
  claim(comment.length <= mostCharacters, 'the comment fits', comment.length);
  claim(comment.length > mostCharacters / 2, 'the comment uses its room', comment.length);
  claim(comment.includes('This is not all'), 'the comment says that it was cut');
  claim(comment.includes(outputs['digest'] ?? 'no digest'), 'the comment names the digest of the whole');
  claim(fake.violations.length === 0, "all is as GitHub's description has it", fake.violations);
  return `comment on ${plans} changed plans of ${tasks} tasks: ${count(comment.length)} of ${count(mostCharacters)} characters, cut, digest named`;
}

function summaryOf({ summary, outputs }: Step): string {
  const bytes = Buffer.byteLength(summary);
  claim(bytes <= mostBytes, 'the summary fits', bytes);
  claim(bytes > mostBytes / 2, 'the summary uses its room', bytes);
  claim(summary.includes('This is not all'), 'the summary says that it was cut');
  claim(summary.includes(outputs['digest'] ?? 'no digest'), 'the summary names the digest of the whole');
  return `summary of the same: ${count(bytes)} of ${count(mostBytes)} bytes, cut, digest named`;
}

function plansWith(timeout: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: plans }, (_, index) => [`plans/large-${index}.yaml`, planOf(`large-${index}`, timeout)]),
  );
}

function planOf(name: string, timeout: string): string {
  const lines = Array.from(
    { length: tasks },
    (_, index) =>
      `        - { id: task-${index}, title: "${`Task ${index} of ${name} `.padEnd(150, 'and so on ')}", worker: scan-worker, capability: secrets, timeout: ${timeout} }`,
  );
  return `apiVersion: cortex/v1
kind: Plan
metadata: { name: ${name} }
spec:
  masters:
    - name: security-master
      tasks:
${lines.join('\n')}
`;
}
