import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../protocol/report.ts';
import { readTextIfPresent } from '../../shared/files.ts';

/** Results of earlier executions in a folder, as far as they can be read; none where there is no folder. */
export async function readPastReports(folder: string): Promise<readonly Report[]> {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('-results.json')) : [];
  if (names.length === 0) return [];
  const { reportIn } = await import('./report-in.ts');
  return names.flatMap((name) => reportIn(readTextIfPresent(join(folder, name)) ?? ''));
}
