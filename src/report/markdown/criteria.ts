import type { CriterionResult } from '../../protocol/event.ts';
import type { Report } from '../../protocol/report.ts';
import { compareText } from '../../shared/canonical.ts';
import { section, table } from './blocks.ts';
import { code, plain } from './escape.ts';
import { evidenceLink } from './figures.ts';
import { criterionWords } from './words.ts';

const scopeTitles = { system: 'System', master: 'Masters', business: 'Business' } as const;

/** Each success criterion by scope: what came of it, the facts it was judged by, and why. */
export function criteriaSection(report: Report): string | undefined {
  const scopes = ['system', 'master', 'business'] as const;
  return section(
    'Success criteria',
    scopes.flatMap((scope) => scopeBlocks(report, scope)),
  );
}

function scopeBlocks(report: Report, scope: CriterionResult['scope']): readonly (string | undefined)[] {
  const criteria = report.criteria.filter((criterion) => criterion.scope === scope);
  if (criteria.length === 0) return [];
  const rows = criteria.map((criterion) => [
    criterionWords[criterion.outcome],
    `${code(criterion.id, 80)} ${plain(criterion.title, 160)}`,
    criterion.level,
    code(criterion.check, 160),
    factsCell(report, criterion),
    plain(criterion.reason ?? '', 240),
  ]);
  return [
    `### ${scopeTitles[scope]}`,
    table(['Outcome', 'Criterion', 'Level', 'Check', 'Facts', 'Reason'], rows, { report, items: 60 }),
  ];
}

function factsCell(report: Report, criterion: CriterionResult): string {
  const names = Object.keys(criterion.facts).sort(compareText);
  return names.map((name) => `${code(name, 60)} = ${factText(report, name, criterion.facts[name])}`).join(', ');
}

/** A fact that is also a figure of the report is a link to its artefact. */
function factText(report: Report, name: string, value: unknown): string {
  const text = code(JSON.stringify(value) ?? 'null', 120);
  const figure = Object.hasOwn(report.figures, name) ? report.figures[name] : undefined;
  return figure?.value === value && figure !== undefined ? evidenceLink(report, figure.evidence, text) : text;
}
