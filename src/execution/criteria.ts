import { compileCriterion } from '../protocol/criterion.ts';
import type { CriterionResult } from '../protocol/event.ts';
import type { Facts } from '../protocol/facts.ts';
import { bug } from '../shared/errors.ts';

/** A criterion as the plan holds it. */
export interface JudgedCriterion {
  readonly id: string;
  readonly title: string;
  readonly level: 'gate' | 'target';
  readonly scope: 'system' | 'master' | 'business';
  readonly check: string;
  readonly when: string | null;
  readonly reason: string | null;
}

/** What each criterion comes to, by the facts. Only the plan's own `when` makes one not applicable. */
export function evaluateCriteria(criteria: readonly JudgedCriterion[], facts: Facts): readonly CriterionResult[] {
  return criteria.map((criterion) => evaluateCriterion(criterion, facts));
}

/** Gates that keep the execution from counting as a success: failed, or unknown. */
export function failedGates(results: readonly CriterionResult[]): readonly CriterionResult[] {
  return results.filter(
    (result) => result.level === 'gate' && (result.outcome === 'failed' || result.outcome === 'unknown'),
  );
}

function evaluateCriterion(criterion: JudgedCriterion, facts: Facts): CriterionResult {
  const { id, title, level, scope, check } = criterion;
  const base = { id, title, level, scope, check };
  const applies = criterion.when === null ? { answer: true as const, facts: {} } : ask(criterion.when, facts);
  if (applies.answer === false)
    return {
      ...base,
      outcome: 'not-applicable',
      facts: applies.facts,
      reason: criterion.reason ?? `${criterion.when} is false`,
    };
  const judged = applies.answer === true ? ask(check, facts) : applies;
  if (judged.answer === true) return { ...base, outcome: 'met', facts: judged.facts };
  if (judged.answer === false) return { ...base, outcome: 'failed', facts: judged.facts };
  return { ...base, outcome: 'unknown', facts: judged.facts, reason: judged.answer };
}

/** True, false, or a sentence that says what was not seen; and the facts that the expression speaks of. */
function ask(
  expression: string,
  facts: Facts,
): { readonly answer: boolean | string; readonly facts: CriterionResult['facts'] } {
  const compiled = compileCriterion(expression);
  if ('problems' in compiled)
    throw bug('criterion-broken', `The criterion ${expression} passed the plan's rules and does not compile`);
  const answer = compiled.evaluate(facts);
  const used = factsNamed(compiled.facts, facts);
  if (typeof answer === 'boolean') return { answer, facts: used };
  return { answer: answer.reason ?? `not seen: ${answer.unknown.join(', ')}`, facts: used };
}

function factsNamed(names: readonly string[], facts: Facts): CriterionResult['facts'] {
  const seen = names.flatMap((name) => {
    const [group = '', fact = ''] = name.split('.');
    const value = (facts as unknown as Record<string, Partial<CriterionResult['facts']> | undefined>)[group]?.[fact];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(seen);
}
