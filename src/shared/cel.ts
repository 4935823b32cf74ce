import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import { didYouMean } from './nearest.ts';

/**
 * The one door to CEL. An expression speaks of dotted names out of a table (`group.name`), of literals and of the few
 * functions below; nothing in it can loop over more than one list or run a regular expression.
 */
export type CelType = 'int' | 'double' | 'bool' | 'list<string>';
export type CelTable = Readonly<Record<string, Readonly<Record<string, readonly [CelType, string]>>>>;
export type CelValues = { readonly [group: string]: { readonly [name: string]: unknown } };

/** What is wrong with an expression; `offset` and `end` count its UTF-16 code units. */
export interface CelProblem {
  readonly message: string;
  readonly offset: number;
  readonly end: number;
  readonly hint: string;
}

/** The answer of an expression; `unknown` names what it needed and was not seen. */
export type CelAnswer = boolean | { readonly unknown: readonly string[]; readonly reason?: string };

export interface CelExpression {
  /** Dotted names that the expression speaks of, sorted. */
  readonly names: readonly string[];
  readonly evaluate: (values: CelValues) => CelAnswer;
}

export type CelOutcome = { readonly problems: readonly CelProblem[] } | CelExpression;

const maxLength = 500;
const limits = { maxAstNodes: 200, maxDepth: 24, maxListElements: 32, maxMapEntries: 0, maxCallArguments: 4 };
const functions = ['double', 'int', 'size', 'startsWith', 'endsWith', 'contains', 'exists', 'all'];
const loops = new Set(['exists', 'all']);

/** Compiles expressions against one table; the environment is made with the first. */
export function celCompiler(table: CelTable): (expression: string) => CelOutcome {
  let environment: Environment | undefined;
  return (expression) => {
    if (expression.length > maxLength) return { problems: [tooLong(expression.length)] };
    environment ??= environmentFor(table);
    const parsed = parse(environment, expression);
    if ('problem' in parsed) return { problems: [parsed.problem] };
    const { names, problems } = namesIn(parsed.ast, table);
    if (problems.length > 0) return { problems };
    const checked = parsed.check();
    if (!checked.valid) return { problems: [problemOf(checked.error, expression)] };
    if (checked.type !== 'bool') return { problems: [notBool(checked.type ?? 'unknown', expression)] };
    return { names, evaluate: evaluator({ environment, table, expression, names }) };
  };
}

function environmentFor(table: CelTable): Environment {
  const environment = new Environment({ limits });
  for (const [group, names] of Object.entries(table)) {
    const schema = Object.fromEntries(Object.entries(names).map(([name, [type]]) => [name, type]));
    environment.registerVariable({ name: group, schema });
  }
  return environment;
}

function parse(
  environment: Environment,
  expression: string,
): ReturnType<Environment['parse']> | { problem: CelProblem } {
  try {
    return environment.parse(expression);
  } catch (error) {
    return { problem: problemOf(error, expression) };
  }
}

interface Names {
  readonly names: readonly string[];
  readonly problems: readonly CelProblem[];
}

/** Every name of the table that an expression uses, and every use of something that is not allowed. */
function namesIn(ast: ASTNode, table: CelTable): Names {
  const names = new Set<string>();
  const problems: CelProblem[] = [];
  const visit = (node: ASTNode, locals: readonly string[]): void => {
    const name = dottedName(node);
    if (name !== undefined && !locals.includes(name.group)) {
      const complaint = unknownName(name, node, table);
      if (complaint === undefined) names.add(`${name.group}.${name.name}`);
      else problems.push(complaint);
      return;
    }
    const complaint = forbidden(node, locals, table);
    if (complaint !== undefined) problems.push(complaint);
    const inner = localsInside(node, locals);
    for (const child of childrenOf(node)) visit(child, inner);
  };
  visit(ast, []);
  return { names: [...names].sort(), problems };
}

function dottedName(node: ASTNode): { group: string; name: string } | undefined {
  if (node.op !== '.') return undefined;
  const [holder, name] = node.args;
  return holder.op === 'id' ? { group: holder.args, name } : undefined;
}

function unknownName(
  { group, name }: { group: string; name: string },
  node: ASTNode,
  table: CelTable,
): CelProblem | undefined {
  const names = Object.hasOwn(table, group) ? table[group] : undefined;
  if (names === undefined) return at(node, `There is no group "${group}"`, known(group, Object.keys(table)));
  if (Object.hasOwn(names, name)) return undefined;
  return at(node, `There is no "${name}" in ${group}`, known(name, Object.keys(names)));
}

function forbidden(node: ASTNode, locals: readonly string[], table: CelTable): CelProblem | undefined {
  if (node.op === 'id' && !locals.includes(node.args)) {
    const names = Object.hasOwn(table, node.args) ? Object.keys(table[node.args] ?? {}) : undefined;
    if (names === undefined) return at(node, `There is no group "${node.args}"`, known(node.args, Object.keys(table)));
    return at(node, `"${node.args}" is a group, not a value`, `Write ${node.args}. and one of ${names.join(', ')}.`);
  }
  if (node.op === '[]' || node.op === '[?]' || node.op === '.?' || node.op === 'map') {
    return at(node, 'Criteria know no indexes and no maps', 'Write group.name, and use `in` for lists.');
  }
  if (node.op !== 'call' && node.op !== 'rcall') return undefined;
  const [name] = node.args;
  if (name === 'has')
    return at(node, 'has() would turn what was not seen into an answer', 'Say with `when` when it applies.');
  if (!functions.includes(name)) return at(node, `There is no function "${name}"`, known(name, functions));
  return loops.has(name) && locals.length > 0
    ? at(node, 'A loop inside a loop', 'Use one of exists and all.')
    : undefined;
}

function localsInside(node: ASTNode, locals: readonly string[]): readonly string[] {
  if (node.op !== 'rcall' || !loops.has(node.args[0])) return locals;
  const variable = node.args[2][0];
  return variable?.op === 'id' ? [...locals, variable.args] : locals;
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  if (node.op === 'value' || node.op === 'id') return [];
  if (node.op === 'call') return node.args[1];
  if (node.op === 'rcall') return [node.args[1], ...node.args[2]];
  if (node.op === '.' || node.op === '.?') return [node.args[0]];
  if (node.op === 'map') return node.args.flat();
  return node.op === '!_' || node.op === '-_' ? [node.args] : node.args;
}

interface Evaluation {
  readonly environment: Environment;
  readonly table: CelTable;
  readonly expression: string;
  readonly names: readonly string[];
}

function evaluator({ environment, table, expression, names }: Evaluation): (values: CelValues) => CelAnswer {
  const run = environment.parse(expression);
  return (values) => {
    try {
      return run(contextOf(values, table)) === true;
    } catch (error) {
      const unseen = names.filter((name) => !isSeen(values, name));
      if (unseen.length === 0) return { unknown: names, reason: summaryOf(error) };
      const needed = neededNames({ environment, table, expression, names }, run.ast, values);
      return { unknown: needed.length === 0 ? unseen : needed };
    }
  };
}

/**
 * Names that were not seen and that the answer depends on: of `a && b` and `a || b` only the sides that have no answer
 * of their own. Conditions are plain expressions, so a side is compiled from its own text.
 */
function neededNames(evaluation: Evaluation, node: ASTNode, values: CelValues): readonly string[] {
  const sides = node.op === '&&' || node.op === '||' ? node.args : undefined;
  if (sides === undefined) return namesIn(node, evaluation.table).names.filter((name) => !isSeen(values, name));
  const open = sides.filter((side) => !hasAnswer(evaluation, side, values));
  return [...new Set(open.flatMap((side) => neededNames(evaluation, side, values)))].sort();
}

function hasAnswer({ environment, table }: Evaluation, side: ASTNode, values: CelValues): boolean {
  try {
    environment.parse(side.input.slice(side.start, side.end))(contextOf(values, table));
    return true;
  } catch {
    return false;
  }
}

function isSeen(values: CelValues, name: string): boolean {
  const [group = '', fact = ''] = name.split('.');
  return values[group]?.[fact] !== undefined;
}

/** Values as CEL wants them: whole numbers as BigInt; what was not seen is left out. */
function contextOf(values: CelValues, table: CelTable): Record<string, Record<string, unknown>> {
  const convert = (type: CelType, value: unknown): unknown =>
    type === 'int' ? BigInt(Math.trunc(Number(value))) : value;
  const entriesOf = (group: string): [string, unknown][] =>
    Object.entries(table[group] ?? {})
      .filter(([name]) => values[group]?.[name] !== undefined)
      .map(([name, [type]]) => [name, convert(type, values[group]?.[name])]);
  return Object.fromEntries(Object.keys(table).map((group) => [group, Object.fromEntries(entriesOf(group))]));
}

function at(node: ASTNode, message: string, hint: string): CelProblem {
  return { message, offset: node.start, end: node.end, hint };
}

function known(name: string, names: readonly string[]): string {
  return `${didYouMean(name, names).trim()} Known: ${names.join(', ')}.`.trim();
}

function problemOf(error: unknown, expression: string): CelProblem {
  const range = (error as { range?: { start: number; end: number } } | undefined)?.range;
  const offset = Math.min(range?.start ?? 0, expression.length);
  const code = (error as { code?: unknown } | undefined)?.code;
  const hint =
    code === 'no_such_overload'
      ? 'Both sides need one type: int and double compare, but calculate only after double(x).'
      : 'Write a comparison such as workers.started >= 16.';
  return { message: summaryOf(error), offset, end: Math.max(offset, range?.end ?? offset), hint };
}

function summaryOf(error: unknown): string {
  const summary = (error as { summary?: unknown } | undefined)?.summary;
  return typeof summary === 'string' ? summary : 'The expression can’t be read';
}

function notBool(type: string, expression: string): CelProblem {
  return {
    message: `The expression gives a value of type ${type}, not true or false`,
    offset: 0,
    end: expression.length,
    hint: 'Compare it with something, such as workers.started >= 16.',
  };
}

function tooLong(length: number): CelProblem {
  return {
    message: `The expression is ${length} characters long`,
    offset: maxLength,
    end: length,
    hint: `Keep it within ${maxLength} characters; two criteria say more than one long one.`,
  };
}
