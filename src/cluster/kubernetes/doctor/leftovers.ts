import { findGarbage, type Collection } from '../gc/collect.ts';
import { met, named, noted, type CheckLine } from './check.ts';
import { look, seenLines, type Ground } from './ground.ts';

/** Whether earlier executions have left anything in the namespace. */
export async function leftoversChecks({ transport, wishes }: Ground): Promise<readonly CheckLine[]> {
  const seen = await look(findGarbage(transport, wishes.namespace));
  return seenLines(seen, 'leftovers', (collection) => [judge(collection, wishes.namespace)]);
}

function judge({ garbage, kept, unread }: Collection, namespace: string): CheckLine {
  const needed = 'nothing of executions that are over';
  const alive = kept === 0 ? '' : `; ${kept} executions may still run`;
  const unseen = unread.length === 0 ? '' : `; ${unread.join(', ')}s were not looked at`;
  if (garbage.length === 0) return met('leftovers', `nothing left behind${alive}${unseen}`, needed);
  const whose = named([...new Set(garbage.map(({ execution }) => execution))], 2);
  return noted('leftovers', {
    seen: `${garbage.length} objects of ${whose}${alive}${unseen}`,
    needed,
    remedy: `Remove them: cortex gc --namespace ${namespace}.`,
  });
}
