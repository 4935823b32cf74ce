import { factTable, type FactType } from '../../protocol/facts.ts';

const maxLength = 200;
const comparison = /^(.+?) (?:==|!=|<=|>=|<|>) (.+)$/;
const membership = /^"[^"\\]+" in (\S+)$/;

/**
 * Whether an expression is one of those that criteria mostly are, and right: comparisons of facts, sums and products of one
 * type, a flag, a text in a list; joined by `&&`. What is not is for CEL to judge. Each holds at least one fact.
 */
export function isPlainCriterion(expression: string): boolean {
  return expression.length <= maxLength && expression.split(' && ').every(isPlainSide);
}

function isPlainSide(side: string): boolean {
  const list = membership.exec(side)?.[1];
  if (list !== undefined) return factType(list) === 'list<string>';
  const [, left, right] = comparison.exec(side) ?? [];
  if (left === undefined || right === undefined) return factType(side) === 'bool';
  const terms = [...left.split(/ [+*] /), ...right.split(/ [+*] /)];
  const types = new Set(terms.map((term) => factType(term) ?? literalType(term)));
  return (types.has('int') || types.has('double')) && types.size === 1 && terms.some((term) => factType(term));
}

function literalType(term: string): FactType | undefined {
  if (/^(?:0|[1-9]\d{0,8})$/.test(term)) return 'int';
  return /^(?:0|[1-9]\d{0,8})\.\d{1,8}$/.test(term) ? 'double' : undefined;
}

function factType(name: string): FactType | undefined {
  const [group = '', fact = '', ...more] = name.split('.');
  if (more.length > 0 || !Object.hasOwn(factTable, group)) return undefined;
  const facts: Readonly<Record<string, readonly [FactType, string]>> = factTable[group as keyof typeof factTable];
  return Object.hasOwn(facts, fact) ? facts[fact]?.[0] : undefined;
}
