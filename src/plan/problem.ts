/** One thing that is wrong with a plan: where, what, and what to do. Lines and columns count from 1. */
export interface PlanProblem {
  /** Stable id of the rule. */
  readonly rule: string;
  /** A plan with an error does not run; a warning is for people. */
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  /** As `spec.masters[0].tasks[1].needs`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  readonly expected: string;
  readonly found: string;
  readonly remedy: string;
}

/** A place inside the document: keys and positions from the root. */
export type Path = readonly (string | number)[];

/** What is wrong, before its place in the file is known. */
export interface Complaint {
  readonly rule: string;
  readonly severity?: 'warning';
  readonly message: string;
  readonly expected: string;
  readonly found: string;
  readonly remedy: string;
}

/** A stretch of text, in UTF-16 code units; `end` is excluded. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A complaint about a node of the document. */
export interface PathComplaint extends Complaint {
  readonly path: Path;
  /** The key itself is wrong, not its value. */
  readonly atKey?: boolean;
  /** Only this stretch of the text at the path is wrong. */
  readonly within?: Range;
}

/** A complaint about text that never became a document. */
export interface TextComplaint extends Complaint {
  readonly range: Range;
}

/** Nobody reads more at once, and a hostile file shall not make us write more. */
export const mostProblems = 100;

const plainKey = /^[A-Za-z0-9_-]{1,64}$/;

/** `spec.masters[0].name`; keys that are no plain words are quoted and cut. */
export function showPath(path: Path): string {
  return path.reduce<string>((shown, part) => {
    if (typeof part === 'number') return `${shown}[${part}]`;
    if (!plainKey.test(part)) return `${shown}[${showValue(part)}]`;
    return shown === '' ? part : `${shown}.${part}`;
  }, '');
}

/** A value as JSON on one line, at most 80 characters. */
export function showValue(value: unknown): string {
  const text = JSON.stringify(cutDeep(value)) ?? 'nothing';
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}

/** Large values are cut before they are written out: a message never costs more than it shows. */
function cutDeep(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, 100);
  if (Array.isArray(value)) return value.length > 8 ? `a list of ${value.length}` : value.map(shallow);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value);
  return keys.length > 8 ? `a mapping of ${keys.length} keys` : shallowEntries(value);
}

function shallowEntries(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key.slice(0, 40), shallow(each)]));
}

function shallow(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, 100);
  return typeof value === 'object' && value !== null ? '…' : value;
}
