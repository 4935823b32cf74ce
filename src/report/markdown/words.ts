import type { CriterionResult } from '../../protocol/event.ts';
import type { Report } from '../../protocol/report.ts';

/** How outcomes read in the report: a mark to find them by, and the word that they have everywhere. */
export const statusWords: Readonly<Record<Report['status'], string>> = {
  complete: '✅ **complete**',
  partial: '⚠️ **partial**',
  failed: '❌ **failed**',
  cancelled: '⏹️ **cancelled**',
};

export const criterionWords: Readonly<Record<CriterionResult['outcome'], string>> = {
  met: '✅ met',
  failed: '❌ failed',
  unknown: '❔ unknown',
  'not-applicable': '➖ not applicable',
};

export const verdictWords: Readonly<Record<Report['changes'][number]['verdict'], string>> = {
  proven: '✅ proven',
  rejected: '❌ rejected',
  unjudged: '❔ unjudged',
};

export const workerWords: Readonly<Record<Report['workers'][number]['status'], string>> = {
  completed: '✅ completed',
  failed: '❌ failed',
  running: '❔ still running',
};
