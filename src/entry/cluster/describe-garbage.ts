import type { Collection, Remaining } from '../../cluster/kubernetes/gc/collect.ts';
import { messageOf } from '../../shared/errors.ts';

/** What was removed, or would be, and what could not be, a line each. */
export function describeCollection(
  { garbage, kept, unread }: Collection,
  what: { readonly namespace: string; readonly isDryRun: boolean; readonly remaining: readonly Remaining[] },
): string {
  const { namespace, isDryRun, remaining } = what;
  const failures = new Map(remaining.map(({ item, error }) => [item, messageOf(error)]));
  const lines = garbage.map((item) => {
    const failure = failures.get(item);
    const verb = failure !== undefined ? 'could not remove' : isDryRun ? 'would remove' : 'removed';
    return `${verb} ${item.kind} ${item.name} (${item.execution}): ${item.reason}${failure ? `. ${failure}` : ''}`;
  });
  const skipped = unread.map((kind) => `${kind}s were not looked at: this way in may not list them`);
  const end = `${garbage.length} left over in ${namespace}, ${kept} executions may still run`;
  return [...lines, ...skipped, end].map((line) => `${line}\n`).join('');
}
