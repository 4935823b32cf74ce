import { malformed } from './malformed.ts';
import { readCobertura } from './cobertura.ts';
import { readGoProfile } from './go-profile.ts';
import { readIstanbul } from './istanbul.ts';
import { readLcov } from './lcov.ts';
import type { ReportedFile } from './model.ts';

export type ReportFormat = 'lcov' | 'istanbul' | 'cobertura' | 'go';

interface Format {
  readonly name: ReportFormat;
  readonly fits: RegExp;
  readonly read: (text: string) => readonly ReportedFile[];
}

/** Told by content, since names (`coverage.xml`, `cover.out`) are only habits. */
const formats: readonly Format[] = [
  { name: 'istanbul', fits: /^\s{0,100}\{/, read: readIstanbul },
  { name: 'cobertura', fits: /^\s{0,100}</, read: readCobertura },
  { name: 'go', fits: /^mode: (?:set|count|atomic)\r?\n/, read: readGoProfile },
  { name: 'lcov', fits: /^(?:TN|SF):/m, read: readLcov },
];

/** A coverage report in any known format. Throws a `coverage-report-malformed` problem that says what is wrong. */
export function readReport(text: string): { readonly format: ReportFormat; readonly files: readonly ReportedFile[] } {
  const content = text.replace(/^\uFEFF/, '');
  const format = formats.find(({ fits }) => fits.test(content));
  if (format === undefined) {
    throw malformed('coverage', 'it begins like none of lcov, Istanbul JSON, Cobertura XML and Go cover profile');
  }
  return { format: format.name, files: format.read(content) };
}
