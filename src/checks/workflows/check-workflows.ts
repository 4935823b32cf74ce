import { fixableWorkflowRules } from '../../protocol/capabilities.ts';
import { findingFingerprint, type Finding } from '../../protocol/finding.ts';
import { compareText } from '../../shared/canonical.ts';
import { readText, selectFiles, type Workspace, type WorkspaceFile } from '../workspace.ts';
import { fixWorkflow } from './fix/fix-workflow.ts';
import { readWorkflow, type Reading } from './read-workflow.ts';
import { syntaxRule, workflowRules } from './rules/registry.ts';
import type { Draft, WorkflowRule } from './rules/rule.ts';
import { subjectOf, type Workflow } from './workflow.ts';

export const workflowsTool = { name: 'cortex-workflows', version: '1' } as const;

/** What was seen in one readable workflow. */
export interface WorkflowCount {
  readonly path: string;
  readonly jobs: number;
  readonly steps: number;
}

export interface WorkflowCheck {
  /** Sorted by path, place and rule. */
  readonly findings: readonly Finding[];
  /** Every `.github/workflows/*.{yml,yaml}` that matches, in path order, read or not. */
  readonly files: readonly string[];
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
  /** The readable ones among `files`. */
  readonly workflows: readonly WorkflowCount[];
}

type FileCheck = Pick<WorkflowCheck, 'findings' | 'unread' | 'workflows'>;

const workflowPath = /^\.github\/workflows\/[^/]+\.ya?ml$/;

/** Runs every rule on every GitHub Actions workflow that matches the globs. Pure, and bounded for hostile files. */
export function checkWorkflows(workspace: Workspace, paths: readonly string[]): WorkflowCheck {
  const files = workflowFiles(workspace, paths);
  const checks = files.map((file) => checkFile(workspace, file));
  return {
    findings: checks.flatMap((check) => check.findings),
    files: files.map((file) => file.path),
    unread: checks.flatMap((check) => check.unread),
    workflows: checks.flatMap((check) => check.workflows),
  };
}

/** Symbolic links are kept, so that they can be named as unread. */
function workflowFiles(workspace: Workspace, paths: readonly string[]): readonly WorkspaceFile[] {
  const candidates = workspace.files.filter((file) => workflowPath.test(file.path));
  const plain = candidates.map((file) => ({ ...file, mode: '100644' as const }));
  const selected = new Set(selectFiles({ ...workspace, files: plain }, paths).map((file) => file.path));
  return candidates.filter((file) => selected.has(file.path));
}

function checkFile(workspace: Workspace, file: WorkspaceFile): FileCheck {
  const unread = (reason: string): FileCheck => ({
    findings: [],
    unread: [{ path: file.path, reason }],
    workflows: [],
  });
  if (file.mode === '120000') return unread('a symbolic link; check the file that it names');
  const text = readText(workspace, file.path);
  if (text === undefined) return unread('not UTF-8 text; save it as UTF-8');
  const reading = readWorkflow(file.path, text);
  if (reading.status === 'unread') return unread(reading.reason);
  if (reading.status === 'broken') return { findings: syntaxFindings(file.path, reading), unread: [], workflows: [] };
  const { workflow } = reading;
  const steps = workflow.jobs.reduce((total, job) => total + job.steps.length, 0);
  return {
    findings: ruleFindings(workflow),
    unread: [],
    workflows: [{ path: file.path, jobs: workflow.jobs.length, steps }],
  };
}

function syntaxFindings(path: string, reading: Extract<Reading, { status: 'broken' }>): readonly Finding[] {
  const numbered = numberRepeats(reading.problems, (problem) => problem.message);
  return numbered.map(({ item, identity }) => ({
    fingerprint: findingFingerprint(`workflows/${syntaxRule}`, path, identity),
    ruleId: `workflows/${syntaxRule}`,
    tool: workflowsTool,
    severity: 'high',
    confidence: 'high',
    subject: path,
    message: item.message,
    remedy: item.remedy,
    location: { path, ...reading.positionOf(item.at) },
    basis: 'measured',
  }));
}

function ruleFindings(workflow: Workflow): readonly Finding[] {
  const findings = workflowRules.flatMap((rule) => findingsOf(rule, workflow));
  return withFixes(findings, workflow).sort((a, b) => compareText(placeOf(a), placeOf(b)));
}

function findingsOf(rule: WorkflowRule, workflow: Workflow): readonly Finding[] {
  const owner = (draft: Draft): string => subjectOf(workflow.path, draft.job);
  const numbered = numberRepeats(rule.find(workflow), (draft) => `${owner(draft)}\n${draft.snippet ?? ''}`);
  return numbered.map(({ item: draft, identity }) => ({
    // Not the step's position: a step added above must not make a new finding of an old one.
    fingerprint: findingFingerprint(`workflows/${rule.id}`, workflow.path, identity),
    ruleId: `workflows/${rule.id}`,
    tool: workflowsTool,
    severity: draft.severity ?? rule.severity,
    confidence: draft.confidence ?? rule.confidence,
    subject: subjectOf(workflow.path, draft.job, draft.step),
    message: draft.message,
    remedy: rule.remedy,
    location: { path: workflow.path, ...workflow.positionOf(draft.at) },
    basis: rule.basis,
    references: [...rule.references],
  }));
}

/** Gives equal items of one file a number, so that each keeps an identity of its own. */
function numberRepeats<T>(
  items: readonly T[],
  identityOf: (item: T) => string,
): readonly { item: T; identity: string }[] {
  const seen = new Map<string, number>();
  return items.map((item) => {
    const identity = identityOf(item);
    const repeat = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, repeat);
    return { item, identity: repeat === 1 ? identity : `${identity}\n#${repeat}` };
  });
}

/** `fix` stands only where the fixer, asked now, would make the edit; elsewhere its reason joins the remedy. */
function withFixes(findings: readonly Finding[], workflow: Workflow): Finding[] {
  if (!findings.some((finding) => isFixable(finding.ruleId))) return [...findings];
  const outcome = fixWorkflow(workflow.text, fixableWorkflowRules, { path: workflow.path, timeoutMinutes: 30 });
  const keyOf = (rule: string, subject: string): string => `workflows/${rule}\n${subject}`;
  const applied = new Set(outcome.applied.map((each) => keyOf(each.rule, each.subject)));
  const refused = new Map(outcome.refused.map((each) => [keyOf(each.rule, each.subject), each.reason]));
  return findings.map((finding) => {
    const key = `${finding.ruleId}\n${finding.subject}`;
    if (applied.has(key)) return { ...finding, fix: 'fix-workflows' };
    const reason = refused.get(key);
    return reason === undefined ? finding : { ...finding, remedy: `${finding.remedy} This needs a person: ${reason}.` };
  });
}

function isFixable(ruleId: string): boolean {
  return fixableWorkflowRules.some((rule) => ruleId === `workflows/${rule}`);
}

function placeOf(finding: Finding): string {
  const pad = (value: number | undefined): string => String(value ?? 0).padStart(9, '0');
  return `${pad(finding.location?.line)} ${pad(finding.location?.column)} ${finding.ruleId} ${finding.fingerprint}`;
}
