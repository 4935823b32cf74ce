import { createSilencer } from '../../../checks/silence.ts';
import { checkWorkflows, workflowsTool, type WorkflowCheck } from '../../../checks/workflows/check-workflows.ts';
import { fixWorkflow, type WorkflowFix } from '../../../checks/workflows/fix/fix-workflow.ts';
import { overlay, type Workspace } from '../../../checks/workspace.ts';
import type { FixableWorkflowRule } from '../../../protocol/capabilities.ts';
import type { Change } from '../../../protocol/change.ts';
import type { Finding } from '../../../protocol/finding.ts';
import { sha256 } from '../../../shared/canonical.ts';
import type { Perform } from '../../work.ts';
import { workflowChange } from './workflow-change.ts';

type FixContext = Parameters<Perform<'implementation-worker', 'fix-workflows'>>[0];

/** What became of one file of the shard. */
interface FileOutcome {
  readonly path: string;
  readonly fix: Pick<WorkflowFix, 'applied' | 'refused'>;
  readonly silenced: readonly string[];
  readonly change?: Change;
  /** Why a change was dropped. */
  readonly dropped?: string;
}

/** Names that a patch can carry without quoting, and a title without harm. */
const plainPath = /^[\p{L}\p{N}_.@+/-]{1,200}$/u;

/** Adds what workflows miss, one change per file, each proven by the same tool before and after. */
export const fixWorkflows: Perform<'implementation-worker', 'fix-workflows'> = async (context) => {
  const check = checkWorkflows(context.workspace, context.inputs.paths);
  const files = shardOf(check.files, context.inputs.shard);
  const outcomes: FileOutcome[] = [];
  for (const path of files) outcomes.push(await fixFile(path, check, context));
  const dropped = outcomes.flatMap(({ path, dropped: reason }) => (reason === undefined ? [] : [{ path, reason }]));
  const unread = [...check.unread.filter(({ path }) => files.includes(path)), ...dropped];
  const changes = outcomes.flatMap(({ change }) => change ?? []);
  await context.keepEvidence('Workflow fixes', 'application/json', evidenceOf(outcomes, unread, context));
  return { summary: summaryOf(outcomes), changes, unread };
};

function shardOf(files: readonly string[], shard: { readonly index: number; readonly of: number }): readonly string[] {
  return files.filter((_path, position) => position % shard.of === shard.index - 1);
}

async function fixFile(path: string, check: WorkflowCheck, context: FixContext): Promise<FileOutcome> {
  const { workspace, inputs } = context;
  const findings = check.findings.filter((finding) => finding.location?.path === path);
  const { wanted, silenced } = chooseFindings(findings, context);
  const before = exactText(workspace, path);
  const fix = fixWorkflow(before, inputs.rules, {
    path,
    timeoutMinutes: inputs.timeoutMinutes,
    wanted: (rule, subject) => wanted.has(keyOf(rule, subject)),
  });
  const outcome = { path, fix: { applied: fix.applied, refused: fix.refused }, silenced };
  if (fix.applied.length === 0) return outcome;
  if (!plainPath.test(path)) return { ...outcome, dropped: 'its name can not stand in a patch; rename the file' };
  const after = findingsAfter(workspace, path, fix.text);
  const proposal = await workflowChange({ path, before, fix, findings: { before: findings, after } }, context);
  return { ...outcome, ...proposal };
}

/** The findings to fix: of the rules asked for, and not silenced by a person. */
function chooseFindings(
  findings: readonly Finding[],
  context: FixContext,
): { wanted: ReadonlySet<string>; silenced: readonly string[] } {
  const silencer = createSilencer(context.workspace);
  const ruled = findings.filter((finding) =>
    context.inputs.rules.some((rule) => finding.ruleId === `workflows/${rule}`),
  );
  const silenced = new Set(ruled.filter((finding) => silencer.silence(finding) !== undefined));
  return {
    wanted: new Set(
      ruled.filter((finding) => !silenced.has(finding)).map((finding) => `${finding.ruleId}\n${finding.subject}`),
    ),
    silenced: [...silenced].map((finding) => finding.fingerprint),
  };
}

function keyOf(rule: FixableWorkflowRule, subject: string): string {
  return `workflows/${rule}\n${subject}`;
}

/** The file byte for byte: unlike `readText`, a byte order mark stays. Empty for what is no text; the check has named it. */
function exactText(workspace: Workspace, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(workspace.readBytes(path));
  } catch {
    return '';
  }
}

/** The same tool on the changed tree, cut down to the file. */
function findingsAfter(workspace: Workspace, path: string, text: string): readonly Finding[] {
  const changed = overlay(workspace, new Map([[path, text]]));
  return checkWorkflows({ ...changed, files: changed.files.filter((file) => file.path === path) }, ['**']).findings;
}

function evidenceOf(
  outcomes: readonly FileOutcome[],
  unread: readonly { readonly path: string; readonly reason: string }[],
  { workspace, inputs }: FixContext,
): object {
  return {
    tool: workflowsTool,
    commit: workspace.commit,
    inputs,
    files: outcomes.map(({ path, fix, silenced, change }) => ({
      path,
      sha256: sha256(workspace.readBytes(path) ?? ''),
      applied: fix.applied,
      leftToAPerson: fix.refused,
      silenced,
      change: change?.fingerprint ?? null,
    })),
    unread,
  };
}

function summaryOf(outcomes: readonly FileOutcome[]): string {
  const changes = outcomes.filter(({ change }) => change !== undefined);
  const gone = changes.reduce((sum, { change }) => sum + (change?.proof.gone.length ?? 0), 0);
  const left = outcomes.reduce((sum, { fix }) => sum + fix.refused.length, 0);
  return `Workflow files: ${outcomes.length}; changes: ${changes.length}; findings that go away: ${gone}; left to a person: ${left}`;
}
