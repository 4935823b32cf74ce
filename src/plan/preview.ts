import { canonicalJson } from '../shared/canonical.ts';
import type { Routes } from './assignments.ts';
import type { Effect } from './diff.ts';
import type { Forecast } from './forecast.ts';
import type { History } from './history.ts';
import type { Matrix } from './matrix.ts';
import type { Plan } from './plan.ts';
import { previewMarkdown } from './preview-markdown.ts';
import { previewText } from './preview-text.ts';

/** What a pull request that edits a plan gets to see. */
export interface Preview {
  readonly plan: Plan;
  readonly digest: string;
  readonly forecast: Forecast;
  readonly matrix: Matrix;
  /** What earlier executions took; absent where there are too few. */
  readonly history?: History;
  /** Effects of the change; absent where there is no earlier plan to compare with. */
  readonly diff?: readonly Effect[];
  /** Where the tasks without an owner go. */
  readonly routed?: Routes;
}

export type PreviewFormat = 'text' | 'md' | 'json';

/** Renders a preview for a terminal, for a pull request or for programs. The same preview gives the same bytes. */
export function renderPreview(preview: Preview, format: PreviewFormat): string {
  switch (format) {
    case 'text':
      return previewText(preview);
    case 'md':
      return previewMarkdown(preview);
    case 'json':
      return `${canonicalJson({ ...preview, routed: Object.fromEntries(preview.routed ?? []) }, 2)}\n`;
  }
}
