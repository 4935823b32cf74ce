import type { Report } from '../../protocol/report.ts';
import { assetsSection } from './assets.ts';
import type { Section } from './blocks.ts';
import { changesSection } from './changes.ts';
import { coordinationSection } from './coordination.ts';
import { criteriaSection } from './criteria.ts';
import { durationSection } from './duration.ts';
import { escalationsSection } from './escalations.ts';
import { evidenceSection } from './evidence.ts';
import { findingsSection } from './findings.ts';
import { lessonsSection } from './lessons.ts';
import { mastersSection } from './masters.ts';
import { nextStepsSection } from './next-steps.ts';
import { picturesSection } from './pictures.ts';
import { preflightSection } from './preflight.ts';
import { skippedSection } from './skipped.ts';
import { spendingSection } from './spending.ts';
import { summarySection } from './summary.ts';
import { testsSection } from './tests.ts';
import { titleSection } from './title.ts';
import { unreadSection } from './unread.ts';
import { workersSection } from './workers.ts';
import { workflowsSection } from './workflows.ts';

const sections: readonly Section[] = [
  titleSection,
  summarySection,
  nextStepsSection,
  criteriaSection,
  findingsSection,
  changesSection,
  assetsSection,
  testsSection,
  workflowsSection,
  mastersSection,
  picturesSection,
  workersSection,
  durationSection,
  spendingSection,
  escalationsSection,
  coordinationSection,
  lessonsSection,
  skippedSection,
  unreadSection,
  preflightSection,
  evidenceSection,
];

/**
 * The `{id}-FINAL-REPORT.md` of an execution, as Markdown for GitHub: every number that could be doubted is a link to
 * its artefact, relative to `coordination/execution-plans/`. Stays below 400 KB whatever the report holds. Throws a bug
 * where a number names an artefact that is not kept.
 */
export function renderReport(report: Report): string {
  const parts = sections.map((render) => render(report)).filter((part) => part !== undefined);
  return `${parts.join('\n\n')}\n`;
}
