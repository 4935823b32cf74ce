import { compareText } from '../shared/canonical.ts';
import { planDigest } from './digest.ts';
import { effectKinds, partKey, partsOf, type EffectKind, type Part } from './diff-parts.ts';
import type { Plan } from './plan.ts';

export type Reach = 'grows' | 'shrinks' | 'same';

/** What a change of a plan changes about its executions. */
export interface Effect {
  readonly kind: EffectKind | 'order';
  readonly subject: string;
  /** Absent where it was not there before. */
  readonly before?: string;
  /** Absent where it is no longer there. */
  readonly after?: string;
  /** Whether executions may reach, spend or touch more than before. */
  readonly reach: Reach;
}

const reachOrder: Readonly<Record<Reach, number>> = { grows: 0, shrinks: 1, same: 2 };

/** The effects of a change, what grows in reach first. Empty exactly when the digests of the two plans are equal. */
export function diffPlans(before: Plan, after: Plan): readonly Effect[] {
  const old = new Map(partsOf(before).map((part) => [partKey(part), part] as const));
  const now = new Map(partsOf(after).map((part) => [partKey(part), part] as const));
  const keys = [...new Set([...old.keys(), ...now.keys()])];
  const effects = keys.flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    const parent = (was ?? is)?.within;
    if (parent !== undefined && old.has(parent) !== now.has(parent)) return [];
    return effectOf(was, is);
  });
  if (effects.length === 0 && planDigest(before) !== planDigest(after)) return [orderChanged];
  return effects.sort(byReach);
}

const orderChanged: Effect = { kind: 'order', subject: 'the order in which the plan says things', reach: 'same' };

function effectOf(before: Part | undefined, after: Part | undefined): readonly Effect[] {
  const part = after ?? before;
  if (part === undefined || (before?.shown === after?.shown && before?.amount === after?.amount)) return [];
  return [
    {
      kind: part.kind,
      subject: part.subject,
      ...(before === undefined ? {} : { before: before.shown }),
      ...(after === undefined ? {} : { after: after.shown }),
      reach: reachOf(before, after),
    },
  ];
}

function reachOf(before: Part | undefined, after: Part | undefined): Reach {
  const sign = (after ?? before)?.sign ?? 0;
  const change = amountOf(after) - amountOf(before);
  if (change !== 0) return change * sign > 0 ? 'grows' : change * sign < 0 ? 'shrinks' : 'same';
  // Another command or another capability is something new, however long the text.
  return sign === 1 ? 'grows' : 'same';
}

function amountOf(part: Part | undefined): number {
  return part === undefined ? 0 : (part.amount ?? 1);
}

function byReach(a: Effect, b: Effect): number {
  const kindOf = (effect: Effect): number => effectKinds.findIndex((kind) => kind === effect.kind);
  return reachOrder[a.reach] - reachOrder[b.reach] || kindOf(a) - kindOf(b) || compareText(a.subject, b.subject);
}
