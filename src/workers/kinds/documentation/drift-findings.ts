import type { Position } from '../../../shared/positions.ts';
import { findingFingerprint, type Finding } from '../../../protocol/finding.ts';
import type { Severity } from '../../../protocol/words.ts';

export type DriftRule = 'dead-link' | 'dead-anchor' | 'dead-path' | 'unknown-script' | 'unknown-target';

/** Something a document says that does not hold. */
export interface Drift extends Position {
  readonly rule: DriftRule;
  /** As the document writes it. */
  readonly said: string;
  readonly message: string;
  readonly remedy: string;
  readonly confidence: 'high' | 'medium';
}

/** How a document came out: what was looked at, and what does not hold. */
export interface Checked {
  readonly drifts: readonly Drift[];
  /** Links and images that lead into the repository. */
  readonly links: number;
  /** Links that lead out of it; they are counted, never fetched. */
  readonly external: number;
}

const driftTool = { name: 'cortex-drift', version: '1' } as const;

const severities: Readonly<Record<DriftRule, Severity>> = {
  'dead-link': 'medium',
  'dead-anchor': 'low',
  'dead-path': 'low',
  'unknown-script': 'medium',
  'unknown-target': 'medium',
};

/** Findings of one document; what it says several times is one finding, at the first place. */
export function driftFindings(path: string, drifts: readonly Drift[]): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const drift of drifts) {
    const finding = driftFinding(path, drift);
    if (!findings.has(finding.fingerprint)) findings.set(finding.fingerprint, finding);
  }
  return [...findings.values()];
}

function driftFinding(path: string, { rule, said, message, remedy, confidence, line, column }: Drift): Finding {
  const ruleId = `drift/${rule}`;
  const subject = `${path}#${said}`;
  return {
    fingerprint: findingFingerprint(ruleId, subject, ''),
    ruleId,
    tool: driftTool,
    severity: severities[rule],
    confidence,
    subject,
    message,
    remedy,
    location: { path, line, column },
    basis: 'measured',
  };
}

export function didTheyMean(lookalike: string | undefined): string {
  return lookalike === undefined ? '' : ` Perhaps ${lookalike} is meant.`;
}
