import { z } from 'zod';
import type { Report } from '../../../protocol/report.ts';
import { compareText } from '../../../shared/canonical.ts';
import { jsonOf } from '../../../shared/json-of.ts';
import { code, link, plain } from '../../markdown/escape.ts';
import { reportFile, resultsFile } from './results-paths.ts';

/** The newest executions that the index lists: beyond it, a code host would no longer show the file as text. */
const listed = 1000;
/** Rows of the table that people read. */
const shown = 200;

const text = z.string().nullable().catch(null);
const number = z.number().nullable().catch(null);

/** An execution as the index of the results branch tells of it; null where only its files are known. */
const entrySchema = z.object({
  execution_id: z.string(),
  plan: text,
  digest: text,
  status: text,
  repository: text,
  commit: text,
  started_at: text,
  completed_at: text,
  findings: number,
  changes_proven: number,
  tokens_used: number,
  usd_used: number,
  /** Page of the workflow run that committed it. */
  run: text,
  report: z.string(),
  results: z.string(),
});
export type IndexEntry = z.infer<typeof entrySchema>;

const indexSchema = z.object({ v: z.literal(1), executions: z.array(entrySchema) });

/** The entries of an index; undefined where the text is none. */
export function readIndex(content: string): readonly IndexEntry[] | undefined {
  return indexSchema.safeParse(jsonOf(content)).data?.executions;
}

/** An execution of which only the files are there. */
export function bareEntry(id: string): IndexEntry {
  return {
    execution_id: id,
    plan: null,
    digest: null,
    status: null,
    repository: null,
    commit: null,
    started_at: null,
    completed_at: null,
    findings: null,
    changes_proven: null,
    tokens_used: null,
    usd_used: null,
    run: null,
    report: reportFile(id),
    results: resultsFile(id),
  };
}

/** What an index says of a report. An entry that says the same but for the page of its run stays as it was. */
export function entryOf(report: Report, run: string | null, earlier?: IndexEntry): IndexEntry {
  const entry = {
    ...bareEntry(report.execution_id),
    plan: report.plan.name,
    digest: report.plan.digest,
    status: report.status,
    repository: report.repository,
    commit: report.commit,
    started_at: report.started_at,
    completed_at: report.completed_at,
    findings: report.totals.findings,
    changes_proven: report.totals.changes_proven,
    tokens_used: report.totals.tokens_used,
    usd_used: report.totals.usd_used,
  };
  const sameAs = (other: IndexEntry): boolean => JSON.stringify({ ...other, run: null }) === JSON.stringify(entry);
  return { ...entry, run: earlier !== undefined && sameAs(earlier) ? earlier.run : run };
}

/** Newest first, by their start; those of the same moment by id. */
export function newestFirst(entries: readonly IndexEntry[]): readonly IndexEntry[] {
  return [...entries].sort(
    (a, b) => compareText(startOf(b), startOf(a)) || compareText(b.execution_id, a.execution_id),
  );
}

/** Where nothing is known but the id, what the clock wrote into it. */
function startOf({ started_at: startedAt, execution_id: id }: IndexEntry): string {
  if (startedAt !== null) return startedAt;
  const [, date, hours, minutes, seconds] = /^CORTEX-EXEC-(\d{4}-\d\d-\d\d)-(\d\d)(\d\d)(\d\d)$/.exec(id) ?? [];
  return date === undefined ? '' : `${date}T${hours}:${minutes}:${seconds}.000Z`;
}

/** The text of `index.json`; entries come newest first. */
export function renderIndex(entries: readonly IndexEntry[]): string {
  return `${JSON.stringify({ v: 1, executions: entries.slice(0, listed) }, null, 2)}\n`;
}

/** The text of `README.md`; entries come newest first. */
export function renderReadme(entries: readonly IndexEntry[]): string {
  const rows = entries.slice(0, shown).map(rowOf);
  const more = entries.length - rows.length;
  return [
    '# Results of Cortex',
    '',
    'Reports, results, evidence and patches of executions, newest first. Written by Cortex, one commit per execution: what',
    'is changed here by hand in `index.json`, `README.md` or the files of an execution is written over by the next one.',
    'Executions that are not here any more are in the history of this branch.',
    '',
    '| execution | plan | status | started | findings | proven changes | tokens | USD |',
    '| --- | --- | --- | --- | --: | --: | --: | --: |',
    ...rows,
    ...(more > 0 ? ['', `${more} older ones are in \`archives/\`.`] : []),
    '',
  ].join('\n');
}

function rowOf(entry: IndexEntry): string {
  const cells = [
    link(code(entry.execution_id), entry.report),
    ...[entry.plan, entry.status, entry.started_at].map((cell) => (cell === null ? '?' : plain(cell, 120))),
    ...[entry.findings, entry.changes_proven, entry.tokens_used, entry.usd_used].map((cell) => String(cell ?? '?')),
  ];
  return `| ${cells.join(' | ')} |`;
}
