import type { Report } from '../../protocol/report.ts';
import { bug } from '../../shared/errors.ts';
import { nounFor } from '../../shared/noun.ts';
import { link } from './escape.ts';
import { formatNumber } from './format.ts';

/** A number with the Markdown that shows it. */
export interface Shown {
  readonly value: number;
  readonly text: string;
}

/**
 * A figure as a link to the artefact that proves it, or undefined where the run has none of that name. Throws a bug for
 * a figure whose artefact is not kept.
 */
export function figureOf(report: Report, name: string): Shown | undefined {
  const figure = Object.hasOwn(report.figures, name) ? report.figures[name] : undefined;
  if (!figure) return undefined;
  return { value: figure.value, text: evidenceLink(report, figure.evidence, formatNumber(figure.value)) };
}

/** A figure, or a bare number where the run has no such figure. */
export function numberOf(report: Report, name: string, otherwise: number): Shown {
  return figureOf(report, name) ?? { value: otherwise, text: formatNumber(otherwise) };
}

/** `[41](…) findings`: a shown number with its noun. */
export function counted(shown: Shown, singular: string, plural = `${singular}s`): string {
  return `${shown.text} ${nounFor(shown.value, singular, plural)}`;
}

/** Markdown text as a link to an artefact. Throws a bug for one that is not kept. */
export function evidenceLink(report: Report, sha256: string, text: string): string {
  return link(text, `../archives/${report.execution_id}/evidence/${artefactOf(report, sha256).file}`);
}

/** An artefact by its hash. Throws a bug for one that is not kept: nothing proves a number that names it. */
export function artefactOf(report: Report, sha256: string): Report['evidence'][number] {
  const kept = report.evidence.find((each) => each.sha256 === sha256);
  if (!kept) throw bug('figure-without-evidence', `The report names the artefact ${sha256}, which is not kept`);
  return kept;
}

/** Markdown text as a link to a file of a change. */
export function changeLink(report: Report, file: string, text: string): string {
  return link(text, `../archives/${report.execution_id}/changes/${file}`);
}
