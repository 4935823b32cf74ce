import { sarifOf } from '../../report/publish/sarif.ts';
import { CortexError } from '../../shared/errors.ts';
import type { CodeHost } from '../code-host.ts';
import { version } from '../version.ts';
import type { Publishing } from './gather.ts';

/**
 * Sends the findings to code scanning, and says what became of it. A repository may have no code scanning, and a token no right
 * to it: that is said, and fails nothing.
 */
export async function publishFindings(
  host: CodeHost,
  { report }: Publishing,
  order: { readonly mode: 'apply' | 'staged'; readonly ref: string | undefined },
): Promise<readonly string[]> {
  const { text, results, leftOut } = sarifOf(report, { version });
  const rest = leftOut === 0 ? '' : ` ${leftOut} less severe ones had no room.`;
  if (order.mode === 'staged') return [`${results} findings would be sent to code scanning.${rest}`];
  if (order.ref === undefined) return ['No findings were sent to code scanning: no branch is known for them.'];
  try {
    await host.github.uploadSarif({ commit: report.commit, ref: order.ref, sarif: text });
    return [`${results} findings were sent to code scanning.${rest}`];
  } catch (error) {
    if (!(error instanceof CortexError) || error.family !== 'problem') throw error;
    return [`No findings were sent to code scanning: ${error.message}. ${error.hint}`];
  }
}
