import { tally, type FileHits } from '../../../checks/coverage/model.ts';
import { findingFingerprint, type Finding } from '../../../protocol/finding.ts';
import { compareText } from '../../../shared/canonical.ts';

export const coverageTool = { name: 'cortex-coverage', version: '1' } as const;

/** The table in the evidence names every file; more findings than this would only be noise. */
export const mostUncoveredFindings = 100;

/** Files that hold code of which no line was reached, the longest first. */
export function uncoveredFiles(files: ReadonlyMap<string, FileHits>): readonly { path: string; lines: number }[] {
  return [...files]
    .map(([path, hits]) => ({ path, ...tally(hits.lines) }))
    .filter(({ covered, total }) => total > 0 && covered === 0)
    .map(({ path, total }) => ({ path, lines: total }))
    .sort((a, b) => b.lines - a.lines || compareText(a.path, b.path));
}

export function uncoveredFinding({ path, lines }: { readonly path: string; readonly lines: number }): Finding {
  const ruleId = 'coverage/uncovered-file';
  return {
    fingerprint: findingFingerprint(ruleId, path, ''),
    ruleId,
    tool: coverageTool,
    severity: 'low',
    confidence: 'high',
    subject: path,
    message: `No test reaches any of the ${lines} ${lines === 1 ? 'line' : 'lines'} of code in ${path}.`,
    remedy: 'Write a test that runs this file, or leave it out of the coverage run if it is not meant to be tested.',
    location: { path, line: 1 },
    basis: 'measured',
  };
}
