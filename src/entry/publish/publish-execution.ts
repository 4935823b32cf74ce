import { resolve } from 'node:path';
import { growingMasker } from '../../shared/mask.ts';
import type { CommandLine } from '../arguments.ts';
import { openStored } from '../commands/stored-execution.ts';
import { withCodeHost, type CodeHost } from '../code-host.ts';
import type { Environment } from '../environment.ts';
import { gather, type Publishing } from './gather.ts';
import { publishFindings } from './publish-findings.ts';
import { describeResults, publishResults } from './publish-results.ts';

/** What was brought to GitHub, or would be. */
export interface Published {
  readonly execution: string;
  readonly mode: 'apply' | 'staged';
  /** Commit on the results branch; null where nothing was written. */
  readonly resultsCommit: string | null;
  /** For people. */
  readonly markdown: string;
}

/**
 * Publishes an execution by the flags of `publish`: results first, so that what is opened afterwards can refer to them. What
 * is given back is masked. `onToken` is told of each token that is made, so that nothing else shows it.
 */
export async function publishExecution(
  args: CommandLine,
  order: {
    /** The latest where it is undefined. */
    readonly id: string | undefined;
    readonly mode: Published['mode'];
    readonly environment: Environment;
    readonly onToken?: (token: string) => void;
  },
): Promise<Published> {
  const { environment, mode, id } = order;
  const minted: string[] = [];
  const mask = growingMasker(() => [...environment.secrets, ...minted]);
  const onToken = (token: string): void => {
    minted.push(token);
    order.onToken?.(token);
  };
  const stored = await openStored(args, id, environment);
  try {
    const publishing = await gather(stored);
    const wish = { args, environment, mode };
    const published = await withCodeHost(environment, (host) => publish(host, publishing, wish), { onToken });
    return { ...published, markdown: mask(published.markdown) };
  } finally {
    await stored.close();
  }
}

async function publish(
  host: CodeHost,
  publishing: Publishing,
  wish: { readonly args: CommandLine; readonly environment: Environment; readonly mode: Published['mode'] },
): Promise<Published> {
  const { args, mode } = wish;
  const { runUrl = null, ref } = wish.environment.github;
  const out = resolve(args.text('out') ?? 'coordination');
  const results = await publishResults(host, publishing, { out, mode, runUrl, lessons: [] });
  const findings = args.has('code-scanning') ? await publishFindings(host, publishing, { mode, ref }) : [];
  return {
    execution: publishing.report.execution_id,
    mode,
    resultsCommit: results.commit,
    markdown: markdownOf(mode, [...describeResults(results), ...findings]),
  };
}

function markdownOf(mode: Published['mode'], lines: readonly string[]): string {
  const title = mode === 'apply' ? '## Published' : '## Staged: nothing was written';
  return `${title}\n\n${lines.map((line) => `- ${line}`).join('\n')}\n`;
}
