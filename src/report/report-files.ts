import type { Report } from '../protocol/report.ts';
import { canonicalJson } from '../shared/canonical.ts';
import type { Aggregate } from './aggregate.ts';
import { changeFile } from './build-report.ts';
import { renderReport } from './markdown/render-report.ts';
import { publishable } from './publishable.ts';
import { renderPullRequest } from './pull-request.ts';

/** One file of a finished execution: its path below `coordination/`, and its text. */
export interface ReportFile {
  readonly path: string;
  readonly text: string;
}

/**
 * All files that a report consists of, but for the evidence, which is copied as it is. A rehearsal has no assets that the
 * next run could compare with. Throws `simulated-run` where it has changes.
 */
export function reportFiles(report: Report, aggregate: Aggregate): readonly ReportFile[] {
  const id = report.execution_id;
  const files = [
    { path: `execution-plans/${id}-results.json`, text: `${JSON.stringify(report, null, 2)}\n` },
    { path: `execution-plans/${id}-FINAL-REPORT.md`, text: renderReport(report) },
  ];
  const assets = { path: `archives/${id}/assets.json`, text: assetsText(report, aggregate) };
  const changes = changeFiles(report, aggregate);
  return [
    ...files,
    ...(report.simulated ? [] : [assets]),
    ...(changes.length === 0 ? [] : publishable(report, changes)),
  ];
}

function assetsText(report: Report, aggregate: Aggregate): string {
  const list = { v: 1, execution_id: report.execution_id, completed_at: report.completed_at, assets: aggregate.assets };
  return `${canonicalJson(list, 2)}\n`;
}

function changeFiles(report: Report, aggregate: Aggregate): readonly ReportFile[] {
  const fileOf = new Map(report.evidence.map((each) => [each.sha256, each.file]));
  return aggregate.changes.flatMap((change) => {
    const entry = report.changes.find((each) => each.fingerprint === change.fingerprint);
    if (!entry) return [];
    const text = renderPullRequest(change, {
      executionId: report.execution_id,
      verdict: { verdict: entry.verdict, reason: entry.reason },
      evidenceFile: (hash) => fileOf.get(hash) ?? hash,
    });
    const folder = `archives/${report.execution_id}/changes`;
    return [
      { path: `${folder}/${changeFile(change, 'patch')}`, text: change.patch },
      { path: `${folder}/${changeFile(change, 'md')}`, text },
    ];
  });
}
