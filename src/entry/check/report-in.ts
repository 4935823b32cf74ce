import { reportSchema, type Report } from '../../protocol/report.ts';
import { jsonOf } from '../../shared/json-of.ts';

/** The report that a text holds; nothing where it is damaged, or of another version: history is no reason to fail. */
export function reportIn(text: string): readonly Report[] {
  const read = reportSchema.safeParse(jsonOf(text));
  return read.success ? [read.data] : [];
}
