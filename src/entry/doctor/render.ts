import type { CheckLine } from '../../cluster/kubernetes/doctor/check.ts';
import { printable } from '../terminal/printable.ts';
import type { Section } from './section.ts';

export interface RenderOptions {
  readonly columns: number;
  readonly color: boolean;
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';
const styles: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };
type Paint = (style: Style, text: string) => string;

type Outcome = 'ok' | 'noted' | 'failed' | 'unasked';
const signs: Readonly<Record<Outcome, readonly [sign: string, style: Style]>> = {
  ok: ['✓', 'green'],
  noted: ['!', 'yellow'],
  failed: ['✗', 'red'],
  unasked: ['–', 'dim'],
};

const narrowest = 40;
/** Longer lines are hard to read, however wide the terminal is. */
const widest = 120;

/** All checks as text: name, what was seen and what is needed, and below what is not met the one thing to do. */
export function renderSections(sections: readonly Section[], { columns, color }: RenderOptions): string {
  const paint: Paint = (style, text) => (color ? `\u001b[${styles[style]}m${text}\u001b[0m` : text);
  const all = sections.flatMap(({ lines }) => lines);
  const name = Math.min(22, Math.max(...all.map(({ check }) => check.length)));
  const width = Math.min(widest, Math.max(narrowest, columns));
  const parts = sections.map(({ title, lines }) =>
    [paint('bold', title), ...lines.flatMap((line) => renderLine(line, { paint, name, width })), ''].join('\n'),
  );
  return `${[...parts, renderSummary(all)].join('\n')}\n`;
}

function renderLine(
  line: CheckLine,
  { paint, name, width }: { readonly paint: Paint; readonly name: number; readonly width: number },
): readonly string[] {
  const [sign, style] = signs[outcomeOf(line)];
  const indent = ' '.repeat(name + 6);
  const needs = line.needed === 'nothing' ? '' : ` (needed: ${line.needed})`;
  const [first = '', ...more] = wrap(printable(`${line.seen}${needs}`), width - indent.length);
  // A name that is too long for its column stands on a line of its own.
  const label = printable(line.check);
  const head = `  ${paint(style, sign)} ${label.padEnd(name)}  `;
  const top = label.length > name ? [`  ${paint(style, sign)} ${label}`, `${indent}${first}`] : [`${head}${first}`];
  const todo = line.remedy === undefined ? [] : wrap(`→ ${printable(line.remedy)}`, width - indent.length);
  return [
    ...top.map((text) => text.trimEnd()),
    ...more.map((text) => `${indent}${text}`),
    ...todo.map((text) => `${indent}${paint(style, text)}`),
  ];
}

function outcomeOf({ ok, remedy }: CheckLine): Outcome {
  if (ok === null) return 'unasked';
  if (!ok) return 'failed';
  return remedy === undefined ? 'ok' : 'noted';
}

function renderSummary(all: readonly CheckLine[]): string {
  const count = (outcome: Outcome): number => all.filter((line) => outcomeOf(line) === outcome).length;
  const parts = [
    `${count('ok')} met`,
    `${count('noted')} to look at`,
    `${count('failed')} failed`,
    `${count('unasked')} not known`,
  ];
  return `${all.length} checks: ${parts.join(', ')}`;
}

/** Lines of at most so many characters, broken at blanks; a word that is longer is broken itself. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/).flatMap((each) => pieces(each, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function pieces(word: string, width: number): readonly string[] {
  return word.length <= width ? [word] : (word.match(new RegExp(`.{1,${width}}`, 'gsu')) ?? []);
}
