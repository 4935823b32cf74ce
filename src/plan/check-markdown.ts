import { digestOfCheck, type CheckedPlan } from './check.ts';
import { asCode, headOf, tableMarkdown } from './preview-markdown.ts';
import { previewTables, type PreviewTable } from './preview-tables.ts';

/** Room for each of the two texts: GitHub refuses a comment beyond its limit, and drops a summary. */
export interface CheckLimits {
  /** Characters of the comment, marker left out. */
  readonly comment: number;
  /** Bytes of the summary, UTF-8. */
  readonly summary: number;
}

const checkLimits: CheckLimits = { comment: 65_000, summary: 1_000_000 };

export interface RenderedCheck {
  readonly summary: string;
  readonly comment: string;
  readonly digest: string;
  /** Whether the comment lacks something that the check found. */
  readonly isTruncated: boolean;
}

/** A piece of the text; the higher its rank, the sooner it is left out. */
interface Block {
  readonly rank: number;
  readonly text: string;
  /** For a table: the same with that many rows. */
  readonly shorter?: (rows: number) => string;
}

/** Renders a check for the step's summary, in full, and for the one comment, as far as there is room. */
export function renderCheck(plans: readonly CheckedPlan[], limits: Partial<CheckLimits> = {}): RenderedCheck {
  const { comment: characters, summary: bytes } = { ...checkLimits, ...limits };
  const digest = digestOfCheck(plans);
  const ordered = [...plans].sort((a, b) => urgencyOf(a) - urgencyOf(b));
  const full = ordered.flatMap(blocksOf);
  const unchanged = ordered.filter(({ state }) => state === 'unchanged');
  const short = [
    ...ordered.filter((plan) => !unchanged.includes(plan)).flatMap(blocksOf),
    ...(unchanged.length === 0 ? [] : [unchangedBlock(unchanged)]),
  ];
  const summary = fit(full, { digest, fits: (text) => Buffer.byteLength(text) <= bytes });
  const comment = fit(short, { digest, fits: (text) => text.length <= characters });
  return { summary: summary.text, comment: comment.text, digest, isTruncated: comment.isTruncated };
}

/** What people have to look at first: what may not run, then what reaches further than before. */
function urgencyOf(plan: CheckedPlan): number {
  const order = ['invalid', 'grows', 'added', 'changed', 'removed', 'unchanged'];
  const grows = 'preview' in plan && plan.preview.diff?.some(({ reach }) => reach === 'grows') === true;
  return order.indexOf(grows ? 'grows' : plan.state);
}

function unchangedBlock(plans: readonly CheckedPlan[]): Block {
  return { rank: 1, text: `As before: ${plans.map(({ file }) => asCode(file)).join(', ')}` };
}

function blocksOf(plan: CheckedPlan): readonly Block[] {
  const name = asCode(plan.file);
  if (plan.state === 'removed') return [{ rank: 0, text: `## ${name} is removed\n\nNothing of it runs any more.` }];
  if (plan.state === 'invalid') return [problemsBlock(plan)];
  const head = headOf(plan.preview);
  const note = plan.note === undefined ? '' : `\n\n${plan.note}`;
  const tables = previewTables(plan.preview);
  const first = plan.preview.diff === undefined ? 3 : 2;
  return [{ rank: 1, text: `${head}${note}` }, ...tables.map((table, index) => tableBlock(table, first + index))];
}

function tableBlock(table: PreviewTable, rank: number): Block {
  return { rank, text: tableMarkdown(table), shorter: (rows) => tableMarkdown(table, rows) };
}

function problemsBlock({ file, problems }: Extract<CheckedPlan, { readonly state: 'invalid' }>): Block {
  const table: PreviewTable = {
    title: `${problems.filter(({ severity }) => severity === 'error').length} errors`,
    head: ['line', 'problem', 'remedy'],
    rows: problems.map(({ line, column, message, remedy }) => [`${line}:${column}`, message, remedy]),
  };
  const under = (rows?: number): string => `## ${asCode(file)} may not run\n\n${tableMarkdown(table, rows)}`;
  return { rank: 0, text: under(), shorter: under };
}

/** Leaves out whole tables, the least urgent first; then rows of those that are left, the last first. */
function fit(
  blocks: readonly Block[],
  { digest, fits }: { readonly digest: string; readonly fits: (text: string) => boolean },
): { readonly text: string; readonly isTruncated: boolean } {
  const whole = textOf(blocks, digest);
  if (fits(whole)) return { text: whole, isTruncated: false };
  const ranks = [...new Set(blocks.map(({ rank }) => rank))].sort((a, b) => b - a);
  for (const rank of ranks.filter((each) => each > 2)) {
    const text = textOf(
      blocks.filter((block) => block.rank < rank),
      digest,
      true,
    );
    if (fits(text)) return { text, isTruncated: true };
  }
  const urgent = blocks.filter(({ rank }) => rank <= 2);
  for (let rows = 1000; rows >= 1; rows = Math.floor(rows / 2)) {
    const text = textOf(
      urgent.map((block) => ({ ...block, text: block.shorter?.(rows) ?? block.text })),
      digest,
      true,
    );
    if (fits(text)) return { text, isTruncated: true };
  }
  return { text: textOf([], digest, true), isTruncated: true };
}

function textOf(blocks: readonly Block[], digest: string, isTruncated = false): string {
  const end = isTruncated
    ? `> [!WARNING]\n> This is not all: there was no room. Nobody has seen the whole here; its digest is \`${digest}\`, and the summary of the check has more.`
    : `Digest of this check \`${digest}\``;
  return `${[...blocks.map(({ text }) => text), end].join('\n\n')}\n`;
}
