import { scanSecrets, type SecretScan } from '../../../checks/secrets/scan-secrets.ts';
import { secretsTool } from '../../../checks/secrets/secret-findings.ts';
import { compareText } from '../../../shared/canonical.ts';
import type { Perform, Work } from '../../work.ts';

/** Credentials in the files of the task, with the list of files and their hashes as evidence; never a secret. */
export const scanSecretsCapability: Perform<'scan-worker', 'secrets'> = async (context) => {
  const scan = scanSecrets(context.workspace, context.inputs.paths);
  const evidence = await context.keepEvidence('Secret scan', 'application/json', {
    tool: secretsTool,
    commit: context.workspace.commit,
    paths: context.inputs.paths,
    findingsByRule: countByRule(scan),
    scanned: scan.scanned,
    skipped: scan.skipped,
    unread: scan.unread,
  });
  return {
    summary: summaryOf(scan),
    findings: scan.findings,
    measurements: measurementsOf(scan, { subject: context.workspace.repository, evidence }),
    unread: scan.unread,
  };
};

function countByRule(scan: SecretScan): Readonly<Record<string, number>> {
  const rules = scan.findings.map((finding) => finding.ruleId).toSorted(compareText);
  return Object.fromEntries([...new Set(rules)].map((rule) => [rule, rules.filter((other) => other === rule).length]));
}

function measurementsOf(
  scan: SecretScan,
  { subject, evidence }: { readonly subject: string; readonly evidence: string },
): NonNullable<Work['measurements']> {
  const measured = { subject, evidence };
  return [
    { name: 'secrets.files-scanned', value: scan.scanned.length, unit: 'files', ...measured },
    { name: 'secrets.findings', value: scan.findings.length, unit: 'findings', ...measured },
  ];
}

function summaryOf(scan: SecretScan): string {
  const left = scan.unread.length === 0 ? '' : `, ${scan.unread.length} could not be read`;
  return `${scan.scanned.length} files scanned for credentials, ${scan.findings.length} found${left}`;
}
