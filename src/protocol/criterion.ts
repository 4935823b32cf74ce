import { celCompiler, type CelProblem } from '../shared/cel.ts';
import { factTable, type Facts } from './facts.ts';

/** What a criterion says of an execution: `unknown` names the facts that it needed and nobody saw. */
export type CriterionAnswer = boolean | { readonly unknown: readonly string[]; readonly reason?: string };

export interface CompiledCriterion {
  /** Dotted names of the facts that it speaks of, sorted. */
  readonly facts: readonly string[];
  readonly evaluate: (facts: Facts) => CriterionAnswer;
}

const compile = celCompiler(factTable);

/**
 * Compiles a success criterion (CEL over the fact table), or says where it is wrong. A fact that was not seen makes the
 * answer unknown, unless the answer does not depend on it: `doors.redis && redis.latency_ms < 10` is false without Redis.
 */
export function compileCriterion(expression: string): CompiledCriterion | { readonly problems: readonly CelProblem[] } {
  const compiled = compile(expression);
  if ('problems' in compiled) return compiled;
  return { facts: compiled.names, evaluate: (facts) => compiled.evaluate(facts) };
}
