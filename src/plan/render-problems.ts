import { createMasker } from '../shared/mask.ts';
import type { PlanProblem } from './problem.ts';

export type ProblemFormat = 'text' | 'json' | 'github';

/** Texts of the files that problems speak of, by file name: for the line under a problem. */
export type Sources = Readonly<Record<string, string>>;

const longestLine = 160;

/**
 * Problems for a terminal (with the line and a caret), for programs (JSON), or as GitHub workflow commands. Nothing of a
 * plan can start a command or move the cursor, and secrets of known formats are masked.
 */
export function renderProblems(problems: readonly PlanProblem[], format: ProblemFormat, sources: Sources = {}): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(problems, undefined, 2)}\n`;
    case 'github':
      return problems.map((problem) => `${workflowCommand(problem)}\n`).join('');
    case 'text':
      return textOf(problems, sources);
  }
}

function textOf(problems: readonly PlanProblem[], sources: Sources): string {
  const mask = createMasker([]);
  const lines = new Map(
    Object.entries(sources).map(([file, text]) => [file, text.replace(/^\ufeff/, '').split(/\r?\n/)] as const),
  );
  const blocks = problems.map((problem) => {
    const source = lines.get(problem.file)?.[problem.line - 1];
    const excerpt =
      source === undefined || problem.rule === 'secret-in-plan'
        ? []
        : caretLines(problem, mask(source) === source ? source : '');
    return [headline(problem), ...excerpt, `  expected: ${problem.expected}`, `  remedy:   ${problem.remedy}`]
      .map(visible)
      .join('\n');
  });
  return `${[...blocks, countLine(problems)].join('\n\n')}\n`;
}

function headline(problem: PlanProblem): string {
  const { file, line, column, severity, rule, message } = problem;
  return `${file}:${line}:${column}: ${severity}: ${message} [${rule}]`;
}

/** The line of the file and a caret under what is meant; nothing where the line is empty or holds a secret. */
function caretLines({ line, column, endLine, endColumn }: PlanProblem, source: string): readonly string[] {
  if (source.trim() === '' || column > longestLine) return [];
  const gutter = String(line);
  const width = endLine === line && endColumn !== undefined ? Math.max(1, endColumn - column) : 1;
  const room = Math.max(1, Math.min(width, longestLine - column + 1, source.length - column + 1));
  const indent = source.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return [
    `  ${gutter} | ${source.slice(0, longestLine)}`,
    `  ${' '.repeat(gutter.length)} | ${indent}${'^'.repeat(room)}`,
  ];
}

function countLine(problems: readonly PlanProblem[]): string {
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  return `${counted(errors, 'error')}, ${counted(problems.length - errors, 'warning')}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Control characters as escapes; tabs stay. */
function visible(line: string): string {
  return Array.from(line, (char) => (isControl(char) ? JSON.stringify(char).slice(1, -1) : char)).join('');
}

function isControl(char: string): boolean {
  const code = char.charCodeAt(0);
  return (code < 32 && char !== '\t') || (code >= 127 && code < 160);
}

function workflowCommand(problem: PlanProblem): string {
  const { file, line, column, endLine, endColumn, severity, rule, message, expected, remedy } = problem;
  const properties = [
    ['file', file],
    ['line', String(line)],
    ['col', String(column)],
    ['endLine', endLine === undefined ? '' : String(endLine)],
    // The last column that is meant; GitHub takes columns only for a range on one line.
    ['endColumn', endLine === line && endColumn !== undefined ? String(endColumn - 1) : ''],
    ['title', rule],
  ].flatMap(([name = '', value = '']) => (value === '' ? [] : [`${name}=${escapeProperty(value)}`]));
  return `::${severity} ${properties.join(',')}::${escapeData(`${message}\nExpected: ${expected}\nRemedy: ${remedy}`)}`;
}

/** Escaping as the runner undoes it: percent first, then line ends; in properties also colon and comma. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
