import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { reportSchema, type Report } from '../../protocol/report.ts';
import { readTextIfPresent } from '../../shared/files.ts';
import { jsonOf } from '../../shared/json-of.ts';

/** Results of earlier executions in a folder, as far as they can be read; none where there is no folder. */
export function readPastReports(folder: string): readonly Report[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('-results.json'))
    .flatMap((name) => reportIn(readTextIfPresent(join(folder, name)) ?? ''));
}

/** The report that a text holds; nothing where it is damaged, or of another version: history is no reason to fail. */
export function reportIn(text: string): readonly Report[] {
  const read = reportSchema.safeParse(jsonOf(text));
  return read.success ? [read.data] : [];
}
