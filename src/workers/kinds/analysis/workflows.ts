import { brokenFiles, checkEvidence, findingsOfTheme } from '../../../checks/workflows/check-evidence.ts';
import { checkWorkflows, type WorkflowCheck } from '../../../checks/workflows/check-workflows.ts';
import type { Finding } from '../../../protocol/finding.ts';
import type { Perform, Work } from '../../work.ts';

/** The measurement that counts the findings of each rule. */
const counted = {
  'duplicate-triggers': ['workflows.started-twice', 'workflows'],
  'full-fetch-depth': ['workflows.full-history-checkouts', 'steps'],
  'no-concurrency': ['workflows.pull-request-without-concurrency', 'workflows'],
  'no-timeout': ['workflows.jobs-without-timeout', 'jobs'],
  'setup-without-cache': ['workflows.setups-without-cache', 'steps'],
} as const;

/** What makes GitHub Actions workflows slow or costly. Says what stands in the files, and no saving that nobody measured. */
export const analyseWorkflows: Perform<'analysis-worker', 'workflows'> = async ({
  workspace,
  inputs,
  keepEvidence,
}) => {
  const check = checkWorkflows(workspace, inputs.paths);
  const findings = findingsOfTheme(check, 'speed');
  const evidence = await keepEvidence(
    'Workflow analysis',
    'application/json',
    checkEvidence(workspace, check, findings),
  );
  return {
    summary: `Workflow files: ${check.files.length}; jobs: ${total(check, 'jobs')}; slow or costly places: ${findings.length}`,
    findings,
    measurements: measurementsOf(check, findings).map((each) => ({ ...each, subject: workspace.repository, evidence })),
    unread: [...check.unread, ...brokenFiles(check)],
  };
};

function measurementsOf(
  check: WorkflowCheck,
  findings: readonly Finding[],
): readonly Pick<NonNullable<Work['measurements']>[number], 'name' | 'value' | 'unit'>[] {
  const of = (rule: string): number => findings.filter((finding) => finding.ruleId === `workflows/${rule}`).length;
  return [
    { name: 'workflows.files', value: check.workflows.length, unit: 'files' },
    { name: 'workflows.jobs', value: total(check, 'jobs'), unit: 'jobs' },
    { name: 'workflows.steps', value: total(check, 'steps'), unit: 'steps' },
    ...Object.entries(counted).map(([rule, [name, unit]]) => ({ name, value: of(rule), unit })),
  ];
}

function total(check: WorkflowCheck, what: 'jobs' | 'steps'): number {
  return check.workflows.reduce((sum, workflow) => sum + workflow[what], 0);
}
