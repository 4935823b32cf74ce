import type { Report } from '../../protocol/report.ts';
import { longListBytes, section, table } from './blocks.ts';
import { code, plain } from './escape.ts';
import { formatBytes, formatCount, shortHash } from './format.ts';
import { evidenceLink } from './figures.ts';

/** Every artefact that a number of this report rests on, under its SHA-256. */
export function evidenceSection(report: Report): string | undefined {
  if (report.evidence.length === 0) return undefined;
  const rows = report.evidence.map((each) => [
    evidenceLink(report, each.sha256, code(shortHash(each.sha256))),
    plain(each.title, 160),
    plain(each.media_type, 60),
    formatBytes(each.bytes),
    each.task_id === null ? '' : code(each.task_id, 80),
  ]);
  const count = formatCount(rows.length, 'artefact');
  const sentence = `${count} kept under coordination/archives/${plain(report.execution_id, 80)}/evidence/. A name opens the file; the name is the file’s SHA-256.`;
  return section('Evidence', [
    sentence,
    table(['Artefact', 'Title', 'Type', { number: 'Size' }, 'Task'], rows, {
      report,
      items: 100,
      bytes: longListBytes,
    }),
  ]);
}
