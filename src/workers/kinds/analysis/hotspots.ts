import { isForeign, isGenerated } from '../../../checks/complexity/code-paths.ts';
import { complexityOf, isCode, type Complexity } from '../../../checks/complexity/complexity.ts';
import { readText, selectFiles, type Workspace } from '../../../checks/workspace.ts';
import { findingFingerprint, type Finding } from '../../../protocol/finding.ts';
import { compareText } from '../../../shared/canonical.ts';
import type { History } from '../../../protocol/workspace.ts';
import type { Perform } from '../../work.ts';
import { churnOf, periodBefore, type Churn, type ChurnTable, type Period } from './churn.ts';

interface Hotspot extends Churn {
  readonly path: string;
  readonly complexity: number;
  readonly method: Complexity['method'];
  readonly score: number;
}

interface Unread {
  readonly path: string;
  readonly reason: string;
}

const hotspotsTool = { name: 'cortex-hotspots', version: '1' } as const;
const mostFileBytes = 2 * 1024 * 1024;
const mostFindings = 10;
const leastCommits = 3;
const leastShareOfTop = 0.25;

const formula = `score = commits x complexity. A finding is one of the first ${mostFindings} files with at least ${leastCommits} commits and ${leastShareOfTop * 100}% of the top score. Complexity: 1 + decision tokens outside comments and literals, or 1 + lines indented deeper than the line before where the language has no table.`;

/**
 * Ranks code by churn x complexity: code that is hard to read and often changed is where defects and cost gather
 * (A. Tornhill, "Your Code as a Crime Scene", 2015; churn as a predictor: N. Nagappan, T. Ball, "Use of Relative Code
 * Churn Measures to Predict System Defect Density", ICSE 2005). Complexity as in `complexityOf`. Only files of the
 * tree count; with a shallow clone the churn is a lower bound, and the work is partial.
 */
export const rankHotspots: Perform<'analysis-worker', 'hotspots'> = async (context) => {
  const { workspace, inputs } = context;
  const history = await context.history();
  const period = periodBefore(workspace.committedAt, inputs.months);
  const churn = churnOf(history, period);
  const { ranked, unread } = rank(workspace, { paths: inputs.paths, churn });
  const found = ranked.slice(0, Math.min(inputs.top, mostFindings)).filter((each) => isHotspot(each, ranked[0]));
  const table = {
    formula,
    period,
    commits: churn.commits,
    undated: churn.undated,
    shallow: history.shallow,
    files: ranked,
  };
  const evidence = await context.keepEvidence('Churn and complexity by file', 'application/json', table);
  const cut = isCutInside(history, period);
  const incomplete = history.shallow || cut || churn.undated > 0;
  return {
    ...(incomplete ? { status: 'partial' } : {}),
    summary: summaryOf({ ranked, churn, period, shallow: history.shallow, cut, found: found.length, top: inputs.top }),
    findings: found.map((each) => hotspotFinding(each, period)),
    measurements: [
      { name: 'hotspots.files', value: ranked.length, unit: 'files' },
      { name: 'hotspots.commits', value: churn.commits, unit: 'commits' },
      { name: 'hotspots.found', value: found.length, unit: 'files' },
      ...(ranked[0] === undefined ? [] : [{ name: 'hotspots.top-score', value: ranked[0].score, unit: 'score' }]),
    ].map((each) => ({ ...each, subject: workspace.repository, evidence })),
    unread,
  };
};

/** Code files that were touched in the period, the highest score first. */
function rank(
  workspace: Workspace,
  { paths, churn }: { readonly paths: readonly string[]; readonly churn: ChurnTable },
): { readonly ranked: readonly Hotspot[]; readonly unread: readonly Unread[] } {
  const ranked: Hotspot[] = [];
  const unread: Unread[] = [];
  for (const { path, size } of selectFiles(workspace, paths)) {
    const touched = churn.byPath.get(path);
    if (touched === undefined || !isCode(path) || isForeign(path)) continue;
    const text = size > mostFileBytes ? undefined : readText(workspace, path);
    if (text === undefined) unread.push({ path, reason: `not UTF-8 text of at most ${mostFileBytes} bytes` });
    else if (!isGenerated(path, text)) {
      const { value, method } = complexityOf(path, text);
      ranked.push({ path, ...touched, complexity: value, method, score: touched.commits * value });
    }
  }
  return { ranked: ranked.sort((a, b) => b.score - a.score || compareText(a.path, b.path)), unread };
}

function isHotspot(each: Hotspot, top: Hotspot | undefined): boolean {
  return each.commits >= leastCommits && each.score >= (top?.score ?? 0) * leastShareOfTop;
}

function hotspotFinding(hotspot: Hotspot, period: Period): Finding {
  const ruleId = 'hotspots/hotspot';
  const { path, commits, complexity, score, busFactor } = hotspot;
  const known = busFactor === 1 ? 'one author made' : `${busFactor} authors made`;
  return {
    fingerprint: findingFingerprint(ruleId, path, ''),
    ruleId,
    tool: hotspotsTool,
    severity: 'info',
    confidence: 'medium',
    subject: path,
    message: `${path} changed in ${commits} commits since ${period.from.slice(0, 10)} and has complexity ${complexity} (score ${score}); ${known} more than half of them.`,
    remedy: 'Before the next change, test it well and split off what changes for reasons of its own.',
    location: { path, line: 1 },
    basis: 'measured',
  };
}

/** Older commits were left out, and the oldest that was read still lies inside the period. */
function isCutInside(history: History, period: Period): boolean {
  const oldest = history.commits.at(-1);
  return history.cut && oldest !== undefined && oldest.at > period.from;
}

function summaryOf(seen: {
  readonly ranked: readonly Hotspot[];
  readonly churn: ChurnTable;
  readonly period: Period;
  readonly shallow: boolean;
  readonly cut: boolean;
  readonly found: number;
  readonly top: number;
}): string {
  const span = `${seen.period.from.slice(0, 10)} to ${seen.period.to.slice(0, 10)}`;
  const first = seen.ranked.slice(0, Math.min(3, seen.top)).map(({ path, score }) => `${path} (${score})`);
  const names = first.length === 0 ? '' : `; first ${first.join(', ')}`;
  const limits = [
    ...(seen.shallow ? ['the clone is shallow, so that commits are missing'] : []),
    ...(seen.cut ? ['the period has more commits than were read'] : []),
    ...(seen.churn.undated > 0 ? [`${seen.churn.undated} commits have no date that can be read`] : []),
  ];
  const partial = limits.length === 0 ? '' : `; incomplete: ${limits.join('; ')}`;
  return `${seen.found} hotspots among ${seen.ranked.length} code files that ${seen.churn.commits} commits touched from ${span}${names}${partial}`;
}
