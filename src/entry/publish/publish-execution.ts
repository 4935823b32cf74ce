import type { StoredExecution } from '../commands/stored-execution.ts';
import { openCodeHost } from '../code-host.ts';
import type { Environment } from '../environment.ts';
import { gather } from './gather.ts';
import { publishFindings } from './publish-findings.ts';
import { describeResults, publishResults } from './publish-results.ts';

export interface PublishOrder {
  readonly environment: Environment;
  /** Folder that the execution wrote to. */
  readonly out: string;
  readonly mode: 'apply' | 'staged';
  /** Repository that the run worked on; undefined = the one that it was in. */
  readonly target: string | undefined;
  readonly withFindings: boolean;
  readonly mask: (text: string) => string;
  /** Told of each token that is made, so that nothing shows it. */
  readonly onToken: (token: string) => void;
}

/** What was brought to GitHub, or would be. */
export interface Published {
  readonly execution: string;
  readonly mode: 'apply' | 'staged';
  /** Commit on the results branch; null where nothing was written. */
  readonly resultsCommit: string | null;
  /** For people. */
  readonly markdown: string;
}

/** Publishes an execution: results first, so that what is opened afterwards can refer to them. */
export async function publishExecution(stored: StoredExecution, order: PublishOrder): Promise<Published> {
  const publishing = await gather(stored);
  const { environment, mode, out, onToken } = order;
  const host = openCodeHost(environment, { onToken });
  try {
    const runUrl = environment.github.runUrl ?? null;
    const results = await publishResults(host, publishing, { out, mode, runUrl, lessons: [] });
    const ref = environment.github.ref;
    const findings = order.withFindings ? await publishFindings(host, publishing, { mode, ref }) : [];
    return {
      execution: stored.id,
      mode,
      resultsCommit: results.commit,
      markdown: markdownOf(mode, [...describeResults(results), ...findings]),
    };
  } finally {
    await host.close();
  }
}

function markdownOf(mode: Published['mode'], lines: readonly string[]): string {
  const title = mode === 'apply' ? '## Published' : '## Staged: nothing was written';
  return `${title}\n\n${lines.map((line) => `- ${line}`).join('\n')}\n`;
}
