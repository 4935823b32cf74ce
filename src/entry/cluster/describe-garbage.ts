import type { Collection } from '../../cluster/kubernetes/gc/collect.ts';

/** What was removed, or would be, a line each. */
export function describeCollection(
  { garbage, kept, unread }: Collection,
  { namespace, isDryRun }: { readonly namespace: string; readonly isDryRun: boolean },
): string {
  const verb = isDryRun ? 'would remove' : 'removed';
  const lines = garbage.map(({ kind, name, execution, reason }) => `${verb} ${kind} ${name} (${execution}): ${reason}`);
  const skipped = unread.map((kind) => `${kind}s were not looked at: this way in may not list them`);
  const end = `${garbage.length} left over in ${namespace}, ${kept} executions may still run`;
  return [...lines, ...skipped, end].map((line) => `${line}\n`).join('');
}
