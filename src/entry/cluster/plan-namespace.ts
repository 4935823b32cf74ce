import { parsePlan } from '../../plan/parse.ts';
import type { EventData } from '../../protocol/event.ts';

/** Where the plan of an execution has its workers; undefined where that plan is none for this version of Cortex. */
export async function planNamespace(
  { blob, file }: EventData<'execution.started'>['plan'],
  getBlob: (hash: string) => Promise<Uint8Array>,
): Promise<string | undefined> {
  const parsed = parsePlan(Buffer.from(await getBlob(blob)).toString('utf8'), file);
  return 'problems' in parsed ? undefined : parsed.plan.cluster.namespace;
}
