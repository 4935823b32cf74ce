import { checkEvidence, findingsOfTheme } from '../../../checks/workflows/check-evidence.ts';
import { checkWorkflows } from '../../../checks/workflows/check-workflows.ts';
import type { Perform } from '../../work.ts';

/** What an attacker could use in GitHub Actions workflows. */
export const scanWorkflows: Perform<'scan-worker', 'workflows'> = async ({ workspace, inputs, keepEvidence }) => {
  const check = checkWorkflows(workspace, inputs.paths);
  const findings = findingsOfTheme(check, 'safety');
  const evidence = await keepEvidence(
    'Workflow safety scan',
    'application/json',
    checkEvidence(workspace, check, findings),
  );
  const measured = { subject: workspace.repository, evidence };
  return {
    summary: `Workflow files: ${check.files.length}; unsafe places: ${findings.length}; files not read: ${check.unread.length}`,
    findings,
    measurements: [
      { name: 'workflows.files-scanned', value: check.files.length - check.unread.length, unit: 'files', ...measured },
      { name: 'workflows.unsafe-places', value: findings.length, unit: 'findings', ...measured },
    ],
    unread: check.unread,
  };
};
