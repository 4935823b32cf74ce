import { gzipSync } from 'node:zlib';
import type { Finding } from '../../protocol/finding.ts';
import type { Report } from '../../protocol/report.ts';
import { severities, type Severity } from '../../protocol/words.ts';
import { canonicalJson, compareText } from '../../shared/canonical.ts';

/** What code scanning takes of one file. */
export interface SarifLimits {
  readonly results: number;
  /** Bytes after gzip. */
  readonly bytes: number;
}

const sarifLimits: SarifLimits = { results: 25_000, bytes: 10_000_000 };

export interface Sarif {
  readonly text: string;
  readonly results: number;
  /** Findings that had no room; the least severe ones. */
  readonly leftOut: number;
}

type Level = 'error' | 'warning' | 'note';
const levels: Readonly<Record<Severity, Level>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};
/** GitHub's scale for security findings, 0 to 10. */
const scores: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.0',
  low: '3.0',
  info: '0.0',
};

interface Entry {
  readonly finding: Finding;
  readonly silenced: { readonly reason: string; readonly by: string } | undefined;
}

/**
 * The findings of an execution as SARIF 2.1.0, silenced ones as suppressed. The same findings give the same bytes. Where there
 * is not room for all, the most severe ones are in it. Each plan is an analysis of its own: code scanning takes what an
 * analysis no longer has for fixed.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarifOf(
  report: Pick<Report, 'findings' | 'silenced' | 'plan'>,
  about: { readonly version: string; readonly limits?: Partial<SarifLimits> },
): Sarif {
  const limits = { ...sarifLimits, ...about.limits };
  const entries = entriesOf(report);
  for (let most = Math.min(entries.length, limits.results); ; most = Math.floor(most * 0.8)) {
    const kept = entries.slice(0, most);
    const text = `${canonicalJson(fileOf(kept, { version: about.version, plan: report.plan.name }), 1)}\n`;
    if (gzipSync(text).length <= limits.bytes || most === 0)
      return { text, results: kept.length, leftOut: entries.length - kept.length };
  }
}

function entriesOf({ findings, silenced }: Pick<Report, 'findings' | 'silenced'>): readonly Entry[] {
  const open = findings.map((finding): Entry => ({ finding, silenced: undefined }));
  const quiet = silenced.map(({ finding, reason, by }): Entry => ({ finding, silenced: { reason, by } }));
  return [...open, ...quiet].sort(
    (a, b) =>
      Number(a.silenced !== undefined) - Number(b.silenced !== undefined) ||
      severities.indexOf(a.finding.severity) - severities.indexOf(b.finding.severity) ||
      compareText(a.finding.fingerprint, b.finding.fingerprint),
  );
}

function fileOf(
  entries: readonly Entry[],
  { version, plan }: { readonly version: string; readonly plan: string },
): unknown {
  const ids = [...new Set(entries.map(({ finding }) => finding.ruleId))].sort(compareText);
  const indexes = new Map(ids.map((id, index) => [id, index]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Cortex', semanticVersion: version, rules: ids.map((id) => ruleOf(id, entries)) } },
        // Up to its last slash it is the category: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files
        automationDetails: { id: `cortex/${plan}/` },
        columnKind: 'utf16CodeUnits',
        results: entries.map((entry) => resultOf(entry, indexes.get(entry.finding.ruleId) ?? 0)),
      },
    ],
  };
}

/** A rule is described by its most severe finding. */
function ruleOf(id: string, entries: readonly Entry[]): unknown {
  const { finding } = entries.find((entry) => entry.finding.ruleId === id) ?? {};
  const severity = finding?.severity ?? 'info';
  return {
    id,
    name: id.replace(/(?:^|[/-])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: id },
    help: { text: finding?.remedy || id },
    defaultConfiguration: { level: levels[severity] },
    properties: { 'security-severity': scores[severity], tags: [id.split('/')[0] ?? id] },
  };
}

function resultOf({ finding, silenced }: Entry, ruleIndex: number): unknown {
  return {
    ruleId: finding.ruleId,
    ruleIndex,
    level: levels[finding.severity],
    message: { text: `${finding.message}\n\n${finding.remedy}`.trim() },
    locations: [locationOf(finding)],
    partialFingerprints: { 'cortexFinding/v1': finding.fingerprint },
    ...(silenced === undefined
      ? {}
      : {
          suppressions: [
            { kind: 'inSource', status: 'accepted', justification: `${silenced.reason} (${silenced.by})` },
          ],
        }),
  };
}

/** Code scanning shows a result only at a place: what has none stands at its subject's file, or at the repository's root. */
function locationOf({ location, subject }: Finding): unknown {
  const path = location?.path ?? subject.split('#')[0] ?? '';
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(path === '' || /\s|:/.test(path) ? '.' : path) },
      region: {
        startLine: location?.line ?? 1,
        ...(location?.column === undefined ? {} : { startColumn: location.column }),
        ...(location?.endLine === undefined ? {} : { endLine: location.endLine }),
      },
    },
  };
}

/** A relative reference: each segment by itself, so that no character of a name means anything. */
function uriOf(path: string): string {
  return path
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
}
