import { allTasks } from '../../plan/plan.ts';
import { lostAlert, whyIncomplete } from '../../report/publish/findings-complete.ts';
import { sarifOf } from '../../report/publish/sarif.ts';
import { CortexError } from '../../shared/errors.ts';
import type { CodeHost } from '../code-host.ts';
import { version } from '../version.ts';
import type { Publishing } from './gather.ts';

/**
 * Sends the findings to code scanning, where they are all that the plan would have found, and says what became of it. A
 * repository may have no code scanning, and a token no right to it: that is said, and fails nothing.
 */
export async function publishFindings(
  host: CodeHost,
  { report, plan }: Publishing,
  order: { readonly mode: 'apply' | 'staged'; readonly ref: string | undefined },
): Promise<readonly string[]> {
  const incomplete = whyIncomplete(report, allTasks(plan));
  if (incomplete !== undefined) return notAll(incomplete);
  const { text, results, leftOut } = sarifOf(report, { version });
  const rest = leftOut === 0 ? '' : ` ${leftOut} less severe ones had no room.`;
  if (order.mode === 'staged') return [`${results} findings would be sent to code scanning.${rest}`];
  if (order.ref === undefined) return ['No findings were sent to code scanning: no branch is known for them.'];
  try {
    const unseen = await alertToLose(host, report, order.ref);
    if (unseen !== undefined) return notAll(`${unseen} has an open alert, and was not read`);
    await host.github.uploadSarif({ commit: report.commit, ref: order.ref, sarif: text });
    return [`${results} findings were sent to code scanning.${rest}`];
  } catch (error) {
    if (!(error instanceof CortexError) || error.family !== 'problem') throw error;
    return [`No findings were sent to code scanning: ${error.message}. ${error.hint}`];
  }
}

function notAll(why: string): readonly string[] {
  return [`No findings are sent to code scanning: ${why}. What was not looked at would be taken for fixed there.`];
}

/** The path of an open alert that would be closed for want of a look. */
async function alertToLose(
  { github }: CodeHost,
  report: Publishing['report'],
  ref: string,
): Promise<string | undefined> {
  if (report.unread.length + report.left_out.length === 0) return undefined;
  return lostAlert(await github.openAlerts(ref), report);
}
