import type { Finding } from '../../protocol/finding.ts';
import { sha256 } from '../../shared/canonical.ts';
import type { Workspace } from '../workspace.ts';
import { workflowsTool, type WorkflowCheck } from './check-workflows.ts';
import { syntaxRule, themeOf } from './rules/registry.ts';
import type { RuleTheme } from './rules/rule.ts';

/** The findings of one theme. */
export function findingsOfTheme(check: WorkflowCheck, theme: RuleTheme): readonly Finding[] {
  return check.findings.filter((finding) => themeOf(finding.ruleId) === theme);
}

/** Files that GitHub would not run: their jobs could not be looked at. */
export function brokenFiles(check: WorkflowCheck): readonly { readonly path: string; readonly reason: string }[] {
  const broken = new Set(
    check.findings.filter((finding) => finding.ruleId === `workflows/${syntaxRule}`).map((finding) => finding.subject),
  );
  return [...broken].map((path) => ({ path, reason: 'not a workflow that GitHub would run; see workflows/syntax' }));
}

/** What a check looked at and what it found: the artefact behind every number. */
export function checkEvidence(workspace: Workspace, check: WorkflowCheck, findings: readonly Finding[]): object {
  return {
    tool: workflowsTool,
    commit: workspace.commit,
    files: check.files.map((path) => ({ path, sha256: sha256(workspace.readBytes(path) ?? '') })),
    workflows: check.workflows,
    unread: check.unread,
    findings,
  };
}
